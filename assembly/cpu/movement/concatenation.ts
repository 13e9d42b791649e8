import { Dtype } from "../../compiler/schema";
import { storedValue } from "../arithmetic/multiplier";
import { ByteTable } from "../elementwise/table";
import { Kernel, Sequence } from "../kernel";
import { takeMemory } from "../memory";
import { Operation } from "../operation";
import { Option } from "../option";
import { Tensor } from "../tensor";
import { areParts, axisOf } from "./parts";
import { Copy } from "./reshape";

/** CONCATENATION along an axis; uint8 inputs of other scales are requantized, as TFLite does. */
export function prepareConcatenation(operation: Operation): Kernel | null {
  if (!operation.wants(1, 1)) return null;
  const output = operation.outputs[0];
  const axis = axisOf(operation, operation.integer(Option.AXIS), output.shape.length);
  if (axis < 0 || !areParts(operation, operation.inputs, output, axis)) return null;
  if (operation.integer(Option.ACTIVATION) != 0) {
    operation.refuse("no activation", operation.integer(Option.ACTIVATION).toString());
    return null;
  }
  const kernels: Kernel[] = [];
  let before = 0;
  for (let i = 0; i < operation.inputs.length; i++) {
    let part = operation.inputs[i];
    if (part.isByte && !isQuantizedAs(part, output)) {
      const other = requantized(operation, part, output, kernels);
      if (other == null) return null;
      part = other;
    }
    kernels.push(Copy.along(part, output, axis, before, true));
    before += part.shape[axis];
  }
  return new Sequence(kernels);
}

function isQuantizedAs(part: Tensor, output: Tensor): bool {
  const unquantized = part.scales.length == 0 && output.scales.length == 0;
  if (unquantized || part.scales.length != 1 || output.scales.length != 1) return unquantized;
  return part.scale == output.scale && part.zeroPoint == output.zeroPoint;
}

/** A copy of the part in the output's quantization, and the kernel that makes it. */
function requantized(
  operation: Operation,
  part: Tensor,
  output: Tensor,
  kernels: Kernel[],
): Tensor | null {
  if (!operation.wantsBytes(part, "input") || !operation.wantsBytes(output, "output")) return null;
  if (!operation.wantsDtype(part, Dtype.UINT8, "inputs of other scales")) return null;
  const copy = new Tensor(part.dtype, false);
  copy.shape = part.shape;
  copy.pointer = takeMemory(part.bytes);
  if (copy.pointer == 0) return null;
  const inverse: f32 = 1 / output.scale;
  const scale: f32 = part.scale * inverse;
  const bias: f32 = -(part.zeroPoint as f32) * scale;
  const table = new ByteTable(part, copy);
  for (let byte = 0; byte < 256; byte++) {
    const steps: f32 = (byte as f32) * scale + bias;
    table.set(byte, storedValue(steps, output.zeroPoint, 0, 255));
  }
  kernels.push(table);
  return copy;
}
