import { Operation } from "../operation";
import { Option } from "../option";
import { Activation } from "../schema";

/** Whether the output has as many elements as the first input. */
export function hasSameElements(operation: Operation): bool {
  return operation.wantsElements(operation.outputs[0], operation.inputs[0].elements, "an output");
}

/** Whether the fused activation is one that clamps. */
export function clamps(operation: Operation): bool {
  const activation = operation.integer(Option.ACTIVATION);
  if (activation >= Activation.NONE && activation <= Activation.RELU6) return true;
  return operation.refuse("a clamping activation", `number ${activation}`);
}

/** Whether two inputs go together element by element, extents of 1 repeated, and give the output. */
export function isPair(operation: Operation): bool {
  const a = operation.inputs[0];
  const b = operation.inputs[1];
  const output = operation.outputs[0];
  const rank = max(a.shape.length, b.shape.length);
  if (!operation.wantsRank(output, rank, "output")) return false;
  for (let i = 1; i <= rank; i++) {
    const one = a.fromLast(i);
    const other = b.fromLast(i);
    const extent = one == 1 ? other : one;
    if ((other != 1 && other != extent) || output.fromLast(i) != extent) {
      const expected = "inputs and an output whose shapes go together";
      const shapes = `${a.describeShape()}, ${b.describeShape()} and ${output.describeShape()}`;
      return operation.contradict(expected, shapes);
    }
  }
  return clamps(operation);
}

/** TFLite raises 8-bit values by 7 bits; what brings them to the output then must be below 1. */
export function isHardSwish(operation: Operation): bool {
  if (!hasSameElements(operation)) return false;
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  if (input.isReal || input.scale / 128.0 / output.scale < 0.9999) return true;
  return operation.refuse("an output scale not far below its input's", `${output.scale}`);
}

/** Bits that 8-bit operands of a sum are raised by before they are brought to one scale. */
export const RAISED_BITS: i32 = 20;

/** From the sum of two raised 8-bit operands, in twice the larger scale, to the output. */
export function sumFactor(operation: Operation): f64 {
  const common = 2 * (max(operation.inputs[0].scale, operation.inputs[1].scale) as f64);
  return common / ((((1 << RAISED_BITS) as f32) * operation.outputs[0].scale) as f64);
}

/** A pair to add up: TFLite demands that the factor to the output is below 1. */
export function isSum(operation: Operation): bool {
  if (!isPair(operation)) return false;
  if (operation.inputs[0].isReal || sumFactor(operation) < 1) return true;
  const found = `${operation.outputs[0].scale}`;
  return operation.refuse("an output scale no million times below its inputs'", found);
}

/** TFLite fixes the scale of a SOFTMAX's output, up to this share of it. */
const SCALE: f32 = 1.0 / 256.0;
const SCALE_TOLERANCE: f32 = 0.001;

export function isSoftmax(operation: Operation): bool {
  if (!hasSameElements(operation)) return false;
  const output = operation.outputs[0];
  if (output.isReal) return true;
  const deviation = Mathf.abs(output.scale - SCALE) / SCALE;
  if (deviation <= SCALE_TOLERANCE && output.zeroPoint == output.least) return true;
  const found = `${output.scale} and ${output.zeroPoint}`;
  return operation.refuse(`output scale 1/256 and zero point ${output.least}`, found);
}
