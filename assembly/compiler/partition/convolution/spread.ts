import { Core } from "../../../targets/cores";
import { Convolution } from "./geometry";

/**
 * Makes every channel be convolved on its own with the same taps (`rows.kernel` ×
 * `columns.kernel` of them, 0 standing for zero). `c.outputChannels` are set before.
 */
export function spread(c: Convolution, taps: StaticArray<u8>, core: Core): void {
  const channels = c.outputChannels;
  const weights = c.weights;
  c.inputChannels = channels;
  weights.zero = 0;
  // Native depthwise jobs that leave cores without a kernel are not known to work.
  if (core.architecture >= 8 && channels > 1 && channels < (core.nnCores as i32)) {
    weights.data = changetype<usize>(spelledOut(taps, channels));
    weights.channelPitch = 1;
    weights.tapPitch = channels;
    weights.kernelPitch = taps.length * channels;
    return;
  }
  c.depthwise = channels > 1;
  weights.data = changetype<usize>(taps);
  weights.tapPitch = 1;
}

/** The same as a full convolution: [kernel][tap][channel]. */
function spelledOut(taps: StaticArray<u8>, channels: i32): StaticArray<u8> {
  const all = new StaticArray<u8>(channels * taps.length * channels);
  for (let k = 0; k < channels; k++) {
    for (let t = 0; t < taps.length; t++) all[(k * taps.length + t) * channels + k] = taps[t];
  }
  return all;
}
