import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { mapImage } from "../../host/devices/emulated.ts";
import { verifyImage } from "../../host/devices/verify.ts";
import { compile, NolfetError, openBlob } from "../../host/index.ts";
import { Random } from "../fuzz/random.ts";
import { classifierModel } from "../host/models.ts";
import { emulatorFor } from "../support/emulator.ts";
import { MODELS } from "../support/models.ts";
import { BUILDS } from "../support/stand-in.ts";
import { everyJobModel } from "./every-job.ts";
import { type BlobMutant, BlobMutator } from "./mutants.ts";
import { compiledAgainstLibrary } from "./runner.ts";

// The loader of the C face and that of sessions are two readings of what a blob may do: they
// accept and refuse the same mutants.

const SEED = 7;
/** For each blob; `NOLFET_MUTANTS=5000` for as many. */
const COUNT = Number(process.env.NOLFET_MUTANTS ?? 300);
const NO_DEVICE = "3";
const CORES = ["vipnano-qi.a311d", "vipnano-si+.imx8mp"];
const SOURCES: Record<string, [model: () => Uint8Array, stopAt?: string]> = {
  "every job": [everyJobModel],
  digits: [MODELS.digits as () => Uint8Array, "logits"],
  "an int8 classifier": [() => classifierModel({ dtype: "int8" }), "features"],
};

/**
 * Where verdicts may differ: arenas that an emulator has no memory for; and FlatBuffers' own
 * verifier asks of tables what makes them safe to read, while ours asks for more, and says where.
 */
const OTHERWISE = ["OUT_OF_MEMORY", "at byte", "expected a .nolf file"];

/** What sessions make of a blob: "" where they take it. */
async function hostVerdict(bytes: Uint8Array, core: string): Promise<string> {
  const emulator = await emulatorFor(core);
  try {
    const blob = openBlob(bytes);
    mapImage(emulator, blob);
    verifyImage(emulator, blob);
    return "";
  } catch (error) {
    if (!(error instanceof NolfetError)) throw error;
    return `${error.code}: ${error.message}`;
  } finally {
    emulator.unmapAll();
  }
}

/** What the C loader makes of each: "" where it takes it. */
async function verdicts(program: string, mutants: BlobMutant[]): Promise<string[]> {
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const lines: string[] = [];
  const read = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const [status, text = ""] = line.split("\t");
      lines.push(status === NO_DEVICE ? "" : `${status}: ${text}`);
    }
  })();
  for (const { bytes } of mutants) {
    child.stdin.write(Uint8Array.from(new Uint8Array(Uint32Array.of(bytes.length).buffer)));
    child.stdin.write(bytes);
  }
  child.stdin.end();
  await read;
  return lines;
}

for (const name of ["plain", "sanitized"] as const) {
  const program = compiledAgainstLibrary("test/c/driver/verdicts.c", BUILDS[name]);
  if (!program) continue;
  for (const core of CORES) {
    for (const [source, [model, stopAt]] of Object.entries(SOURCES)) {
      test(`${name}: ${COUNT} mutants of ${source} for ${core}`, async () => {
        const options = stopAt ? { target: core, stopAt } : { target: core };
        const blob = await compile(model(), options);
        const mutator = new BlobMutator(blob);
        const mutants = Array.from({ length: COUNT }, (_, i) =>
          mutator.mutant(new Random(SEED, i)),
        );
        const found = await verdicts(program, [{ bytes: blob, changes: [] }, ...mutants]);
        assert.is(found.shift(), "", "the blob itself");
        assert.is(found.length, COUNT, "the program came to its end");
        let accepted = 0;
        const different: string[] = [];
        for (const [i, { bytes, changes }] of mutants.entries()) {
          const expected = await hostVerdict(bytes, core);
          if (OTHERWISE.some((text) => expected.includes(text) || found[i]?.includes(text)))
            continue;
          if (expected === "") accepted++;
          if ((expected === "") === (found[i] === "")) continue;
          different.push(`${i}: ${changes.join("; ")}\n  host ${expected}\n  C ${found[i]}`);
        }
        assert.is(different.join("\n"), "");
        assert.ok(accepted > 0 && accepted < COUNT, `${accepted} accepted`);
      });
    }
  }
}

test.run();
