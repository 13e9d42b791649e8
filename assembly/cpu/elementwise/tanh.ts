import { storedValue } from "../../tflite/multiplier";
import { Operation } from "../../tflite/operation";
import { Kernel } from "../kernel";
import { ByteTable } from "./table";

/** TANH of 8-bit values. */
export function prepareTanh(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const table = new ByteTable(input, output);
  const inverse: f32 = 1 / output.scale;
  for (let byte = 0; byte < 256; byte++) {
    const real = input.scale * ((table.valueOf(byte) - input.zeroPoint) as f32);
    const steps: f32 = Mathf.tanh(real) * inverse;
    table.set(byte, storedValue(steps, output.zeroPoint, output.least, output.greatest));
  }
  return table;
}
