import { elementsOf } from "../../../host/dtype.ts";
import { tensorOf } from "../network.ts";
import { type Exact, realsOf } from "./operands.ts";

// Operators that make each element from the same one of their inputs.

export function ofElements(at: (x: number, options: Record<string, unknown>) => number): Exact {
  return (network, { inputs, options = {} }, values) => {
    return realsOf(network, inputs[0] as string, values).map((x) => at(x, options));
  };
}

/** The smaller operand, if any, is repeated: it has the last dimensions of the other one. */
export function ofPairs(at: (a: number, b: number) => number): Exact {
  return (network, { inputs, outputs }, values) => {
    const [a, b] = inputs.map((name) => realsOf(network, name as string, values)) as [
      Float64Array,
      Float64Array,
    ];
    const results = new Float64Array(elementsOf(tensorOf(network, outputs[0] as string).shape));
    return results.map((_, i) => at(a[i % a.length] as number, b[i % b.length] as number));
  };
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
