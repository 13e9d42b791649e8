import { storedValue } from "../../tflite/multiplier";
import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { Tensor } from "../../tflite/tensor";
import { ByteTable } from "../elementwise/table";
import { Kernel, KernelSequence } from "../kernel";
import { takeMemory } from "../memory";
import { Copy } from "./reshape";

/** CONCATENATION along an axis; uint8 inputs of other scales are requantized, as TFLite does. */
export function prepareConcatenation(operation: Operation): Kernel | null {
  const output = operation.outputs[0];
  const given = operation.integer(Option.AXIS);
  const axis = given < 0 ? given + output.shape.length : given;
  const kernels: Kernel[] = [];
  let before = 0;
  for (let i = 0; i < operation.inputs.length; i++) {
    let part = operation.inputs[i];
    if (part.isByte && !part.isQuantizedAs(output)) {
      const other = requantized(part, output, kernels);
      if (other == null) return null;
      part = other;
    }
    kernels.push(Copy.along(part, output, axis, before, true));
    before += part.shape[axis];
  }
  return new KernelSequence(kernels);
}

/** A copy of the part in the output's quantization, and the kernel that makes it. */
function requantized(part: Tensor, output: Tensor, kernels: Kernel[]): Tensor | null {
  const copy = new Tensor(part.dtype, false);
  copy.shape = part.shape;
  copy.pointer = takeMemory(part.bytes);
  if (copy.pointer == 0) return null;
  const inverse: f32 = 1 / output.scale;
  const scale: f32 = part.scale * inverse;
  const bias: f32 = -(part.zeroPoint as f32) * scale;
  const bytes = new StaticArray<u8>(256);
  for (let byte = 0; byte < 256; byte++) {
    const steps: f32 = (byte as f32) * scale + bias;
    bytes[byte] = storedValue(steps, output.zeroPoint, 0, 255) as u8;
  }
  kernels.push(new ByteTable(part, copy, bytes));
  return copy;
}
