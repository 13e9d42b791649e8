import { Builtin, Dtype } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Quantization, Value } from "../graph/graph";
import { innerOf } from "../graph/reals";
import { OnnxNode } from "../onnx/model";
import { axisOf, Lifting } from "./lifting";
import { Operand, realConstant } from "./operand";

/** Scale and zero point at two inputs of a node; null after a fault. */
export function quantizationAt(
  lifting: Lifting,
  node: OnnxNode,
  scaleInput: i32,
  zeroPointInput: i32,
  otherwise: Dtype,
  axis: i32 = 0,
): Quantization | null {
  const scales = lifting.known(node, scaleInput);
  const zeroPoints = lifting.known(node, zeroPointInput);
  if (scales == null) {
    lifting.refuse(node, "a constant scale", "none");
    return null;
  }
  const dtype = zeroPoints == null ? otherwise : zeroPoints.dtype;
  const isKnown = dtype == Dtype.UINT8 || dtype == Dtype.INT8 || dtype == Dtype.INT32;
  if (!isKnown || (zeroPoints != null && zeroPoints.count != scales.count) || scales.count < 1) {
    lifting.refuse(node, "8 or 32 bits, and a zero point for each scale", "others");
    return null;
  }
  const steps: f32[] = [];
  const zeros: i32[] = [];
  for (let i = 0; i < scales.count; i++) {
    const scale = scales.get(i) as f32;
    if (!(scale > 0) || !Number.isFinite(scale)) {
      lifting.refuse(node, "scales above 0", `${scale}`);
      return null;
    }
    steps.push(scale);
    zeros.push(zeroPoints == null ? 0 : zeroPoints.int(i));
  }
  return new Quantization(dtype, steps, zeros, axis);
}

/** QuantizeLinear: says how a computed tensor is stored. */
export function liftQuantize(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const axis = axisOf(node.int("axis", 1), max(operand.rank, 1));
  const quantization = quantizationAt(lifting, node, 1, 2, Dtype.UINT8, max(axis, 0));
  if (quantization == null) return false;
  if (operand.constant != null) return quantizeConstant(lifting, node, operand, quantization);
  const result = quantized(lifting, node, operand, quantization);
  return result != null && lifting.define(node, 0, result);
}

/** A computed operand stored as `quantization` says. */
export function quantized(
  lifting: Lifting,
  node: OnnxNode,
  operand: Operand,
  quantization: Quantization,
): Operand | null {
  if (quantization.isPerChannel || quantization.dtype == Dtype.INT32) {
    lifting.refuse(node, "activations of 8 bits with one scale", "others");
    return null;
  }
  const value = operand.value as Value;
  if (value.quantization == null) value.quantization = quantization;
  if ((value.quantization as Quantization).equals(quantization)) return operand;
  const other = lifting.emit(Builtin.QUANTIZE, [value], value.shape);
  other.quantization = quantization;
  return Operand.of(other, operand.shape, operand.order);
}

function quantizeConstant(
  lifting: Lifting,
  node: OnnxNode,
  operand: Operand,
  quantization: Quantization,
): bool {
  const real = realConstant(operand);
  if (!fitsScales(real, quantization))
    return lifting.refuse(node, "a scale for each index", "others");
  const result = Constant.make(quantization.dtype, real.shape);
  const low: f64 = quantization.dtype == Dtype.UINT8 ? 0 : -128;
  const inner = innerOf(real, quantization.axis);
  const extent = quantization.scales.length;
  for (let i = 0; i < real.count; i++) {
    const channel = (i / inner) % extent;
    const steps = nearestEven(real.get(i) / (quantization.scaleAt(channel) as f64));
    const stored = steps + (quantization.zeroPointAt(channel) as f64);
    result.set(i, Math.min(Math.max(stored, low), low + 255));
  }
  return lifting.define(node, 0, Operand.known(result));
}

export function nearestEven(value: f64): f64 {
  const down = Math.floor(value);
  const part = value - down;
  if (part != 0.5) return part < 0.5 ? down : down + 1;
  return down % 2 == 0 ? down : down + 1;
}

function fitsScales(constant: Constant, quantization: Quantization): bool {
  if (!quantization.isPerChannel) return true;
  const axis = quantization.axis;
  return axis < constant.shape.length && constant.shape[axis] == quantization.scales.length;
}

/** DequantizeLinear: says what whole numbers stand for. */
export function liftDequantize(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const axis = axisOf(node.int("axis", 1), max(operand.rank, 1));
  const otherwise = operand.constant != null ? (operand.constant as Constant).dtype : Dtype.UINT8;
  const quantization = quantizationAt(lifting, node, 1, 2, otherwise, max(axis, 0));
  if (quantization == null) return false;
  const result = dequantized(lifting, node, operand, quantization);
  return result != null && lifting.define(node, 0, result);
}

