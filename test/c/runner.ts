import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, Missing } from "../../scripts/shim.mjs";
import { BUILDS, type Build, hasTools, type Outcome, type StandIn } from "../support/stand-in.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Compiles nolfet-run. Undefined, and a word of it, where something for that is not there. */
export function compiledRunner(what: string, build: Build = BUILDS.plain): string | undefined {
  if (!hasTools(what, build)) return undefined;
  try {
    return join(ROOT, compile("runner", build.product));
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped: ${what} (${error.message})`);
    return undefined;
  }
}

export interface RunnerOutcome extends Outcome {
  outputs: Uint8Array[];
}

/** Runs a blob by nolfet-run on a stand-in. */
export async function runBlob(
  standIn: StandIn,
  runner: string,
  blob: Uint8Array,
  inputs: Uint8Array[],
  options: string[] = [],
): Promise<RunnerOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "nolfet-runner-"));
  try {
    const write = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const feeds = inputs.flatMap((bytes, i) => ["--input", write(`in${i}.bin`, bytes)]);
    const args = [...options, ...feeds, "--output-dir", folder, write("blob.nolf", blob)];
    const outcome = await standIn.run(runner, args);
    const outputs: Uint8Array[] = [];
    const count = outcome.stdout.match(/^output/gm)?.length ?? 0;
    for (let i = 0; outcome.code === 0 && inputs.length > 0 && i < count; i++) {
      outputs.push(new Uint8Array(readFileSync(join(folder, `out${i}.bin`))));
    }
    return { ...outcome, outputs };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
