import { Tensor } from "../../graph";
import { Mark } from "../../schema";
import { Context } from "../context";
import { MOST_CHANNELS } from "../limits";
import { Placement } from "../placement";
import { ConvolutionsPlan } from "../plans";
import { placeConvolutions } from "./convolutions";
import { Convolution } from "./geometry";

/**
 * Whole planes at a time, however large: an interleaved image is read or written as a planar
 * one, in which every pixel is a channel, and the channels are the pixels of another image.
 *
 *     pixel 0: c₀ c₁ c₂ …     =     channel 0: a plane with the pixels c₀ c₁ c₂ …
 *     pixel 1: c₀ c₁ c₂ …           channel 1: …
 */

/** One number for each channel: the sum of its pixels, times a scale. */
export function placeSum(
  input: Tensor,
  output: Tensor,
  c: Convolution,
  context: Context,
): Placement {
  return placeAcross(input, output, c, pixelsOf(input), 1, context);
}

/** A single pixel in all places. */
export function placeFill(input: Tensor, output: Tensor, context: Context): Placement {
  return placeAcross(input, output, new Convolution(), 1, pixelsOf(output), context);
}

function pixelsOf(image: Tensor): i32 {
  return image.fromLast(3) * image.fromLast(2);
}

/** Weights of 1 from so many pixels to so many. */
function placeAcross(
  input: Tensor,
  output: Tensor,
  c: Convolution,
  from: i32,
  to: i32,
  context: Context,
): Placement {
  if (max(from, to) > MOST_CHANNELS)
    return Placement.onCpu(
      `it has ${max(from, to)} pixels at a time; ${MOST_CHANNELS} is the most`,
    );
  const channels = input.fromLast(1);
  let rows = Math.sqrt(channels) as i32;
  while (channels % rows != 0) rows--;
  c.rows.span(rows, rows, 1);
  c.columns.span(channels / rows, channels / rows, 1);
  c.inputChannels = from;
  c.outputChannels = to;
  // All kernels are the same one.
  c.weights.data = changetype<usize>(new StaticArray<u8>(from).fill(1));
  c.weights.channelPitch = 1;
  const placement = placeConvolutions(input, output, [c], Mark.EXPECTED, context);
  const plan = placement.plan;
  if (plan != null) (plan as ConvolutionsPlan).flat = true;
  return placement;
}
