import { Builtin } from "../../tflite/schema";
import { Value } from "../graph/graph";
import { OnnxNode } from "../onnx/model";
import { Lifting, scalar } from "./lifting";

/** An operator of one operand that TFLite has as well. */
class Unary {
  constructor(
    public onnx: string,
    public code: i32,
  ) {}
}

const UNARY: Unary[] = [
  new Unary("Relu", Builtin.RELU),
  new Unary("Sigmoid", Builtin.LOGISTIC),
  new Unary("QLinearSigmoid", Builtin.LOGISTIC),
  new Unary("Tanh", Builtin.TANH),
  new Unary("HardSwish", Builtin.HARD_SWISH),
  new Unary("Exp", Builtin.EXP),
  new Unary("Sqrt", Builtin.SQRT),
  new Unary("Neg", Builtin.NEG),
  new Unary("Abs", Builtin.ABS),
];

export function liftUnary(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  for (let i = 0; i < UNARY.length; i++) {
    if (UNARY[i].onnx != node.operator) continue;
    const source = lifting.stored(operand, operand.order);
    return lifting.result(node, lifting.emit(UNARY[i].code, [source], source.shape), operand.order);
  }
  return lifting.refuse(node, "a known function", node.operator);
}

/** The activation that FusedConv and FusedGemm name. */
export function activate(lifting: Lifting, node: OnnxNode, value: Value): Value {
  const name = node.text("activation", "");
  if (name == "") return value;
  const shape = value.shape;
  const parameters = node.attribute("activation_params");
  if (name == "Clip" && parameters != null && parameters.floats.length == 2) {
    return clipped(lifting, value, parameters.floats[0], parameters.floats[1]);
  }
  if (name == "LeakyRelu" && parameters != null && parameters.floats.length == 1) {
    const alpha = reinterpret<i32>(parameters.floats[0]);
    return lifting.emit(Builtin.LEAKY_RELU, [value], shape, [alpha]);
  }
  for (let i = 0; i < UNARY.length; i++) {
    if (UNARY[i].onnx == name) return lifting.emit(UNARY[i].code, [value], shape);
  }
  lifting.refuse(node, "a known activation", name);
  return value;
}

/** Clip, whose bounds are attributes until opset 10 and inputs from 11 on. */
export function liftClip(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  let low = node.float("min", -Infinity as f32);
  let high = node.float("max", Infinity as f32);
  const first = lifting.known(node, 1);
  const second = lifting.known(node, 2);
  if (first != null && first.count == 1) low = first.get(0) as f32;
  if (second != null && second.count == 1) high = second.get(0) as f32;
  const source = lifting.stored(operand, operand.order);
  return lifting.result(node, clipped(lifting, source, low, high), operand.order);
}

export function clipped(lifting: Lifting, value: Value, low: f32, high: f32): Value {
  const shape = value.shape;
  if (low == 0 && high == 6) return lifting.emit(Builtin.RELU6, [value], shape);
  if (low == 0 && high == Infinity) return lifting.emit(Builtin.RELU, [value], shape);
  if (low > -Infinity) value = lifting.emit(Builtin.MAXIMUM, [value, scalar(low)], shape);
  if (high < Infinity) value = lifting.emit(Builtin.MINIMUM, [value, scalar(high)], shape);
  return value;
}

/** max(0, min(1, αx + β)). */
export function liftHardSigmoid(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const alpha = node.float("alpha", 0.2);
  const beta = node.float("beta", 0.5);
  const source = lifting.stored(operand, operand.order);
  const shape = source.shape;
  const scaled = lifting.emit(Builtin.MUL, [source, scalar(alpha)], shape, [0]);
  const moved = lifting.emit(Builtin.ADD, [scaled, scalar(beta)], shape, [0]);
  return lifting.result(node, clipped(lifting, moved, 0, 1), operand.order);
}

export function liftLeakyRelu(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const alpha = reinterpret<i32>(node.float("alpha", 0.01));
  const source = lifting.stored(operand, operand.order);
  const result = lifting.emit(Builtin.LEAKY_RELU, [source], source.shape, [alpha]);
  return lifting.result(node, result, operand.order);
}

export function liftElu(lifting: Lifting, node: OnnxNode): bool {
  if (node.float("alpha", 1) != 1) return lifting.refuse(node, "an alpha of 1", "another");
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const source = lifting.stored(operand, operand.order);
  return lifting.result(node, lifting.emit(Builtin.ELU, [source], source.shape), operand.order);
}

export function liftGelu(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const approximate = node.text("approximate", "none") == "tanh" ? 1 : 0;
  const source = lifting.stored(operand, operand.order);
  const result = lifting.emit(Builtin.GELU, [source], source.shape, [approximate]);
  return lifting.result(node, result, operand.order);
}
