import type { Core } from "../../assembly/targets/cores.ts";
import type { Random } from "../support/random.ts";
import type { Kernel } from "./convolution.ts";
import type { Extent, NnSpec } from "./descriptors.ts";

/** An NN job with its kernels and a planar input image. */
export interface RandomJob {
  spec: NnSpec;
  kernels: Kernel[];
  input: Uint8Array;
}

/** A job of random shape for a core: any kernel up to 15 × 15, paddings, pooling, superblocks. */
export function randomJob(random: Random, { architecture, nnCores }: Core): RandomJob {
  const depthwise = architecture === 8 && random.chance(0.3);
  const kernel = { width: 1 + random.below(15), height: 1 + random.below(15) };
  if (random.chance(0.3)) kernel.width = kernel.height = 1;
  const input = {
    width: 1 + random.below(40),
    height: 1 + random.below(20),
    channels: 1 + random.below(20),
  };
  const offset = {
    x: -random.below(Math.min(kernel.width, 8)),
    y: -random.below(Math.min(kernel.height, 8)),
  };
  const pooled = random.chance(0.3);
  const reach = (size: number, start: number) => Math.ceil((size - start) / (pooled ? 2 : 1));
  const output: Extent = {
    width: 1 + random.below(reach(input.width, offset.x)),
    height: 1 + random.below(reach(input.height, offset.y)),
    channels: depthwise ? input.channels : 1 + random.below(40),
  };
  const perCore = Math.ceil(output.channels / Math.min(output.channels, nnCores));
  const spec: NnSpec = {
    input,
    output,
    kernel,
    offset,
    pooled,
    depthwise,
    inputZero: random.below(256),
    weightZero: random.below(256),
    outputZero: random.below(256),
    relu: random.chance(0.3),
    multiplier: random.below(architecture === 8 ? 1 << 23 : 1 << 15),
    shift: (architecture === 8 ? 7 : 22) + random.below(10),
    kernelsPerCore: 1 + random.below(perCore),
    architecture: architecture === 8 ? 8 : 7,
  };
  return {
    spec,
    kernels: randomKernels(random, spec),
    input: random.bytes(input.width * input.height * input.channels),
  };
}

/** Kernels with few, some or only weights that are not zero. */
function randomKernels(random: Random, spec: NnSpec): Kernel[] {
  const density = random.pick([0.01, 0.3, 1]);
  const channels = spec.depthwise ? 1 : spec.input.channels;
  const length = channels * spec.kernel.width * spec.kernel.height;
  return Array.from({ length: spec.output.channels }, () => ({
    weights: Uint8Array.from({ length }, () =>
      random.chance(density) ? random.below(256) : spec.weightZero,
    ),
    bias: random.below(200_000) - 100_000,
  }));
}
