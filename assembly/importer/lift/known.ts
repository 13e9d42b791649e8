import { broadcastShape } from "../../tflite/broadcast-shape";
import { Dtype } from "../../tflite/schema";
import { Constant, elementsOf } from "../graph/constant";
import { OnnxNode } from "../onnx/model";
import { dtypeOf } from "../onnx/schema";
import { axisOf, fits, Lifting } from "./lifting";
import { bound } from "./movement";
import { Operand } from "./operand";

// Operators over known values are computed at once. Shapes are known, so whatever a model computes
// from them is, too.

/** The result of a node over known values; null where it has none, or is not computed here. */
export function evaluate(lifting: Lifting, node: OnnxNode): Constant | null {
  const operator = node.operator;
  if (operator == "Constant") return constantOf(lifting, node);
  const inputs: Constant[] = [];
  for (let i = 0; i < node.inputs.length; i++) {
    if (node.inputs[i] == "") return null;
    const operand = lifting.find(node.inputs[i]);
    if (operand == null) return null;
    if (operator == "Shape") return shapeOf(node, operand);
    if (operator == "Size") return Constant.integers([elementsOf(operand.shape) as i32], []);
    if (operand.constant == null || operand.quantization != null) return null;
    inputs.push(operand.constant as Constant);
  }
  if (inputs.length == 0) return null;
  if (operator == "ConstantOfShape") return filled(lifting, node, inputs[0]);
  if (operator == "Cast") return cast(node, inputs[0]);
  if (operator == "Concat") return concatenated(node, inputs);
  if (operator == "Gather") return gathered(node, inputs);
  if (operator == "Slice") return sliced(lifting, node, inputs);
  if (operator == "Range") return range(lifting, node, inputs);
  if (operator == "Expand") return expanded(lifting, node, inputs);
  if (isArithmetic(operator) && inputs.length == 2)
    return arithmetic(operator, inputs[0], inputs[1]);
  if (isFunction(operator) && inputs.length == 1) return mapped(operator, inputs[0]);
  return null;
}

/** Halves are computed with as numbers of 32 bits; other types than TFLite's have no constants. */
function cast(node: OnnxNode, constant: Constant): Constant | null {
  const dtype = dtypeOf(node.int("to", 1));
  if (dtype >= Dtype.STRING) return null;
  return constant.as(dtype == Dtype.FLOAT16 ? Dtype.FLOAT32 : dtype);
}

function constantOf(lifting: Lifting, node: OnnxNode): Constant | null {
  const value = node.attribute("value");
  if (value != null) return value.tensor;
  const float = node.attribute("value_float");
  if (float != null) return Constant.floats([float.float], []);
  const integer = node.attribute("value_int");
  if (integer != null) return Constant.integers([node.int("value_int", 0)], []);
  const floats = node.attribute("value_floats");
  if (floats != null) return Constant.floats(floats.floats, [floats.floats.length]);
  const integers = node.ints("value_ints");
  if (integers != null) return Constant.integers(integers);
  lifting.refuse(node, "numbers as its value", "another value");
  return null;
}

function shapeOf(node: OnnxNode, operand: Operand): Constant {
  const rank = operand.rank;
  const start = bound(node.int("start", 0), rank);
  const end = bound(node.int("end", rank), rank);
  return Constant.integers(operand.shape.slice(start, max(start, end)));
}

function filled(lifting: Lifting, node: OnnxNode, shape: Constant): Constant | null {
  const extents = shape.ints();
  if (!fits(extents)) {
    lifting.refuse(node, "a shape that fits into memory", extents.join(" × "));
    return null;
  }
  const value = node.attribute("value");
  let single: Constant | null = null;
  if (value != null) single = value.tensor;
  if (single == null || single.count < 1) single = Constant.floats([0], [1]);
  const result = Constant.make(single.dtype, extents);
  const number = single.get(0);
  // Memory is zero as it comes.
  if (number != 0) for (let i = 0; i < result.count; i++) result.set(i, number);
  return result;
}

function concatenated(node: OnnxNode, inputs: Constant[]): Constant | null {
  const rank = inputs[0].shape.length;
  if (axisOf(node.int("axis", 0), rank) != 0 || rank != 1) return null;
  let count = 0;
  for (let i = 0; i < inputs.length; i++) count += inputs[i].count;
  const result = Constant.make(inputs[0].dtype, [count]);
  let at = 0;
  for (let i = 0; i < inputs.length; i++) {
    for (let j = 0; j < inputs[i].count; j++) result.set(at++, inputs[i].get(j));
  }
  return result;
}