/** The real numbers that an operand of whole numbers stands for. */
export function dequantized(
  lifting: Lifting,
  node: OnnxNode,
  operand: Operand,
  quantization: Quantization,
): Operand | null {
  const constant = operand.constant;
  if (constant != null) {
    if (constant.dtype != quantization.dtype || !fitsScales(constant, quantization)) {
      lifting.refuse(node, "a constant of the zero point's type", "another");
      return null;
    }
    const result = Operand.known(constant);
    result.quantization = quantization;
    return result;
  }
  const value = operand.value as Value;
  if (quantization.isPerChannel || quantization.dtype == Dtype.INT32) {
    lifting.refuse(node, "activations of 8 bits with one scale", "others");
    return null;
  }
  if (value.quantization == null) value.quantization = quantization;
  if ((value.quantization as Quantization).equals(quantization)) return operand;
  lifting.refuse(node, "the scale that the tensor was quantized with", "another");
  return null;
}

/** The names of operators that take whole numbers with their scales, and of those they stand for. */
class Whole {
  constructor(
    public name: string,
    /** The inputs that are real numbers, each followed by its scale and zero point. */
    public operands: i32[],
    /** The scale of the result; its zero point follows. */
    public result: i32,
  ) {}
}

/** QLinearConv, QLinearMatMul, and com.microsoft's; biases have no scale of their own. */
const WHOLE: Whole[] = [
  new Whole("QLinearConv", [0, 3], 6),
  new Whole("QLinearMatMul", [0, 3], 6),
  new Whole("QGemm", [0, 3], 7),
  new Whole("QLinearAdd", [0, 3], 6),
  new Whole("QLinearMul", [0, 3], 6),
  new Whole("QLinearSigmoid", [0], 3),
  new Whole("QLinearSoftmax", [0], 3),
  new Whole("QLinearLeakyRelu", [0], 3),
  new Whole("QLinearGlobalAveragePool", [0], 3),
  new Whole("QLinearAveragePool", [0], 3),
];

/** Where the bias of such an operator is; −1 where it has none. */
function biasInput(name: string): i32 {
  if (name == "QLinearConv") return 8;
  return name == "QGemm" ? 6 : -1;
}

/** The node over real numbers that such a node stands for, its operands defined under new names. */
export function realNode(lifting: Lifting, node: OnnxNode): OnnxNode | null {
  for (let i = 0; i < WHOLE.length; i++) {
    const whole = WHOLE[i];
    if (whole.name != node.operator) continue;
    const real = new OnnxNode();
    real.index = node.index;
    real.name = node.name;
    real.operator = node.operator;
    real.domain = node.domain;
    real.attributes = node.attributes;
    real.outputs = node.outputs;
    for (let j = 0; j < whole.operands.length; j++) {
      const at = whole.operands[j];
      const operand = lifting.operand(node, at);
      const quantization = quantizationAt(lifting, node, at + 1, at + 2, Dtype.UINT8, 0);
      if (operand == null || quantization == null) return null;
      const result = dequantized(lifting, node, operand, quantization);
      if (result == null) return null;
      const name = `${node.index} operand ${j}`;
      lifting.set(name, result);
      real.inputs.push(name);
    }
    const bias = biasInput(node.operator);
    if (bias >= 0 && lifting.has(node, bias)) real.inputs.push(node.inputs[bias]);
    return real;
  }
  return null;
}

/** Stores the result of such a node as it says. */
export function storeResult(lifting: Lifting, node: OnnxNode): bool {
  for (let i = 0; i < WHOLE.length; i++) {
    if (WHOLE[i].name != node.operator) continue;
    return storeAs(lifting, node, WHOLE[i].result);
  }
  return false;
}

function storeAs(lifting: Lifting, node: OnnxNode, scaleInput: i32): bool {
  const quantization = quantizationAt(lifting, node, scaleInput, scaleInput + 1, Dtype.UINT8);
  const operand = lifting.find(node.outputs[0]);
  if (quantization == null || operand == null) return false;
  if (operand.value == null) return lifting.refuse(node, "a computed operand", "a constant");
  const result = quantized(lifting, node, operand, quantization);
  return result != null && lifting.define(node, 0, result);
}

/** QLinearConcat: scale and zero point of the result, then each operand with its own. */
export function concatOperands(lifting: Lifting, node: OnnxNode): bool {
  for (let i = 2; i + 2 < node.inputs.length + 1; i += 3) {
    const operand = lifting.operand(node, i);
    const quantization = quantizationAt(lifting, node, i + 1, i + 2, Dtype.UINT8, 0);
    if (operand == null || quantization == null) return false;
    if (dequantized(lifting, node, operand, quantization) == null) return false;
  }
  return true;
}

export function storeConcat(lifting: Lifting, node: OnnxNode): bool {
  return storeAs(lifting, node, 0);
}
