import { Tensor } from "../../graph";
import { Convolution } from "../../plan/convolution";
import { flatWidth } from "../../plan/flat-image";

// Convolutions of 1×1 over planes that hold all elements of a tensor each, in any order.

/** There is a kernel for each bias. `zero`: the weight that stands for 0. */
export function overPlanes(
  tensor: Tensor,
  weights: StaticArray<u8>,
  zero: i32,
  biases: StaticArray<i32>,
): Convolution {
  const width = flatWidth(tensor.elements);
  const rows = (tensor.elements as i32) / width;
  const c = new Convolution();
  c.rows.span(rows, rows, 1);
  c.columns.span(width, width, 1);
  c.outputChannels = biases.length;
  c.inputChannels = weights.length / biases.length;
  c.side = 1;
  c.weights.data = changetype<usize>(weights);
  c.weights.bias = changetype<usize>(biases);
  c.weights.zero = zero as u8;
  c.weights.tapPitch = 1;
  c.weights.channelPitch = 1;
  c.weights.kernelPitch = c.inputChannels;
  return c;
}
