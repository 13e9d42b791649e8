// Generates what the C face knows of blobs and cores: flatc's header of the schema, and the table
// of cores that the compiler has.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { Missing } from "./missing.mjs";

export const GENERATED = "build/generated";

const SCHEMA = "host/blob/nolf.fbs";
const CORES = "assembly/targets/cores.ts";

/** What the generated files follow from. */
export const HEADER_SOURCES = [SCHEMA, CORES, "scripts/c-headers.mjs"];

/** Of a core, in the order of struct Core (shim/c/core.h). */
const FIELDS = [
  ...["model", "revision", "product", "eco", "customer", "architecture"],
  ...["nnCores", "tpCores", "sramBytes", "zeroRunBits"],
  ...["inputBufferDepth", "accumulationBufferDepth"],
];

/** Throws Missing without flatc. */
export function generateHeaders() {
  mkdirSync(GENERATED, { recursive: true });
  const { status, stderr } = spawnSync("flatc", ["--cpp", "-o", GENERATED, SCHEMA]);
  if (status === null) throw new Missing("no flatc, which Debian packs as flatbuffers-compiler");
  if (status !== 0) throw new Error(`flatc: ${stderr}`);
  const rows = cores().map((core) => {
    const numbers = FIELDS.map((field) => `0x${core[field].toString(16)}`);
    return `{"${core.name}", ${numbers.join(", ")}},\n`;
  });
  writeFileSync(join(GENERATED, "cores.generated.inc"), rows.join(""));
}

/** The table is TypeScript, too. */
function cores() {
  const options = { entryPoints: [CORES], write: false, format: "iife", globalName: "targets" };
  const [{ text }] = buildSync(options).outputFiles;
  return new Function(`${text}; return targets.CORES;`)();
}
