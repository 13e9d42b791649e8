import { elementsOf } from "../../../host/dtype.ts";
import { namesAxis } from "../draws/parts.ts";
import { tensorOf } from "../network.ts";
import { biasOf, type Exact, realsOf, weightsOf } from "./operands.ts";

// Operators that add up whole dimensions.

export const fullyConnected: Exact = (network, { inputs, outputs }, values) => {
  const [input, filter, bias] = inputs as [string, string, string | number | undefined];
  const [units = 1, depth = 1] = tensorOf(network, filter).shape;
  const reals = realsOf(network, input, values);
  const weights = weightsOf(network, filter);
  const biases = biasOf(network, bias, input, filter, units);
  const results = new Float64Array(elementsOf(tensorOf(network, outputs[0] as string).shape));
  return results.map((_, i) => {
    const [row, unit] = [Math.floor(i / units), i % units];
    let sum = biases[unit] as number;
    for (let k = 0; k < depth; k++)
      sum += (reals[row * depth + k] as number) * (weights[unit * depth + k] as number);
    return sum;
  });
};

export const sum: Exact = (network, { inputs, outputs }, values) => {
  const [input, axes] = inputs as [string, string];
  const { shape } = tensorOf(network, input);
  const reals = realsOf(network, input, values);
  const isReduced = namesAxis([...(tensorOf(network, axes).data as Int32Array)], shape.length);
  const results = new Float64Array(elementsOf(tensorOf(network, outputs[0] as string).shape));
  // How far apart a dimension's elements are in the output: not at all, if it is reduced.
  const pitches = shape.map(() => 0);
  for (let i = shape.length - 1, pitch = 1; i >= 0; i--) {
    if (isReduced(i)) continue;
    pitches[i] = pitch;
    pitch *= shape[i] as number;
  }
  reals.forEach((real, i) => {
    let [to, rest] = [0, i];
    for (let k = shape.length - 1; k >= 0; k--) {
      const extent = shape[k] as number;
      to += (rest % extent) * (pitches[k] as number);
      rest = Math.floor(rest / extent);
    }
    results[to] = (results[to] as number) + real;
  });
  return results;
};

export const mean: Exact = (network, operator, values) => {
  const sums = sum(network, operator, values);
  const terms = elementsOf(tensorOf(network, operator.inputs[0] as string).shape) / sums.length;
  return sums.map((value) => value / terms);
};
