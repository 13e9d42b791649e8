// Generates what code knows of the blob schema (host/blob/nolf.fbs) with flatc 2.0.8, which
// Debian packs as flatbuffers-compiler: the accessors, the layout that the verifier walks, and
// the slots and the purposes of jobs that the compiler writes. With --check it writes nothing, and
// fails if a file differs from what it would write.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutSource } from "./schema-layout.mjs";
import { enumSource, slotsSource } from "./schema-slots.mjs";

const SCHEMA = "host/blob/nolf.fbs";
const FLATC = "flatc version 2.0.8";

const found = execFileSync("flatc", ["--version"], { encoding: "utf8" }).trim();
if (found !== FLATC) {
  process.stderr.write(`expected ${FLATC}, found ${found}\n`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), "nolfet-schema-"));
try {
  execFileSync("flatc", ["--ts", "--ts-flat-files", "-o", folder, SCHEMA]);
  execFileSync("flatc", ["--binary", "--schema", "-o", folder, SCHEMA]);
  const accessors = readFileSync(join(folder, "nolf_generated.ts"), "utf8");
  const sources = {
    "host/blob/nolf.generated.ts": accessors,
    "host/blob/layout.generated.ts": layoutSource(readFileSync(join(folder, "nolf.bfbs"))),
    "assembly/compiler/write/slots.generated.ts": slotsSource(accessors),
    "assembly/compiler/lower/purpose.generated.ts": enumSource(accessors, "Purpose"),
  };
  for (const [file, source] of Object.entries(sources)) {
    if (!process.argv.includes("--check")) writeFileSync(file, source);
    else if (readFileSync(file, "utf8") !== source) {
      process.stderr.write(`${file} is not what npm run schema writes\n`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
