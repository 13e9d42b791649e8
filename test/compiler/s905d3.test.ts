import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES, type Core } from "../../assembly/targets/cores.ts";
import type { DecodedKernel } from "../../host/devices/emulator.ts";
import { compile, openBlob } from "../../host/index.ts";
import { type ConvolutionSpec, convolutionModel } from "../../host/tflite/convolution.ts";
import { decodeKernels } from "../nbg/streams.ts";
import { emulatorFor } from "../support/emulator.ts";
import { runModel } from "../support/runs.ts";

// The S905D3 computes as the STM32MP2 does, another v7 core with two NN cores; only its streams are
// coded in another way. So both must hold the same kernels, and give the same results.

const [S905D3, STM32MP2] = ["vippico_v3.s905d3", "gcnanoultra31_vip2.stm32mp2"].map((name) =>
  CORES.find((core) => core.name === name),
) as [Core, Core];

const LAYERS: [what: string, spec: ConvolutionSpec][] = [
  ["an odd number of kernels", { height: 9, width: 9, channels: 3, outputChannels: 5 }],
  ["one kernel", { height: 9, width: 9, channels: 4, outputChannels: 1 }],
  ["single-pixel kernels", { height: 8, width: 8, channels: 20, outputChannels: 33, kernel: 1 }],
  ["depthwise kernels", { height: 12, width: 12, channels: 24, depthwise: true }],
  ["several superblocks", { height: 40, width: 40, channels: 16, outputChannels: 300 }],
];

for (const [what, spec] of LAYERS) {
  test(`${what} are the same kernels in either code, and give the same results`, async () => {
    const model = convolutionModel(spec);
    assert.equal(await kernelsOf(model, S905D3), await kernelsOf(model, STM32MP2));
    const results = [S905D3, STM32MP2].map(({ name }) => runModel(model, { target: name }));
    assert.equal(...((await Promise.all(results)) as [Uint8Array[], Uint8Array[]]));
  });
}

const DESCRIPTOR_BYTES = 136;

/** By job and output, its bias and weights. */
async function kernelsOf(model: Uint8Array, core: Core): Promise<string[]> {
  const { segments, constants } = openBlob(await compile(model, { target: core.name }));
  const emulator = await emulatorFor(core.name);
  const jobs = segments.flatMap(({ jobs }) => jobs).filter(({ kind }) => kind === "NN");
  assert.ok(jobs.length > 0);
  return jobs.flatMap(({ descriptor, coefficients, coefficientBytes }) => {
    const words = constants.slice(descriptor, descriptor + DESCRIPTOR_BYTES);
    const { kernels, bytes } = decodeKernels(
      emulator,
      {
        words: new Uint32Array(words.buffer),
        coefficients: constants.slice(coefficients, coefficients + coefficientBytes),
      },
      core,
    );
    assert.is(bytes, coefficientBytes);
    return kernels.map(textOf).sort();
  });
}

function textOf({ output, bias, weights }: DecodedKernel): string {
  return `${output}: ${bias} ${weights.join(" ")}`;
}

test.run();
