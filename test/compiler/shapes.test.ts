import { test } from "uvu";
import * as assert from "uvu/assert";
import { RoundingCorrection } from "../../assembly/compiler/encode/rounding-correction.ts";
import { CORES } from "../../assembly/targets/cores.ts";
import { compile } from "../../host/index.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { compare } from "../support/compare.ts";
import { nearestOf } from "../support/nearest-factor.ts";
import { Random } from "../support/random.ts";
import {
  convolve,
  effectiveScale,
  type FullConvolution,
} from "../support/reference-convolution.ts";
import { runModel } from "../support/runs.ts";

// Convolutions of random shapes, on the emulator, against their definition with the bias and the
// factor that stand for TFLite's two roundings: every byte.

const CASES = 120;
/** Significant bits of the factor between accumulator and output, by architecture. */
const FACTOR_BITS: Record<number, number> = { 7: 16, 8: 24 };

/** One of each architecture and number of cores. */
const TARGETS = ["a311d", "stm32mp2", "imx8mp", "vip9000nano-si.0xb9"];

for (const target of TARGETS) {
  test(`${CASES} random shapes on ${target}`, async () => {
    const index = CORES.findIndex(({ name, aliases }) =>
      [name, ...aliases.split(" ")].includes(target),
    );
    const factorBits = FACTOR_BITS[CORES[index]?.architecture as number] as number;
    const random = new Random(index + 1);
    let onNpu = 0;
    for (let i = 0; i < CASES; i++) {
      const shape = randomConvolution(random);
      const model = convolutionModel(shape);
      const { report } = await compile(model, { target, allowUnproven: true });
      if (report.operators[0]?.placement !== "NPU") continue;
      onNpu++;
      await check(shape, target, factorBits, random);
    }
    console.log(`${target}: ${onNpu} of ${CASES} on the NPU`);
    assert.is(onNpu, CASES);
  });
}

async function check(shape: FullConvolution, target: string, factorBits: number, random: Random) {
  const input = random.bytes(shape.height * shape.width * shape.channels);
  const options = { target, allowUnproven: true };
  const [found] = await runModel(convolutionModel(shape), options, [input]);
  const expected = convolve(shape, input, requantization(shape, factorBits));
  assert.is(compare(found as Uint8Array, expected).largest, 0, JSON.stringify(shape));
}

/** On v7 the TP unit rearranges these in several jobs. */
const LARGE: Partial<FullConvolution>[] = [
  { height: 450, width: 226, channels: 3, outputChannels: 8, kernel: [3, 3], stride: [2, 2] },
  { height: 230, width: 1001, channels: 1, outputChannels: 4, kernel: [5, 5], stride: [2, 2] },
  { height: 228, width: 260, channels: 8, outputChannels: 8, kernel: [3, 3], stride: [2, 2] },
  { height: 300, width: 300, channels: 2, outputChannels: 4, kernel: [7, 7], stride: [4, 4] },
  {
    height: 20,
    width: 460,
    channels: 5,
    outputChannels: 5,
    kernel: [5, 5],
    stride: [2, 2],
    depthwise: true,
  },
];

test("images of more than 224 pixels on a side, at strides", async () => {
  const random = new Random(1);
  for (const large of LARGE) {
    for (const padding of ["SAME", "VALID"] as const) {
      const shape = {
        ...randomConvolution(random),
        depthwise: false,
        dilation: [1, 1] as [number, number],
        ...large,
        padding,
      };
      await check(shape, "a311d", FACTOR_BITS[7] as number, random);
    }
  }
});

function requantization(c: FullConvolution, factorBits: number) {
  const below = c.activation === "RELU" ? 0 : c.output.zeroPoint;
  const { bias, factor } = RoundingCorrection.likeTwo(
    effectiveScale(c),
    255 - c.output.zeroPoint,
    below,
  );
  return { bias, factor: nearestOf(factor, factorBits) };
}

function randomConvolution(random: Random): FullConvolution {
  const depthwise = random.integer(0, 2) === 0;
  const channels = random.pick([1, 2, 3, 5, 8, 13, 16, 24]);
  const isPlain = random.integer(0, 1) === 0;
  const step = random.integer(1, isPlain ? 2 : 4);
  const stride: [number, number] = [step, isPlain ? step : random.integer(1, 4)];
  const longest = !isPlain ? 13 : step === 2 && !depthwise ? 10 : 5;
  const kernel: [number, number] = [random.integer(1, longest), random.integer(1, longest)];
  if (random.integer(0, 2) > 0) kernel[1] = kernel[0];
  const isDense = isPlain || Math.max(...kernel) > 4 || random.integer(0, 1) === 0;
  const dilation: [number, number] = isDense
    ? [1, 1]
    : [random.integer(1, 7), random.integer(1, 7)];
  const extent = kernel.map((taps, i) => (taps - 1) * (dilation[i] as number) + 1);
  const seed = random.integer(1, 1 << 30);
  const sparsity = random.pick([0, 0, 0.5, 0.95]);
  const zeroPoint = random.integer(0, 255);
  return {
    height: random.integer(extent[0] as number, 20),
    width: random.integer(extent[1] as number, 20),
    channels,
    outputChannels: depthwise
      ? channels * random.pick([1, 1, 1, 2, 3])
      : random.pick([1, 2, 4, 7, 8, 9, 16, 23, 40]),
    depthwise,
    kernel,
    stride,
    dilation,
    padding: random.pick(["SAME", "VALID"]),
    activation: random.pick(["NONE", "RELU"]),
    input: { scale: 0.02, zeroPoint: random.integer(0, 255) },
    weights: { scale: 0.01, zeroPoint },
    output: { scale: random.pick([0.05, 0.2, 0.7]), zeroPoint: random.integer(0, 255) },
    weightAt: (position) => weightAt(seed, position, sparsity, zeroPoint),
    biasAt: (channel) => ((channel * 977 + seed) % 4001) - 2000,
  };
}

/** A pseudo-random byte, or with the given share zero. */
function weightAt(seed: number, position: number, sparsity: number, zeroPoint: number): number {
  const mixed = Math.imul(seed ^ Math.imul(position, 0x85ebca6b), 0xc2b2ae35) >>> 0;
  return (mixed >>> 16) / 65536 < sparsity ? zeroPoint : (mixed >>> 5) & 0xff;
}

test.run();
