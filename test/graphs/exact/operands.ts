import { valuesOf } from "../../../host/dtype.ts";
import type { OperatorSpec } from "../../../host/tflite/builder.ts";
import { type Network, tensorOf } from "../network.ts";
import { scaleOf, scalesOf, zeroPointOf } from "../quantizations.ts";

// What operands stand for, as real numbers.

/** Elements of a tensor by its name: those of a constant, of an input, or what was computed. */
export type Values = (name: string) => ArrayLike<number>;

/** What an operator amounts to in real numbers, before any rounding or activation. */
export type Exact = (network: Network, operator: OperatorSpec, values: Values) => Float64Array;

/** Real numbers of an operand that has one scale. */
export function realsOf(network: Network, name: string, values: Values): Float64Array {
  const { quantization } = tensorOf(network, name);
  const [scale, zeroPoint] = [scaleOf(quantization), zeroPointOf(quantization)];
  return Float64Array.from(values(name), (value) => scale * (value - zeroPoint));
}

/** Constant weights; several scales belong to the indices of one dimension. */
export function weightsOf(network: Network, name: string): Float64Array {
  const { shape, dtype, data, quantization } = tensorOf(network, name);
  const [scales, zeroPoint] = [scalesOf(quantization), zeroPointOf(quantization)];
  const inner = shape.slice((quantization?.axis ?? 0) + 1).reduce((product, n) => product * n, 1);
  const bytes = valuesOf(dtype as "uint8", data as Uint8Array) as Uint8Array;
  return Float64Array.from(bytes, (byte, i) => {
    const unit = Math.floor(i / inner) % scales.length;
    return (scales[unit] as number) * (byte - zeroPoint);
  });
}

/** Zeros without a bias. TFLite takes one in steps of the sums, whatever scale it names. */
export function biasOf(
  network: Network,
  bias: string | number | undefined,
  input: string,
  weights: string,
  units: number,
): Float64Array {
  if (typeof bias !== "string") return new Float64Array(units);
  const scales = scalesOf(tensorOf(network, weights).quantization);
  const step = scaleOf(tensorOf(network, input).quantization);
  return Float64Array.from(tensorOf(network, bias).data as Int32Array, (sum, i) => {
    return sum * step * (scales[i % scales.length] as number);
  });
}
