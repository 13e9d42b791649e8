import { elementsOf, identity } from "../graph/constant";
import { Lifting } from "./lifting";
import { Operand } from "./operand";

/** Axes of an operand, and those that a reshape makes of them, as many elements. */
class Group {
  axes: i32[] = [];
  result: i32[] = [];
}

/**
 * A reshape. Axes are matched in groups of equal size (2 × 3 × 4 to 6 × 4: the first two, then the
 * last). Storage keeps the order of the groups, and has the axes of each in their own order: N × C ×
 * H × W, stored as N × H × W × C, can have its channels split, or its pixels joined, without moving
 * anything, and a shuffle of channels moves channels only.
 */
export function regroup(lifting: Lifting, operand: Operand, shape: i32[]): Operand {
  const groups = match(operand.shape, shape);
  if (groups == null) {
    const plain = lifting.reshaped(lifting.plain(operand), shape);
    return Operand.of(plain, shape, identity(shape.length));
  }
  const before: i32[] = [];
  const after: i32[] = [];
  const order = inStorage(operand, groups);
  for (let i = 0; i < order.length; i++) {
    pushAll(before, order[i].axes);
    pushAll(after, order[i].result);
  }
  const stored: i32[] = [];
  for (let i = 0; i < after.length; i++) stored.push(shape[after[i]]);
  const source = lifting.stored(operand, before);
  return Operand.of(lifting.reshaped(source, stored), shape, after);
}

/** The smallest groups; null where the shapes have no common ones. */
function match(from: i32[], to: i32[]): Group[] | null {
  if (elementsOf(to) == 0) return null;
  const groups: Group[] = [];
  let left = 0;
  let right = 0;
  while (left < from.length || right < to.length) {
    const group = new Group();
    let wanted: i64 = 1;
    let given: i64 = 1;
    if (left < from.length) {
      wanted = from[left];
      group.axes.push(left++);
    } else {
      given = to[right];
      group.result.push(right++);
    }
    while (wanted != given) {
      if (wanted < given && left < from.length) {
        wanted *= from[left];
        group.axes.push(left++);
      } else if (wanted > given && right < to.length) {
        given *= to[right];
        group.result.push(right++);
      } else return null;
    }
    // Axes of one element join the group before them.
    while (left < from.length && from[left] == 1) group.axes.push(left++);
    while (right < to.length && to[right] == 1) group.result.push(right++);
    groups.push(group);
  }
  return groups;
}

/** Groups in the order in which storage begins them; those of one element, which lie anywhere, first. */
function inStorage(operand: Operand, groups: Group[]): Group[] {
  const order: Group[] = [];
  for (let i = 0; i < groups.length; i++) {
    if (sizeOf(operand, groups[i]) == 1) order.push(groups[i]);
  }
  for (let i = 0; i < operand.rank; i++) {
    const axis = operand.order[i];
    if (operand.shape[axis] == 1) continue;
    for (let j = 0; j < groups.length; j++) {
      const isNext = groups[j].axes.indexOf(axis) >= 0 && order.indexOf(groups[j]) < 0;
      if (isNext) order.push(groups[j]);
    }
  }
  return order;
}

function sizeOf(operand: Operand, group: Group): i64 {
  let size: i64 = 1;
  for (let i = 0; i < group.axes.length; i++) size *= operand.shape[group.axes[i]];
  return size;
}

function pushAll(to: i32[], from: i32[]): void {
  for (let i = 0; i < from.length; i++) to.push(from[i]);
}
