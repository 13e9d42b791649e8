import { Operation } from "../../tflite/operation";
import { SliceRanges } from "../../tflite/rules/movement";
import { Kernel } from "../kernel";
import { StridedCopy } from "./strided-copy";

/** STRIDED_SLICE. Inputs: the tensor, constant begins, ends and strides of its first dimensions. */
export function prepareStridedSlice(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  const ranges = SliceRanges.of(operation);
  if (ranges == null) return null;
  let from = input.pointer;
  let pitch: isize = output.elementBytes;
  const fromSteps: isize[] = [];
  const toSteps: isize[] = [];
  for (let i = 0; i < rank; i++) {
    const bytes = (input.pitch(i) as isize) * input.elementBytes;
    from += (ranges.begins[i] as isize) * bytes;
    fromSteps.push((ranges.strides[i] as isize) * bytes);
  }
  for (let i = rank - 1; i >= 0; i--) {
    toSteps.unshift(pitch);
    pitch *= ranges.counts[i];
  }
  const bytes = input.elementBytes;
  return new StridedCopy(from, output.pointer, ranges.counts, fromSteps, toSteps, bytes);
}
