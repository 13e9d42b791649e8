import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, Missing } from "../../scripts/shim.mjs";
import { BUILDS, type Build, hasTools, type Outcome, type StandIn } from "../support/stand-in.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Compiles nolfet-run. Undefined, and a word of it, where something for that is not there. */
export function compiledRunner(build: Build = BUILDS.plain): string | undefined {
  return compiledProduct("runner", "nolfet-run", build);
}

/** Compiles a C program that uses the library. Undefined as above. */
export function compiledAgainstLibrary(
  source: string,
  build: Build = BUILDS.plain,
): string | undefined {
  const library = compiledProduct("library", source, build);
  if (!library) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "nolfet-c-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "program");
  const strict = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I", join(ROOT, "shim")];
  const linked = [library, `-Wl,-rpath,${dirname(library)}`, "-o", program];
  execFileSync(build.compiler, [...strict, ...build.flags, source, ...linked], { cwd: ROOT });
  return program;
}

/** Compiles a product of scripts/shim.mjs. Undefined as above. */
export function compiledProduct(
  product: string,
  what: string,
  build: Build = BUILDS.plain,
): string | undefined {
  if (!hasTools(what, build)) return undefined;
  try {
    return join(ROOT, compile(product, build.product));
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
  environment: NodeJS.ProcessEnv = {},
): Promise<RunnerOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "nolfet-runner-"));
  try {
    const write = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const feeds = inputs.flatMap((bytes, i) => ["--input", write(`in${i}.bin`, bytes)]);
    const args = [...options, ...feeds, "--output-dir", folder, write("blob.nolf", blob)];
    const outcome = await standIn.run(runner, args, environment);
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
