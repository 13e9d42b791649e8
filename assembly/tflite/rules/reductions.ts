import { Operation } from "../operation";
import { axisOf } from "./parts";

/** By dimension of the first input, whether the axes of the second name it; null where refused. */
export function reducedDimensions(operation: Operation): bool[] | null {
  const rank = operation.inputs[0].shape.length;
  const axes = operation.inputs[1];
  const reduced: bool[] = [];
  for (let i = 0; i < rank; i++) reduced.push(false);
  for (let i = 0; i < (axes.elements as i32); i++) {
    const axis = axisOf(operation, axes.integerAt(i), rank);
    if (axis < 0) return null;
    reduced[axis] = true;
  }
  return reduced;
}

/** Over constant axes of at least one element. */
export function isMean(operation: Operation): bool {
  const reduced = reducedDimensions(operation);
  if (reduced == null) return false;
  const input = operation.inputs[0];
  let kept: u64 = 1;
  for (let i = 0; i < reduced.length; i++) if (!reduced[i]) kept *= input.shape[i] as u64;
  if (!operation.wantsElements(operation.outputs[0], kept, "an output")) return false;
  return input.elements != 0 || operation.refuse("something to reduce", "nothing");
}

/** The same, to an output quantized as its input. */
export function isReduction(operation: Operation): bool {
  return (
    operation.wantsSameQuantization(operation.inputs[0], operation.outputs[0]) && isMean(operation)
  );
}

/** Along one constant axis that has elements. */
export function isArgMax(operation: Operation): bool {
  const input = operation.inputs[0];
  const axes = operation.inputs[1];
  if (!operation.wantsElements(axes, 1, "an axis")) return false;
  const axis = axisOf(operation, axes.integerAt(0), input.shape.length);
  if (axis < 0) return false;
  const extent = input.shape[axis];
  if (extent == 0) return operation.refuse("an axis that has elements", "none");
  return operation.wantsElements(
    operation.outputs[0],
    input.elements / (extent as u64),
    "an output",
  );
}
