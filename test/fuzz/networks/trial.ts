import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { NolfetError } from "../../../host/errors.ts";
import { networkDocument } from "../../../host/nbg/document.ts";
import { openNetwork } from "../../../host/nbg/open.ts";
import { networkFile } from "../../nbg/network-file.ts";
import { hasShared, readShared, SHARED } from "../../support/shared.ts";
import type { Trial } from "../judged.ts";
import type { Subject } from "../subjects.ts";

/** Sections with weights: their bytes break nothing. */
const DATA = new Set(["data", "start-up data"]);
/** Small files made here, and the vendor's where they are. */
function networkSubjects(): Subject[] {
  const made = [0x10009, 0x1000f].map((version) => {
    const { bytes } = networkFile({ version });
    return subjectOf(`made 0x${version.toString(16)}`, bytes);
  });
  if (!hasShared("mutants of the vendor's files")) return made;
  const files = ["vendor", "vendor/lenet"].flatMap((folder) =>
    readdirSync(join(SHARED, folder))
      .filter((name) => name.endsWith(".nb"))
      .map((name) => `${folder}/${name}`),
  );
  return [...made, ...files.map((file) => subjectOf(file, readShared(file)))];
}

function subjectOf(name: string, bytes: Uint8Array): Subject {
  const sections = openNetwork(bytes).sections.filter(({ name }) => !DATA.has(name));
  const ranges = sections.map(({ offset, bytes }) => ({ start: offset, end: offset + bytes }));
  const start = Math.min(...ranges.map(({ start }) => start));
  const metadata = [{ start: 0, end: start }, ...ranges].filter(({ start, end }) => end > start);
  return { name, bytes, metadata: metadata.sort((a, b) => a.start - b.start), weight: 1 };
}

export const NETWORKS: Trial = { good: "read", subjects: networkSubjects, outcomeOf };

function outcomeOf(bytes: Uint8Array): string {
  try {
    networkDocument(openNetwork(bytes), { disassemble: true, sha256 });
    return "read";
  } catch (error) {
    if (error instanceof NolfetError && error.code === "BAD_BLOB") return error.expected;
    return `thrown: ${error}`;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