/** Along the first axis. */
function gathered(node: OnnxNode, inputs: Constant[]): Constant | null {
  const data = inputs[0];
  const rank = data.shape.length;
  if (inputs.length != 2 || rank < 1 || axisOf(node.int("axis", 0), rank) != 0) return null;
  const extent = data.shape[0];
  const inner = extent == 0 ? 0 : data.count / extent;
  const shape = inputs[1].shape.concat(data.shape.slice(1));
  const result = Constant.make(data.dtype, shape);
  for (let i = 0; i < inputs[1].count; i++) {
    const given = inputs[1].int(i);
    const row = given < 0 ? given + extent : given;
    if (row < 0 || row >= extent) return null;
    for (let j = 0; j < inner; j++) result.set(i * inner + j, data.get(row * inner + j));
  }
  return result;
}

/** Of a row of numbers, in steps of one. */
function sliced(lifting: Lifting, node: OnnxNode, inputs: Constant[]): Constant | null {
  const data = inputs[0];
  const starts = lifting.ints(node, "starts", 1);
  const ends = lifting.ints(node, "ends", 2);
  const isStepped = inputs.length > 4 && (inputs[4].count != 1 || inputs[4].int(0) != 1);
  if (data.shape.length != 1 || starts == null || ends == null || isStepped) return null;
  if (starts.length != 1 || ends.length != 1) return null;
  const from = bound(starts[0], data.count);
  const to = max(bound(ends[0], data.count), from);
  const result = Constant.make(data.dtype, [to - from]);
  for (let i = from; i < to; i++) result.set(i - from, data.get(i));
  return result;
}

function range(lifting: Lifting, node: OnnxNode, inputs: Constant[]): Constant | null {
  if (inputs.length != 3) return null;
  const step = inputs[2].get(0);
  const count = Math.max(Math.ceil((inputs[1].get(0) - inputs[0].get(0)) / step), 0);
  if (!(count <= 1e6)) {
    lifting.refuse(node, "a short range", `${count}`);
    return null;
  }
  const result = Constant.make(inputs[0].dtype, [count as i32]);
  for (let i = 0; i < result.count; i++) result.set(i, inputs[0].get(0) + (i as f64) * step);
  return result;
}

function expanded(lifting: Lifting, node: OnnxNode, inputs: Constant[]): Constant | null {
  if (inputs.length != 2 || inputs[0].count != 1) return null;
  const shape = inputs[1].ints();
  if (!fits(shape)) {
    lifting.refuse(node, "a shape that fits into memory", shape.join(" × "));
    return null;
  }
  const result = Constant.make(inputs[0].dtype, shape);
  for (let i = 0; i < result.count; i++) result.set(i, inputs[0].get(0));
  return result;
}

function isArithmetic(operator: string): bool {
  return (
    operator == "Add" ||
    operator == "Sub" ||
    operator == "Mul" ||
    operator == "Div" ||
    operator == "Min" ||
    operator == "Max" ||
    operator == "Pow" ||
    operator == "Equal"
  );
}

function arithmetic(operator: string, a: Constant, b: Constant): Constant | null {
  const shape = broadcastShape(a.shape, b.shape);
  if (shape == null || (a.count != 1 && b.count != 1 && a.count != b.count)) return null;
  const result = Constant.make(operator == "Equal" ? Dtype.BOOL : a.dtype, shape);
  if (a.count != result.count && a.count != 1) return null;
  if (b.count != result.count && b.count != 1) return null;
  for (let i = 0; i < result.count; i++) {
    const value = computed(operator, a.get(a.count == 1 ? 0 : i), b.get(b.count == 1 ? 0 : i));
    // Whole numbers are divided towards zero.
    result.set(i, result.isReal || Number.isFinite(value) ? value : 0);
  }
  return result;
}

function computed(operator: string, a: f64, b: f64): f64 {
  if (operator == "Add") return a + b;
  if (operator == "Sub") return a - b;
  if (operator == "Mul") return a * b;
  if (operator == "Div") return a / b;
  if (operator == "Min") return Math.min(a, b);
  if (operator == "Max") return Math.max(a, b);
  return operator == "Pow" ? a ** b : a == b ? 1 : 0;
}

function isFunction(operator: string): bool {
  return (
    operator == "Floor" ||
    operator == "Ceil" ||
    operator == "Sqrt" ||
    operator == "Exp" ||
    operator == "Neg" ||
    operator == "Abs"
  );
}

function mapped(operator: string, constant: Constant): Constant {
  const result = Constant.make(constant.dtype, constant.shape);
  for (let i = 0; i < result.count; i++) {
    const x = constant.get(i);
    if (operator == "Floor") result.set(i, Math.floor(x));
    else if (operator == "Ceil") result.set(i, Math.ceil(x));
    else if (operator == "Sqrt") result.set(i, Math.sqrt(x));
    else if (operator == "Exp") result.set(i, Math.exp(x));
    else result.set(i, operator == "Neg" ? -x : Math.abs(x));
  }
  return result;
}
