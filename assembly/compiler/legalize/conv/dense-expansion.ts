import { Core } from "../../../targets/cores";
import { generationOf } from "../../generations/generations";
import { Convolution } from "../../plan/convolution";

/**
 * Makes every channel be convolved on its own with the same taps (`rows.kernel` ×
 * `columns.kernel` of them, 0 standing for zero). `c.outputChannels` are set before.
 */
export function convolveEachChannel(c: Convolution, taps: StaticArray<u8>, core: Core): void {
  const channels = c.outputChannels;
  const weights = c.weights;
  c.inputChannels = channels;
  weights.zero = 0;
  c.depthwise = channels > 1;
  weights.data = changetype<usize>(taps);
  weights.tapPitch = 1;
  if (leavesCoresIdle(c, core)) expandDense(c);
}

/** Native depthwise jobs that leave cores without a kernel are not known to work. */
export function leavesCoresIdle(c: Convolution, core: Core): bool {
  const runs = generationOf(core).hasDepthwise && c.depthwise;
  return runs && c.outputChannels < (core.nnCores as i32);
}

/** Makes a depthwise convolution a full one: [kernel][tap][channel]. */
export function expandDense(c: Convolution): void {
  const channels = c.inputChannels;
  const kernels = c.outputChannels;
  const ofChannel = kernels / channels;
  const taps = c.rows.kernel * c.columns.kernel;
  const from = c.weights;
  const zero = from.zero ^ from.flip;
  const all = new StaticArray<u8>(kernels * taps * channels).fill(zero);
  for (let k = 0; k < kernels; k++) {
    const kernel = from.data + k * from.kernelPitch;
    for (let t = 0; t < taps; t++) {
      all[(k * taps + t) * channels + k / ofChannel] = load<u8>(kernel + t * from.tapPitch);
    }
  }
  c.depthwise = false;
  c.isDense = true;
  from.data = changetype<usize>(all);
  from.channelPitch = 1;
  from.tapPitch = channels;
  from.kernelPitch = taps * channels;
}
