import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { Random } from "../fuzz/random.ts";
import { classifierModel } from "../host/models.ts";
import { MODELS } from "../support/models.ts";
import { BUILDS } from "../support/stand-in.ts";
import { everyJobModel } from "./every-job.ts";
import { BlobMutator } from "./mutants.ts";
import { compiledVerdicts, hostVerdict, libraryVerdicts } from "./verdicts.ts";

// The loader of the C face and that of sessions are two readings of what a blob may do: they
// accept and refuse the same mutants.

const SEED = 7;
/** For each blob; `NOLFET_MUTANTS=5000` for as many. */
const COUNT = Number(process.env.NOLFET_MUTANTS ?? 300);
const CORES = ["vipnano-qi.a311d", "vipnano-si+.imx8mp"];
const SOURCES: Record<string, [model: () => Uint8Array, stopAt?: string]> = {
  "every job": [everyJobModel],
  digits: [MODELS.digits as () => Uint8Array, "logits"],
  "an int8 classifier": [() => classifierModel({ dtype: "int8" }), "features"],
};

for (const name of ["plain", "sanitized"] as const) {
  const program = compiledVerdicts(BUILDS[name]);
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
        const found = await libraryVerdicts(program, [blob, ...mutants.map(({ bytes }) => bytes)]);
        assert.is(found.shift(), "", "the blob itself");
        assert.is(found.length, COUNT, "the program came to its end");
        let accepted = 0;
        const different: string[] = [];
        for (const [i, { bytes, changes }] of mutants.entries()) {
          const expected = await hostVerdict(bytes, core);
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
