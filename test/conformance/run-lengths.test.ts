import { test } from "uvu";
import * as assert from "uvu/assert";
import { Coding } from "../../assembly/targets/cores.ts";
import type { Job } from "../../host/blob/blob.ts";
import type { DecodedKernel, Emulator } from "../../host/devices/emulator.ts";
import { type Blob, compile, openBlob } from "../../host/index.ts";
import { decodeKernels, shapeOf } from "../nbg/streams.ts";
import { emulatorFor } from "../support/emulator.ts";
import { hasShared, readShared } from "../support/shared.ts";

// What run lengths save on v8: never less than nothing, in any job, and much where zeros stand
// between copies of weights.

const CORE = "vipnano-si+.imx8mp";
const NN_CORES = 6;

/** Bytes of coefficients for each byte of weights, at most. */
const NETWORKS: Record<string, number> = {
  vww_96_int8: 1.5,
  // Four copies of the image add up weights of nearly 16 bits: six bytes other than 0 for each weight.
  kws_ref_model_int8: 6.6,
  // Residuals of full-range values take several bytes in some layers: 1.8 where one byte holds them.
  "tf2_mobilenet_v2_1.0_224_ptq": 2.02,
  "mobilenet_v1_1.0_224_quant": 0.721,
  // Likewise; 4.6 with one byte.
  mlperf_tiny_resnet8_int8: 4.86,
};

for (const [name, most] of Object.entries(NETWORKS)) {
  test(`${name}: no job has more coefficients than without run lengths`, async () => {
    if (!hasShared(`run lengths in ${name}`)) return;
    const bytes = await compile(readShared(`models/${name}.tflite`), { target: CORE });
    const { coefficientBytes, modelBytes } = bytes.report.weights;
    console.log(`${name}: ${(coefficientBytes / modelBytes).toFixed(3)} of the weights`);
    assert.ok(coefficientBytes <= most * modelBytes);
    const blob = openBlob(bytes);
    const emulator = await emulatorFor(CORE);
    for (const job of jobsOf(blob)) {
      const plain = bytesWithoutRuns(job, blob, emulator);
      assert.ok(job.coefficientBytes <= plain, `${job.coefficientBytes} against ${plain}`);
    }
  });
}

test("strict blobs and those that are compatible with Mesa have no run lengths", async () => {
  if (!hasShared("blobs without run lengths")) return;
  const model = readShared("models/mobilenet_v1_1.0_224_quant.tflite");
  const runLengths = async (options: object) => {
    const blob = openBlob(await compile(model, { target: CORE, ...options }));
    return jobsOf(blob).filter((job) => blob.constants[job.coefficients + 1] !== 0);
  };
  assert.equal(await runLengths({ strict: true }), []);
  assert.equal(await runLengths({ compat: "mesa" }), []);
  const byDefault = await runLengths({});
  assert.ok(byDefault.length > 0);
  assert.ok(byDefault.every(({ mark }) => mark === "expected"));
});

function jobsOf({ segments }: Blob): Job[] {
  return segments.flatMap(({ jobs }) => jobs).filter(({ kind }) => kind === "NN");
}

const DESCRIPTOR_BYTES = 136;
const DRAIN_BITS = 12;
/** Bits that the symbols add to those of their values, from the shortest code on. */
const SYMBOL_BITS = [2, 2, 3, 3, 3, 4, 5, 5];

/** The smallest buffer without run lengths, from the weights that the emulator decodes. */
function bytesWithoutRuns(job: Job, { constants }: Blob, emulator: Emulator): number {
  const descriptor = constants.slice(job.descriptor, job.descriptor + DESCRIPTOR_BYTES);
  const stream = {
    words: new Uint32Array(descriptor.buffer),
    coefficients: constants.slice(job.coefficients, job.coefficients + job.coefficientBytes),
  };
  const coding = { coding: Coding.HUFFMAN, nnCores: NN_CORES };
  const { kernels } = decodeKernels(emulator, stream, coding);
  const { depthwise, area } = shapeOf(stream);
  const cores = Array.from({ length: Math.min(kernels.length, NN_CORES) }, (_, core) =>
    lengthsOf(
      kernels.filter(({ nnCore }) => nnCore === core),
      depthwise ? area : undefined,
    ),
  );
  const order = [...Array(8).keys()].sort((a, b) => sumAt(cores, b) - sumAt(cores, a));
  const streams = cores.map((counts) => {
    const bytes = counts.reduce((sum, count) => sum + count, 0);
    const bitsOf = (length: number) =>
      Math.max(length, 1) + (SYMBOL_BITS[order.indexOf(length)] ?? 0);
    const bits = counts.reduce((sum, count, length) => sum + count * bitsOf(length), 0);
    return 64 * Math.ceil((bits + (bytes % 2 === 1 ? bitsOf(0) : 0) + DRAIN_BITS) / 512);
  });
  return 64 + streams.reduce((sum, bytes) => sum + bytes, 0) + 4 * kernels.length;
}

function sumAt(cores: number[][], length: number): number {
  return cores.reduce((sum, counts) => sum + (counts[length] ?? 0), 0);
}

/** How many of a core's bytes have each bit length; kernels are filled up to nines. */
function lengthsOf(kernels: DecodedKernel[], planeArea?: number): number[] {
  const counts: number[] = Array(8).fill(0);
  const count = (byte: number) => {
    const length = 32 - Math.clz32(byte & 0x80 ? ~byte & 0xff : byte & 0xff);
    counts[length] = (counts[length] as number) + 1;
  };
  for (const byte of [kernels.length & 0xff, kernels.length >> 8]) count(byte);
  for (const { weights } of kernels) {
    // Of a depthwise kernel, only the plane of its own channel is in the stream.
    const size = planeArea ?? weights.length;
    const own = planeArea === undefined ? weights : weights.filter((weight) => weight !== 0);
    for (const weight of own) count(weight);
    for (let i = own.length; i < 9 * Math.ceil(size / 9); i++) count(0);
  }
  return counts;
}

test.run();
