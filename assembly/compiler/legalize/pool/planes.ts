import { Tensor } from "../../graph";
import { LARGEST_KERNEL } from "../../plan/axis";
import { Convolution } from "../../plan/convolution";
import { Legalization } from "../../plan/legalization";
import { MOST_CHANNELS } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { ConvolutionsPlan } from "../../plan/plan";
import { zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeConvolutions } from "../conv/convolutions";
import { Division } from "./division";

/**
 * Whole planes at a time, however large: an interleaved image is read or written as a planar
 * one, in which every pixel is a channel, and the channels are the pixels of another image.
 *
 *     pixel 0: c₀ c₁ c₂ …     =     channel 0: a plane with the pixels c₀ c₁ c₂ …
 *     pixel 1: c₀ c₁ c₂ …           channel 1: …
 */

/** One number for each channel: the sum of its pixels, divided. */
export function legalizeSum(
  input: Tensor,
  output: Tensor,
  division: Division,
  relu: bool,
  context: Context,
): Legalization {
  const c = new Convolution();
  c.relu = relu;
  c.inputZero = zeroByte(input);
  c.outputZero = zeroByte(output);
  return legalizeAcross(c, input, output, pixelsOf(input), 1, division, context);
}

/** A single pixel in all positions. */
export function legalizeFill(input: Tensor, output: Tensor, context: Context): Legalization {
  const c = new Convolution();
  return legalizeAcross(c, input, output, 1, pixelsOf(output), new Division(1), context);
}

export function pixelsOf(image: Tensor): i32 {
  return image.fromLast(3) * image.fromLast(2);
}

/**
 * Where there are more pixels than channels of an image, neighbours share a channel, as taps of one
 * kernel: the fewest taps that leave no more.
 */
export function tapsFor(pixels: i32): i32 {
  if (pixels <= MOST_CHANNELS) return 1;
  for (let taps = 2; taps <= LARGEST_KERNEL; taps++) {
    if (pixels % taps == 0 && pixels / taps <= MOST_CHANNELS) return taps;
  }
  return 1;
}

/** Equal weights from so many pixels to so many. */
function legalizeAcross(
  c: Convolution,
  input: Tensor,
  output: Tensor,
  from: i32,
  to: i32,
  division: Division,
  context: Context,
): Legalization {
  const taps = tapsFor(from);
  if (max(from / taps, to) > MOST_CHANNELS)
    return Legalization.onCpu(
      `it has ${max(from, to)} pixels at a time; ${MOST_CHANNELS} is the most`,
    );
  const channels = input.fromLast(1);
  let rows = Math.sqrt(channels) as i32;
  while (channels % rows != 0) rows--;
  if (taps > 1) {
    c.rows.span(taps, 1, taps);
    c.columns.span(channels, channels, 1);
  } else {
    c.rows.span(rows, rows, 1);
    c.columns.span(channels / rows, channels / rows, 1);
  }
  c.inputChannels = from / taps;
  c.outputChannels = to;
  // All kernels are the same one.
  c.weights.data = changetype<usize>(division.weights(from));
  c.weights.channelPitch = 1;
  division.apply(c);
  const legalization = legalizeConvolutions(input, output, [c], Mark.EXPECTED, context);
  const plan = legalization.plan;
  if (plan != null) (plan as ConvolutionsPlan).flat = true;
  return legalization;
}
