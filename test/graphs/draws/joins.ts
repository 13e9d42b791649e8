import type { Quantization, TensorSpec } from "../../../host/tflite/builder.ts";
import type { Maker } from "../maker.ts";
import { drawQuantization } from "../quantizations.ts";
import { alike, type Draw, dtypeOf, quantizationOf } from "./parts.ts";

// Operators that join tensors, or take one apart.

export const concatenation: Draw = (maker) => {
  const { random } = maker;
  const first = maker.pick(({ shape }) => shape.length >= 2);
  if (!first) return false;
  const rank = first.shape.length;
  const axis = random.pick([rank - 1, rank - 1, random.integer(1, rank - 1)]);
  const dtype = dtypeOf(first);
  const others = (shape: readonly number[]) => shape.filter((_, i) => i !== axis).join();
  const fits = maker.live.filter(({ shape, dtype: other }) => {
    return other === dtype && shape.length === rank && others(shape) === others(first.shape);
  });
  const count = random.pick([2, 2, 3, 4]);
  let parts = [first, ...Array.from({ length: count - 1 }, () => random.pick(fits))];
  if (random.oneIn(2)) parts.reverse();
  const extent = parts.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
  const shape = first.shape.map((one, i) => (i === axis ? extent : one));
  if (!maker.affords(shape)) return false;
  const output = random.oneIn(2) ? quantizationOf(first) : drawQuantization(random, dtype);
  // TFLite requantizes uint8 only; of int8 all have one quantization.
  if (dtype === "int8" || random.oneIn(2))
    parts = parts.map((part) => requantized(maker, part, output));
  const options = { axis: random.oneIn(4) ? axis - rank : axis, fused_activation_function: 0 };
  maker.operate("CONCATENATION", parts, [maker.activation(shape, dtype, output)], options);
  return true;
};

function requantized(maker: Maker, input: TensorSpec, to: Quantization): TensorSpec {
  if (input.quantization === to) return input;
  const output = maker.activation(input.shape, input.dtype, to);
  maker.operate("QUANTIZE", [input], [output]);
  return output;
}

export const split: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length >= 2);
  if (!input) return false;
  const rank = input.shape.length;
  const axis = random.pick([rank - 1, rank - 1, random.integer(1, rank - 1)]);
  const extent = input.shape[axis] as number;
  const divisors = [2, 3, 4, 5].filter((n) => extent % n === 0);
  if (divisors.length === 0) return false;
  const count = random.pick(divisors);
  const shape = input.shape.map((one, i) => (i === axis ? extent / count : one));
  const outputs = Array.from({ length: count }, () =>
    maker.activation(shape, input.dtype, quantizationOf(input)),
  );
  maker.operate("SPLIT", [maker.list([axis], []), input], outputs, { num_splits: count });
  return true;
};

/** Parts of any lengths along an axis; the last may be told as -1, the rest. */
export const splitByLengths: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length >= 2);
  if (!input) return false;
  const axis = random.integer(1, input.shape.length - 1);
  const extent = input.shape[axis] as number;
  if (extent === 0) return false;
  const first = random.integer(1, extent);
  const lengths = first === extent ? [extent] : [first, extent - first];
  const told = random.oneIn(3) ? [...lengths.slice(0, -1), -1] : lengths;
  const outputs = lengths.map((length) =>
    alike(
      maker,
      input,
      input.shape.map((one, i) => (i === axis ? length : one)),
    ),
  );
  const operands = [input, maker.list(told), maker.list([axis], [])];
  maker.operate("SPLIT_V", operands, outputs, { num_splits: lengths.length });
  return true;
};

/** Tensors as the elements of a new axis. */
export const pack: Draw = (maker) => {
  const { random } = maker;
  const first = maker.pick(({ shape }) => shape.length < 4);
  if (!first) return false;
  const isAlike = ({ shape, dtype, quantization }: TensorSpec) =>
    `${shape}` === `${first.shape}` && dtype === first.dtype && quantization === first.quantization;
  const count = random.integer(1, 3);
  const parts = Array.from({ length: count }, () => random.pick(maker.live.filter(isAlike)));
  const axis = random.integer(0, first.shape.length);
  const output = alike(maker, first, first.shape.toSpliced(axis, 0, count));
  maker.operate("PACK", parts, [output], { values_count: count, axis });
  return true;
};

/** Each element of an axis as a tensor. */
export const unpack: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.some((extent) => extent > 0 && extent <= 4));
  if (!input) return false;
  const axes = input.shape.flatMap((extent, i) => (extent > 0 && extent <= 4 ? [i] : []));
  const axis = random.pick(axes);
  const num = input.shape[axis] as number;
  const outputs = Array.from({ length: num }, () =>
    alike(maker, input, input.shape.toSpliced(axis, 1)),
  );
  maker.operate("UNPACK", [input], outputs, { num, axis });
  return true;
};
