import { Operation } from "../operation";
import { Option } from "../option";
import { Tensor } from "../tensor";
import { axisOf } from "./parts";

/** Constant begins and sizes of all dimensions; a size of -1 means the rest. */
export function isSlice(operation: Operation): bool {
  const input = operation.inputs[0];
  const begins = operation.inputs[1];
  const sizes = operation.inputs[2];
  const rank = input.shape.length;
  if (!operation.wantsElements(begins, rank, "begins")) return false;
  if (!operation.wantsElements(sizes, rank, "sizes")) return false;
  const shape: i32[] = [];
  for (let i = 0; i < rank; i++) {
    const begin = begins.integerAt(i);
    const extent = input.shape[i] as i64;
    const size = sizes.integerAt(i) < 0 ? extent - begin : sizes.integerAt(i);
    if (begin < 0 || size < 0 || begin > extent || size > extent - begin) {
      return operation.contradict(`a range of ${extent}`, `${size} from ${begin} on`);
    }
    shape.push(size as i32);
  }
  return operation.wantsShape(operation.outputs[0], shape, "an output");
}

/** How often the tensor is repeated along each dimension, constant. */
export function isTile(operation: Operation): bool {
  const input = operation.inputs[0];
  const multiples = operation.inputs[1];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  if (!operation.wantsElements(multiples, rank, "multiples")) return false;
  if (!operation.wantsRank(output, rank, "output")) return false;
  for (let i = 0; i < rank; i++) {
    const times = multiples.integerAt(i);
    if (times >= 0 && times <= i32.MAX_VALUE && times * input.shape[i] == output.shape[i]) continue;
    return operation.contradict(`an output of ${times} times its input`, output.describeShape());
  }
  return true;
}

/** Indices, known or computed, along an axis, which their dimensions replace. */
export function isGather(operation: Operation): bool {
  const input = operation.inputs[0];
  const indices = operation.inputs[1];
  const axis = axisOf(operation, operation.integer(Option.AXIS), input.shape.length);
  if (axis < 0) return false;
  if (operation.integer(Option.BATCH_DIMS) != 0) {
    return operation.refuse("no batch dimensions", `${operation.integer(Option.BATCH_DIMS)}`);
  }
  const shape = input.shape.slice(0, axis).concat(indices.shape);
  const output = operation.outputs[0];
  if (!operation.wantsShape(output, shape.concat(input.shape.slice(axis + 1)), "an output")) {
    return false;
  }
  const known = indices.isConstant ? (indices.elements as i32) : 0;
  for (let i = 0; i < known; i++) {
    const index = indices.integerAt(i);
    if (index >= 0 && index < input.shape[axis]) continue;
    return operation.contradict(`indices below ${input.shape[axis]}`, `${index}`);
  }
  return true;
}

export function isPack(operation: Operation): bool {
  return isStack(operation, operation.inputs, operation.outputs[0]);
}

export function isUnpack(operation: Operation): bool {
  return isStack(operation, operation.outputs, operation.inputs[0]);
}

/** The axis of a PACK or UNPACK, of the tensor that is the whole. */
export function stackedAxis(operation: Operation, whole: Tensor): i32 {
  return axisOf(operation, operation.integer(Option.AXIS), whole.shape.length);
}

/** Whether tensors are the elements of a whole along its axis. */
function isStack(operation: Operation, parts: Tensor[], whole: Tensor): bool {
  const axis = stackedAxis(operation, whole);
  if (axis < 0) return false;
  const shape = whole.shape.slice(0, axis).concat(whole.shape.slice(axis + 1));
  for (let i = 0; i < parts.length; i++) {
    if (!operation.wantsShape(parts[i], shape, "parts")) return false;
  }
  if (whole.shape[axis] == parts.length) return true;
  return operation.contradict(`parts: ${whole.shape[axis]}`, `${parts.length}`);
}

export function isSpaceToDepth(operation: Operation): bool {
  return isBlocks(operation, operation.inputs[0], operation.outputs[0]);
}

export function isDepthToSpace(operation: Operation): bool {
  return isBlocks(operation, operation.outputs[0], operation.inputs[0]);
}

/** Whether the pixels of a block of the wide image are the channels of a pixel of the deep one. */
function isBlocks(operation: Operation, wide: Tensor, deep: Tensor): bool {
  if (!operation.wantsRank(wide, 4, "image") || !operation.wantsRank(deep, 4, "image"))
    return false;
  const block = deep.shape[1] == 0 ? 1 : wide.shape[1] / deep.shape[1];
  const channels = (wide.shape[3] as i64) * block * block;
  const rows = (deep.shape[1] as i64) * block;
  const columns = (deep.shape[2] as i64) * block;
  const fits = rows == wide.shape[1] && columns == wide.shape[2] && channels == deep.shape[3];
  if (fits && block > 0 && wide.shape[0] == deep.shape[0]) return true;
  return operation.contradict(`blocks of ${wide.describeShape()}`, deep.describeShape());
}

export function isSpaceToBatch(operation: Operation): bool {
  return isDealt(operation, operation.inputs[0], operation.outputs[0]);
}

export function isBatchToSpace(operation: Operation): bool {
  return isDealt(operation, operation.outputs[0], operation.inputs[0]);
}

/** Whether every n-th pixel of a whole image, padded, makes an image of a batch of its own. */
function isDealt(operation: Operation, whole: Tensor, dealt: Tensor): bool {
  const rank = whole.shape.length;
  if (rank != 3 && rank != 4) return operation.refuse("3 or 4 dimensions", `${rank}`);
  if (!operation.wantsRank(dealt, rank, "image")) return false;
  const steps = operation.inputs[1];
  const edges = operation.inputs[2];
  if (!operation.wantsElements(steps, rank - 2, "steps")) return false;
  if (!operation.wantsElements(edges, 2 * (rank - 2), "edges")) return false;
  let batches = whole.shape[0] as i64;
  for (let i = 0; i < rank - 2; i++) {
    const step = steps.integerAt(i);
    const before = edges.integerAt(2 * i);
    const after = edges.integerAt(2 * i + 1);
    const least = min(before, after);
    const most = max(step, max(before, after));
    if (step < 1 || least < 0 || most > i32.MAX_VALUE) {
      return operation.contradict(
        "steps from 1 and edges from 0 on",
        `${step}, ${before}, ${after}`,
      );
    }
    batches *= step;
    if (before + whole.shape[i + 1] + after == step * dealt.shape[i + 1]) continue;
    const expected = `steps that divide ${whole.describeShape()}`;
    return operation.contradict(expected, dealt.describeShape());
  }
  const sameChannels = whole.fromLast(1) == dealt.fromLast(1);
  if (batches == dealt.shape[0] && sameChannels) return true;
  return operation.contradict(`${batches} batches`, dealt.describeShape());
}

/** A list of the extents of a tensor. */
export function isShape(operation: Operation): bool {
  const rank = operation.inputs[0].shape.length as u64;
  return operation.wantsElements(operation.outputs[0], rank, "an output");
}
