import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CompileOptions, compile, openBlob } from "../../host/index.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// The cores of v7 wait for the one with the longest stream, so kernels are dealt to them by length.

const KERNELS = 32;
const CHANNELS = 24;

/** The first quarter of the kernels has all its weights, the others one in eight. */
function unevenModel(kernel: number): Uint8Array {
  const random = new Random(11);
  const isFull = (output: number) => output < KERNELS / 4;
  const taps = kernel * kernel * CHANNELS;
  return convolutionModel({
    ...{ height: 10, width: 12, channels: CHANNELS, outputChannels: KERNELS, kernel },
    weights: { scale: 0.01, zeroPoint: 120 },
    weightAt: (i) =>
      isFull(Math.floor(i / taps)) || random.oneIn(8) ? 121 + random.integer(0, 100) : 120,
  });
}

/** How much longer the longest stream is than the mean. */
async function unevenness(model: Uint8Array, options: CompileOptions): Promise<number> {
  const { constants, segments } = openBlob(await compile(model, options));
  const [job] = segments.flatMap(({ jobs }) => jobs.filter(({ kind }) => kind === "NN"));
  const view = new DataView(constants.buffer, constants.byteOffset + (job?.coefficients ?? 0));
  const sizes = Array.from({ length: 8 }, (_, core) => view.getUint32(4 * core, true));
  return (Math.max(...sizes) * sizes.length) / sizes.reduce((a, b) => a + b);
}

for (const kernel of [1, 3]) {
  test(`kernels of ${kernel}×${kernel} are dealt to the cores by length`, async () => {
    const model = unevenModel(kernel);
    // The open driver keeps the order, and runs no zeros of 1×1 kernels.
    if (kernel > 1) assert.ok((await unevenness(model, { target: "a311d", compat: "mesa" })) > 2);
    assert.ok((await unevenness(model, { target: "a311d" })) < 1.1);
    const input = new Random(3).bytes(10 * 12 * CHANNELS);
    const [found] = await runModel(model, { target: "a311d" }, [input]);
    const [wanted] = await runModel(model, { target: "a311d", cpuOnly: true }, [input]);
    assert.ok(compare(found as Uint8Array, wanted as Uint8Array).largest <= 1);
  });
}

test.run();
