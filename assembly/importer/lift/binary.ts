import { broadcastShape } from "../../tflite/broadcast-shape";
import { Builtin } from "../../tflite/schema";
import { Constant, identity } from "../graph/constant";
import { Value } from "../graph/graph";
import { OnnxNode } from "../onnx/model";
import { constantValue, Lifting } from "./lifting";
import { Operand, realConstant } from "./operand";

class Binary {
  constructor(
    public onnx: string,
    public code: i32,
  ) {}
}

const BINARY: Binary[] = [
  new Binary("Add", Builtin.ADD),
  new Binary("Sum", Builtin.ADD),
  new Binary("QLinearAdd", Builtin.ADD),
  new Binary("Sub", Builtin.SUB),
  new Binary("Mul", Builtin.MUL),
  new Binary("QLinearMul", Builtin.MUL),
  new Binary("Div", Builtin.DIV),
  new Binary("Max", Builtin.MAXIMUM),
  new Binary("Min", Builtin.MINIMUM),
];

/** Operators of two operands, or a row of them, that are broadcast as in NumPy. */
export function liftBinary(lifting: Lifting, node: OnnxNode): bool {
  let code = -1;
  for (let i = 0; i < BINARY.length; i++)
    if (BINARY[i].onnx == node.operator) code = BINARY[i].code;
  let result = lifting.operand(node, 0);
  if (code < 0 || result == null) return false;
  for (let i = 1; i < node.inputs.length; i++) {
    const other = lifting.operand(node, i);
    if (other == null) return false;
    // A product is the same, and no constant of 8 bits is ever 0 in it.
    const isQuotient = code == Builtin.DIV && other.constant != null && result.constant == null;
    if (isQuotient) result = combined(lifting, node, Builtin.MUL, result, reciprocal(other));
    else result = combined(lifting, node, code, result, other);
    if (result == null) return false;
  }
  return publish(lifting, node, result);
}

function reciprocal(operand: Operand): Operand {
  const real = realConstant(operand);
  const result = Constant.make(real.dtype, real.shape);
  for (let i = 0; i < real.count; i++) result.set(i, 1 / real.get(i));
  return Operand.known(result);
}

/** Mean of a row of operands. */
export function liftMean(lifting: Lifting, node: OnnxNode): bool {
  let sum = lifting.operand(node, 0);
  for (let i = 1; i < node.inputs.length && sum != null; i++) {
    const other = lifting.operand(node, i);
    if (other == null) return false;
    sum = combined(lifting, node, Builtin.ADD, sum, other);
  }
  if (sum == null) return false;
  const share = Constant.floats([(1.0 / (node.inputs.length as f64)) as f32], []);
  const mean = combined(lifting, node, Builtin.MUL, sum, Operand.known(share));
  return mean != null && publish(lifting, node, mean);
}

/** Defines the node's output, which takes the node's name for it. */
export function publish(lifting: Lifting, node: OnnxNode, operand: Operand): bool {
  const value = operand.value;
  if (value != null && value.producer != null && node.outputs.length > 0)
    value.name = node.outputs[0];
  return lifting.define(node, 0, operand);
}

/** Of two operands, in the order of axes in which the larger one is stored. */
export function combined(
  lifting: Lifting,
  node: OnnxNode,
  code: i32,
  a: Operand,
  b: Operand,
): Operand | null {
  const shape = broadcastShape(a.shape, b.shape);
  if (shape == null) {
    const found = `${a.shape.join(" × ")} and ${b.shape.join(" × ")}`;
    lifting.refuse(node, "operands that can be broadcast", found);
    return null;
  }
  const order = orderOf(a, b, shape.length);
  const inputs: (Value | null)[] = [reordered(lifting, a, order), reordered(lifting, b, order)];
  const stored: i32[] = [];
  for (let i = 0; i < order.length; i++) stored.push(shape[order[i]]);
  const result = lifting.emit(code, inputs, stored, isFused(code) ? [0] : []);
  return Operand.of(result, shape, order);
}

/** MAXIMUM and MINIMUM have no fused activation. */
function isFused(code: i32): bool {
  return code != Builtin.MAXIMUM && code != Builtin.MINIMUM;
}

function orderOf(a: Operand, b: Operand, rank: i32): i32[] {
  if (a.constant == null && a.rank == rank) return a.order;
  if (b.constant == null && b.rank == rank) return b.order;
  return identity(rank);
}

/** An operand with axes of one element in front, stored in `order`. A single number stays one. */
function reordered(lifting: Lifting, operand: Operand, order: i32[]): Value {
  const missing = order.length - operand.rank;
  if (missing == 0) return lifting.stored(operand, order);
  const shape: i32[] = [];
  for (let i = 0; i < missing; i++) shape.push(1);
  for (let i = 0; i < operand.rank; i++) shape.push(operand.shape[i]);
  if (operand.constant != null) {
    const isOne = (operand.constant as Constant).count == 1;
    return isOne ? constantValue(operand, [], []) : constantValue(operand, shape, order);
  }
  const value = lifting.reshaped(lifting.plain(operand), shape);
  return lifting.stored(Operand.of(value, shape, identity(shape.length)), order);
}

/** x^2 and x^0.5; other powers have no operator that nolfet runs. */
export function liftPow(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  const exponent = lifting.known(node, 1);
  if (operand == null || exponent == null || exponent.count != 1) {
    return lifting.refuse(node, "one constant exponent", "another");
  }
  const power = exponent.get(0);
  const source = lifting.stored(operand, operand.order);
  if (power == 1) return lifting.define(node, 0, operand);
  if (power != 2 && power != 0.5)
    return lifting.refuse(node, "an exponent of 2 or 0.5", `${power}`);
  const result = lifting.emit(power == 2 ? Builtin.SQUARE : Builtin.SQRT, [source], source.shape);
  return lifting.result(node, result, operand.order);
}

/** PRelu: a slope for each channel, or one. */
export function liftPRelu(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  const slope = lifting.operand(node, 1);
  if (operand == null || slope == null) return false;
  if (slope.constant == null) return lifting.refuse(node, "constant slopes", "computed ones");
  const rank = operand.rank;
  const slopes = realConstant(slope);
  if (slopes.count == 1) {
    const source = lifting.stored(operand, operand.order);
    const alpha = reinterpret<i32>(slopes.get(0) as f32);
    const result = lifting.emit(Builtin.LEAKY_RELU, [source], source.shape, [alpha]);
    return lifting.result(node, result, operand.order);
  }
  // Slopes belong to the channels; TFLite's have the input's axes but the first.
  const shape: i32[] = [];
  for (let i = 0; i < rank; i++) shape.push(i == 1 ? slopes.count : 1);
  if (rank < 2 || operand.shape[1] != slopes.count) {
    return lifting.refuse(node, "a slope for each channel", `${slopes.count}`);
  }
  const source = rank == 4 ? lifting.image(operand) : lifting.plain(operand);
  const order = rank == 4 ? [0, 2, 3, 1] : identity(rank);
  const stored = slopes.reshaped(shape).permuted(order);
  const alpha = Value.known("slopes", stored.reshaped(stored.shape.slice(1)));
  return lifting.result(node, lifting.emit(Builtin.PRELU, [source, alpha], source.shape), order);
}
