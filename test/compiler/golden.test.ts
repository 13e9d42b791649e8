import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Blob, DESCRIPTOR_WORDS, type Job } from "../../host/blob/blob.ts";
import { openBlob } from "../../host/blob/open.ts";
import { compile } from "../../host/index.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { GOLDEN_VECTORS, type GoldenJob } from "./golden.ts";

/**
 * Words with bits that are compared for `--compat mesa` only: those of the multiplier, which by
 * default follows TFLite's two roundings (`rounding.test.ts`), the offsets' signs in word 18, which
 * Mesa does not write on v7 (`vendor-words.test.ts`), and the tiling (`tiling.test.ts`).
 */
const OWN_BITS: Record<number, number> = {
  0: 0x7f << 20,
  2: 1 << 26,
  4: 0x3fff << 18,
  15: 0x3f << 22,
  17: 0xff << 24,
  18: 3 << 29,
  22: 0xff << 18,
};

const ADDRESS_WORDS = { NN: [5, 6, 7], TP: [10, 13] };

for (const vector of GOLDEN_VECTORS) {
  for (const compat of [undefined, "mesa"] as const) {
    test(`${vector.name} on ${vector.core}${compat ? ", as Mesa does" : ""}`, async () => {
      const model = convolutionModel(vector.model);
      const blob = openBlob(await compile(model, { target: vector.core, compat }));
      const jobs = blob.segments.flatMap((segment) => segment.jobs);
      assert.equal(
        jobs.map(({ kind }) => kind),
        vector.jobs.map(({ kind }) => kind),
      );
      for (const [i, golden] of vector.jobs.entries()) checkJob(blob, jobs, i, golden, compat);
      const convolution = jobs.find(({ kind }) => kind === "NN") as Job;
      if (compat || !vector.ownCode) checkCoefficients(blob, convolution, vector.coefficients);
    });
  }
}

function checkJob(
  blob: Blob,
  jobs: Job[],
  index: number,
  golden: GoldenJob,
  compat?: "mesa",
): void {
  const job = jobs[index] as Job;
  const part = compat || job.kind === "TP" ? (words: string) => words : withoutOwnBits;
  if (golden.ownSplit && !compat) return;
  if (golden.words !== "") assert.is(part(wordsThatAreNot0(blob, job)), part(golden.words));
  const first = jobs.find(({ purpose }) => purpose === job.purpose) as Job;
  assert.is(job.input.offset - first.input.offset, golden.input ?? 0);
  assert.is(job.output.offset - first.output.offset, golden.output ?? 0);
}

function withoutOwnBits(words: string): string {
  const others = words.split(" ").map((entry) => {
    const [index, word = ""] = entry.split(":");
    const kept = Number.parseInt(word, 16) & ~(OWN_BITS[Number(index)] ?? 0);
    return kept === 0 ? "" : `${index}:${(kept >>> 0).toString(16).padStart(8, "0")}`;
  });
  return others.filter((entry) => entry !== "").join(" ");
}

function wordsThatAreNot0(blob: Blob, job: Job): string {
  const { buffer, byteOffset } = blob.constants;
  const view = new DataView(buffer, byteOffset + job.descriptor);
  const indices = Array.from({ length: DESCRIPTOR_WORDS[job.kind] }, (_, i) => i);
  return indices
    .filter((i) => !ADDRESS_WORDS[job.kind].includes(i) && view.getUint32(4 * i, true) !== 0)
    .map(
      (i) =>
        `${i}:${view
          .getUint32(4 * i, true)
          .toString(16)
          .padStart(8, "0")}`,
    )
    .join(" ");
}

function checkCoefficients(blob: Blob, job: Job, golden: Record<number, string>): void {
  const bytes = blob.constants.subarray(job.coefficients, job.coefficients + job.coefficientBytes);
  const offsets = Object.keys(golden).map(Number);
  offsets.forEach((offset, i) => {
    const end = Math.min(offsets[i + 1] ?? offset + 64, offset + 64, bytes.length);
    const found = Buffer.from(bytes.subarray(offset, end)).toString("hex");
    assert.is(found, (golden[offset] as string).padEnd(2 * (end - offset), "0"));
  });
}

test.run();
