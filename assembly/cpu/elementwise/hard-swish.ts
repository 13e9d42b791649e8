import { Operation } from "../../tflite/operation";
import { Kernel } from "../kernel";
import { byteKernel } from "./bytes";
import { RealFunction } from "./real-function";

/** HARD_SWISH: x · min(max(x + 3, 0), 6) / 6. */
export function prepareHardSwish(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  if (!input.isReal) return byteKernel(operation);
  return new RealFunction(input, operation.outputs[0], hardSwish);
}

/** TFLite multiplies by it. */
const SIXTH: f32 = 1.0 / 6.0;

function hardSwish(x: f32): f32 {
  return x * min<f32>(6, max<f32>(0, x + 3)) * SIXTH;
}
