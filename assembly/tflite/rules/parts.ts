import { Operation } from "../operation";
import { Tensor } from "../tensor";

/** The axis counted from 0, or -1 with a refusal recorded where the tensor has no such. */
export function axisOf(operation: Operation, given: i64, rank: i32): i32 {
  const axis = given < 0 ? given + rank : given;
  if (axis >= 0 && axis < rank) return axis as i32;
  operation.contradict(`an axis below ${rank}`, `${given}`);
  return -1;
}

/** Whether tensors are parts of a whole along an axis: alike but there, and filling it up. */
export function areParts(operation: Operation, parts: Tensor[], whole: Tensor, axis: i32): bool {
  let sum: i64 = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (!operation.wantsDtype(part, whole.dtype, "inputs and outputs")) return false;
    if (!operation.wantsRank(part, whole.shape.length, "inputs and outputs")) return false;
    for (let j = 0; j < part.shape.length; j++) {
      if (j == axis || part.shape[j] == whole.shape[j]) continue;
      const expected = `parts of ${whole.describeShape()} along axis ${axis}`;
      return operation.contradict(expected, part.describeShape());
    }
    sum += part.shape[axis];
  }
  if (sum == whole.shape[axis]) return true;
  return operation.contradict(`parts of ${whole.shape[axis]} along axis ${axis}`, `${sum} in all`);
}
