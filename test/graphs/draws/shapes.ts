import { elementsOf } from "../../../host/dtype.ts";
import { alike, type Draw, isEmpty, quantizationOf } from "./parts.ts";

// Operators that leave elements where they are, and give them another shape.

/** Another shape for the same elements. */
export const reshape: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick((tensor) => !isEmpty(tensor));
  if (!input) return false;
  const elements = elementsOf(input.shape);
  const divisors = [1, 2, 3, 4, 6, 8, 16].filter((n) => elements % n === 0);
  const one = random.pick(divisors);
  const rest = elements / one;
  const two = random.pick([1, 2, 3, 4, 8].filter((n) => rest % n === 0));
  const shape = random.pick([
    [1, elements],
    [1, elements],
    [1, 1, 1, elements],
    [1, one, rest],
    [1, rest, one],
    [1, one, two, rest / two],
    [1, rest / two, two, one],
  ]);
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  maker.operate("RESHAPE", [input, maker.list(shape)], [output]);
  return true;
};

export const squeeze: Draw = (maker) => {
  const input = maker.pick(({ shape }) => shape.includes(1) && shape.length > 2);
  if (!input) return false;
  const shape = input.shape.filter((extent, i) => extent !== 1 || i === 0);
  // Without a list of dimensions it takes all that are 1.
  const all = input.shape.filter((extent) => extent !== 1);
  if (all.length === 0 || shape.length === 0) return false;
  const output = maker.activation(all, input.dtype, quantizationOf(input));
  maker.operate("SQUEEZE", [input], [output]);
  return true;
};

export const expandDims: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length >= 1 && shape.length < 4);
  if (!input) return false;
  const axis = random.integer(0, input.shape.length);
  const shape = input.shape.toSpliced(axis, 0, 1);
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  maker.operate("EXPAND_DIMS", [input, maker.list([axis], [])], [output]);
  return true;
};

/**
 * A reshape as Keras writes it, whose shape is computed of the input's: its batch is taken of the
 * shape and put before a constant. All of it is known to the compiler.
 */
export const shapeChain: Draw = (maker) => {
  const input = maker.pick((tensor) => tensor.shape.length >= 2 && !isEmpty(tensor));
  if (!input) return false;
  const [batch = 1, ...rest] = input.shape;
  const depth = elementsOf(rest);
  const all = maker.known([input.shape.length], input.shape);
  const first = maker.known([], [batch]);
  const shape = maker.known([2], [batch, depth]);
  const lists = [[0], [1], [1]].map((values) => maker.list(values));
  const shrinks = { begin_mask: 0, end_mask: 0, shrink_axis_mask: 1 };
  maker.operate("SHAPE", [input], [all], { out_type: 2 });
  maker.operate("STRIDED_SLICE", [all, ...lists], [first], shrinks);
  maker.operate("PACK", [first, maker.list([depth], [])], [shape], { values_count: 2, axis: 0 });
  maker.operate("RESHAPE", [input, shape], [alike(maker, input, [batch, depth])]);
  return true;
};
