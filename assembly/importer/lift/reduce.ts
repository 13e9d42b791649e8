import { Builtin, Dtype } from "../../tflite/schema";
import { Constant, identity } from "../graph/constant";
import { Value } from "../graph/graph";
import { OnnxNode } from "../onnx/model";
import { axisOf, indices, Lifting } from "./lifting";
import { Operand } from "./operand";

/** ReduceMean, ReduceSum, ReduceMax and ReduceMin: the axes are an attribute, later an input. */
export function liftReduce(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  let axes = lifting.ints(node, "axes", 1);
  if (axes == null && node.int("noop_with_empty_axes", 0) != 0) {
    return lifting.define(node, 0, operand);
  }
  if (axes == null) axes = identity(operand.rank);
  const isReduced = new StaticArray<bool>(operand.rank);
  const storageAxes: i32[] = [];
  for (let i = 0; i < axes.length; i++) {
    const axis = axisOf(axes[i], operand.rank);
    if (axis < 0) return lifting.refuse(node, "axes of the operand", `${axes[i]}`);
    isReduced[axis] = true;
    storageAxes.push(operand.storageAxis(axis));
  }
  const keeps = node.int("keepdims", 1) != 0;
  const source = lifting.stored(operand, operand.order);
  const shape: i32[] = [];
  const order: i32[] = [];
  for (let i = 0; i < operand.rank; i++) {
    const axis = operand.order[i];
    if (isReduced[axis] && !keeps) continue;
    shape.push(isReduced[axis] ? 1 : source.shape[i]);
    let position = axis;
    for (let j = 0; j < axis; j++) if (isReduced[j] && !keeps) position--;
    order.push(position);
  }
  const inputs: (Value | null)[] = [source, indices("axes", storageAxes.sort())];
  const result = lifting.emit(codeOf(node.operator), inputs, shape, [keeps ? 1 : 0]);
  return lifting.result(node, result, order);
}

function codeOf(operator: string): i32 {
  if (operator == "ReduceMean") return Builtin.MEAN;
  if (operator == "ReduceSum") return Builtin.SUM;
  return operator == "ReduceMax" ? Builtin.REDUCE_MAX : Builtin.REDUCE_MIN;
}

/** Softmax: until opset 12 over all axes from `axis` on, from 13 on over one. */
export function liftSoftmax(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const isOld = node.int("opset", lifting.model.opset) < 13;
  const axis = axisOf(node.int("axis", isOld ? 1 : -1), operand.rank);
  if (axis < 0) return lifting.refuse(node, "an axis of the operand", `${node.int("axis", -1)}`);
  const beta = reinterpret<i32>(1.0 as f32);
  if (isOld && restOf(operand, axis) != operand.shape[axis]) {
    // Over several axes at once: they are joined first.
    const flat: i32[] = [headOf(operand, axis), restOf(operand, axis)];
    const joined = lifting.reshaped(lifting.plain(operand), flat);
    const result = lifting.emit(Builtin.SOFTMAX, [joined], flat, [beta]);
    return lifting.result(node, lifting.reshaped(result, operand.shape), identity(operand.rank));
  }
  const order = lastIs(operand, axis);
  const source = lifting.stored(operand, order);
  return lifting.result(node, lifting.emit(Builtin.SOFTMAX, [source], source.shape, [beta]), order);
}

function restOf(operand: Operand, axis: i32): i32 {
  let count = 1;
  for (let i = axis; i < operand.rank; i++) count *= operand.shape[i];
  return count;
}

function headOf(operand: Operand, axis: i32): i32 {
  let count = 1;
  for (let i = 0; i < axis; i++) count *= operand.shape[i];
  return count;
}

/** The operand's order with `axis` last. */
export function lastIs(operand: Operand, axis: i32): i32[] {
  const order: i32[] = [];
  for (let i = 0; i < operand.rank; i++) if (operand.order[i] != axis) order.push(operand.order[i]);
  order.push(axis);
  return order;
}

/** ArgMax over one axis, of whole numbers of 32 bits. */
export function liftArgMax(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const axis = axisOf(node.int("axis", 0), operand.rank);
  if (axis < 0 || node.int("select_last_index", 0) != 0) {
    return lifting.refuse(node, "the first index along an axis", "another");
  }
  const source = lifting.plain(operand);
  const shape: i32[] = [];
  const kept = operand.shape.slice(0);
  kept[axis] = 1;
  for (let i = 0; i < operand.rank; i++) if (i != axis) shape.push(operand.shape[i]);
  const axisValue = Value.known(
    "axis",
    (indices("axis", [axis]).constant as Constant).reshaped([]),
  );
  const result = lifting.emit(Builtin.ARG_MAX, [source, axisValue], shape, [2]);
  result.dtype = Dtype.INT32;
  if (node.int("keepdims", 1) == 0) return lifting.result(node, result, identity(shape.length));
  const whole = lifting.reshaped(result, kept);
  whole.dtype = Dtype.INT32;
  return lifting.result(node, whole, identity(kept.length));
}
