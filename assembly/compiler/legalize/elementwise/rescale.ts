import { Tensor } from "../../graph";
import { Axis } from "../../plan/axis";
import { Convolution } from "../../plan/convolution";
import { LONGEST_SIDE } from "../../plan/limits";
import { zeroByte } from "../../plan/tensors";

/** Keeps the factor of most changes of scale below what either generation's shift field holds. */
const LARGE_WEIGHT: u8 = 64;

/**
 * The same numbers at another scale and zero point: a 3×3 convolution of one channel with a
 * single tap, over the bytes as they lie. Null where they make no image of allowed sides.
 */
export function requantization(input: Tensor, output: Tensor): Convolution | null {
  const elements = input.elements as i32;
  let columns = min(elements, LONGEST_SIDE);
  while (elements % columns != 0) columns--;
  const rows = elements / columns;
  if (rows > LONGEST_SIDE) return null;
  const ratio = input.quantization.scale(0) / output.quantization.scale(0);
  const weight: u8 = ratio < 1 ? 1 : LARGE_WEIGHT;
  const c = new Convolution();
  centre(c.rows, rows);
  centre(c.columns, columns);
  c.inputChannels = 1;
  c.outputChannels = 1;
  c.same = true;
  c.side = 3;
  const weights: StaticArray<u8> = [weight];
  c.weights.data = changetype<usize>(weights);
  c.weights.tapPitch = 1;
  c.inputZero = zeroByte(input);
  c.outputZero = zeroByte(output);
  c.scale = ratio / (weight as f32);
  return c;
}

function centre(axis: Axis, pixels: i32): void {
  axis.input = pixels;
  axis.output = pixels;
  axis.padding = 1;
  axis.inset = 1;
}
