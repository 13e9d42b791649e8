import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBlob } from "../../host/blob/open.ts";
import { compareVerdicts, verdictSubjects } from "../fuzz/verdicts/campaign.ts";
import { BUILDS } from "../support/stand-in.ts";
import { compiledVerdicts } from "./verdicts.ts";

// Sessions and the C library are two readings of what a blob may do: they accept and refuse the
// same mutants. Each run tries others; `npm run fuzz:verdicts -- --seed S` repeats them.

const SEED = Number(process.env.NOLFET_SEED ?? Math.floor(Date.now() / 1000));
const COUNT = 1000;

for (const build of ["plain", "sanitized"] as const) {
  const program = compiledVerdicts(BUILDS[build]);
  if (!program) continue;
  test(`${build}: ${COUNT} mutants of seed ${SEED}`, async () => {
    console.log(`${build}: mutants of seed ${SEED}`);
    const range = { seed: SEED, from: 0, count: COUNT };
    const { accepted, refused, differences } = await compareVerdicts(program, range);
    assert.equal(differences, []);
    // Both happen often: the mutants are neither all noise nor all harmless.
    assert.ok(accepted > COUNT / 50 && refused > COUNT / 2, `${accepted} accepted`);
  });
}

test("on each core with Huffman codes, some blobs have run lengths", async () => {
  const cores = new Set<string>();
  for (const { bytes, core } of await verdictSubjects()) {
    const { segments, constants } = openBlob(bytes);
    const jobs = segments.flatMap((segment) => segment.jobs);
    if (jobs.some((job) => isCodedWithRuns(constants.subarray(job.coefficients), job.kind)))
      cores.add(core);
  }
  assert.ok(cores.has("vipnano-si+.imx8mp") && cores.has("vippico_v3.s905d3"), [...cores].join());
});

/** The version of the header, and the number of run lengths after it. */
function isCodedWithRuns(coefficients: Uint8Array, kind: string): boolean {
  return kind === "NN" && coefficients[0] === 0x10 && coefficients[1] !== 0;
}

test.run();
