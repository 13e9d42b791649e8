import { elementsOf } from "../../../host/dtype.ts";
import { tensorOf } from "../network.ts";
import { type Exact, realsOf } from "./operands.ts";

// Operators that make each element from the same one of their inputs.

export function ofElements(at: (x: number, options: Record<string, unknown>) => number): Exact {
  return (network, { inputs, options = {} }, values) => {
    return realsOf(network, inputs[0] as string, values).map((x) => at(x, options));
  };
}

/** Either operand is repeated along axes where it has one element. */
export function ofPairs(at: (a: number, b: number) => number): Exact {
  return (network, { inputs, outputs }, values) => {
    const { shape } = tensorOf(network, outputs[0] as string);
    const [a, b] = inputs.map((name) => {
      const operand = tensorOf(network, name as string);
      return spread(realsOf(network, name as string, values), operand.shape, shape);
    }) as [Float64Array, Float64Array];
    return a.map((x, i) => at(x, b[i] as number));
  };
}

function spread(reals: Float64Array, from: number[], to: number[]): Float64Array {
  if (reals.length === elementsOf(to)) return reals;
  const shape = [...to.slice(from.length).map(() => 1), ...from];
  const results = new Float64Array(elementsOf(to));
  return results.map((_, i) => {
    let [at, pitch, rest] = [0, 1, i];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const [own, extent] = [shape[axis] as number, to[axis] as number];
      if (own > 1) at += (rest % extent) * pitch;
      pitch *= own;
      rest = Math.floor(rest / extent);
    }
    return reals[at] as number;
  });
}

export const logistic = (x: number) => 1 / (1 + Math.exp(-x));
export const hardSwish = (x: number) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6;

/** Rows of each part after the other, as many as lie before the axis. */
export const concatenation: Exact = (network, { inputs, outputs, options = {} }, values) => {
  const { shape } = tensorOf(network, outputs[0] as string);
  const axis = (Number(options.axis) + shape.length) % shape.length;
  const rows = elementsOf(shape.slice(0, axis));
  const parts = inputs.map((name) => realsOf(network, name as string, values));
  const results = new Float64Array(elementsOf(shape));
  let to = 0;
  for (let row = 0; row < rows; row++)
    for (const part of parts) {
      const length = part.length / rows;
      results.set(part.subarray(row * length, (row + 1) * length), to);
      to += length;
    }
  return results;
};
