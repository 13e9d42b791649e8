import { elementsOf } from "../../../host/dtype.ts";
import type { TensorSpec } from "../../../host/tflite/builder.ts";
import type { Maker } from "../maker.ts";
import { type ByteType, drawQuantization, leastOf, scaleOf } from "../quantizations.ts";
import { ACTIVATIONS, alike, type Draw, dtypeOf, outputFor, quantizationOf } from "./parts.ts";

// Operators on two tensors, element by element; one of them may be repeated.

export function pairwise(operator: string): Draw {
  return (maker) => {
    const { random } = maker;
    const a = maker.pick();
    if (!a) return false;
    const dtype = dtypeOf(a);
    const isAlike = ({ shape, dtype: other }: TensorSpec) =>
      `${shape}` === `${a.shape}` && other === dtype;
    /** Along any axes. */
    const isRepeated = ({ shape, dtype: other }: TensorSpec) =>
      other === dtype &&
      shape.length <= a.shape.length &&
      shape.toReversed().every((extent, i) => extent === 1 || extent === a.shape.at(-1 - i));
    const channels = a.shape.at(-1) ?? 1;
    const b = random.oneIn(4)
      ? broadcastConstant(
          maker,
          dtype,
          random.pick([
            a.shape,
            [channels].slice(0, a.shape.length),
            [1].slice(0, a.shape.length),
            [],
          ]),
        )
      : random.pick(maker.live.filter(random.oneIn(2) ? isAlike : isRepeated));
    if (!b) return false;
    const activation = random.pick(ACTIVATIONS);
    const [sa, sb] = [scaleOf(a.quantization), scaleOf(b.quantization)];
    const spread = operator === "MUL" ? 2500 * sa * sb : 60 * Math.max(sa, sb);
    const output = maker.activation(a.shape, dtype, outputFor(maker, dtype, spread, activation));
    const pair = random.oneIn(2) ? [a, b] : [b, a];
    maker.operate(operator, pair, [output], { fused_activation_function: activation });
    return true;
  };
}

/** The larger or the smaller one of two tensors quantized alike. */
export function extreme(operator: string): Draw {
  return (maker) => {
    const { random } = maker;
    const a = maker.pick();
    if (!a) return false;
    const isAlike = (other: TensorSpec) =>
      other.dtype === a.dtype &&
      `${other.shape}` === `${a.shape}` &&
      other.quantization === a.quantization;
    const shape = random.pick([a.shape, a.shape.slice(-1)]);
    const b = random.oneIn(3)
      ? broadcastConstant(maker, dtypeOf(a), shape, quantizationOf(a))
      : random.pick(maker.live.filter(isAlike));
    maker.operate(operator, random.oneIn(2) ? [a, b] : [b, a], [alike(maker, a, a.shape)]);
    return true;
  };
}

/** Slopes of channels, or of all elements but a batch's. */
export const prelu: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length === 4);
  if (!input) return false;
  const shape = random.pick([[1, 1, input.shape[3] as number], input.shape.slice(1)]);
  const dtype = dtypeOf(input);
  const middle = leastOf(dtype) + 128;
  const slopes = random.pick([
    drawQuantization(random, dtype),
    { scale: 0.0075, zeroPoint: middle },
  ]);
  const slope = broadcastConstant(maker, dtype, shape, slopes);
  const spread = 50 * scaleOf(input.quantization);
  const output = maker.activation(input.shape, dtype, outputFor(maker, dtype, spread, 0));
  maker.operate("PRELU", [input, slope], [output]);
  return true;
};

/** Of float32: two tensors of one shape, or one and itself. */
export function realPair(operator: string): Draw {
  return (maker) => {
    const { random } = maker;
    const a = maker.pickReal();
    if (!a) return false;
    const b = random.pick(maker.reals.filter(({ shape }) => `${shape}` === `${a.shape}`));
    const options: Record<string, number> =
      operator === "SQUARED_DIFFERENCE"
        ? {}
        : { fused_activation_function: random.pick(ACTIVATIONS) };
    maker.operate(operator, [a, b], [maker.activation(a.shape, "float32")], options);
    return true;
  };
}

function broadcastConstant(
  maker: Maker,
  dtype: ByteType,
  shape: number[],
  quantization = drawQuantization(maker.random, dtype),
): TensorSpec {
  const data = maker.random.bytes(elementsOf(shape));
  return maker.constant({
    shape,
    dtype,
    quantization,
    data,
  });
}
