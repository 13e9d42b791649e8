import { Activation, Builtin, Dtype } from "../../tflite/schema";
import { Constant, identity } from "../graph/constant";
import { Quantization, Value } from "../graph/graph";
import { OnnxNode } from "../onnx/model";
import { activate } from "./activation";
import { biasOf, zeros } from "./convolution";
import { Lifting } from "./lifting";
import { NHWC, Operand, realConstant } from "./operand";

/** Gemm and FusedGemm: α·A·B + β·C over matrices. */
export function liftGemm(lifting: Lifting, node: OnnxNode): bool {
  const rows = lifting.operand(node, 0);
  let weights = lifting.operand(node, 1);
  if (rows == null || weights == null) return false;
  if (weights.constant == null || rows.rank != 2 || weights.rank != 2) {
    return lifting.refuse(node, "a matrix times constant weights", "another product");
  }
  if (node.int("transA", 0) != 0) return lifting.refuse(node, "A as it is", "A transposed");
  const alpha = node.float("alpha", 1);
  if (alpha != 1) weights = scaled(weights, alpha);
  const filter = denseWeights(weights, node.int("transB", 0) != 0);
  const kernels = filter.shape[0];
  if (filter.shape[1] != rows.shape[1]) {
    return lifting.refuse(node, `${rows.shape[1]} weights for each output`, `${filter.shape[1]}`);
  }
  const bias = biasOrSum(lifting, node, kernels);
  if (bias == null) return false;
  const result = connected(lifting, lifting.plain(rows), filter, bias);
  return lifting.result(node, activate(lifting, node, result), identity(2));
}

/** Real weights, times a factor. */
function scaled(weights: Operand, factor: f32): Operand {
  const real = realConstant(weights);
  const result = Constant.make(Dtype.FLOAT32, real.shape);
  for (let i = 0; i < real.count; i++) result.set(i, real.get(i) * (factor as f64));
  return Operand.known(result);
}

/** β·C where that is a row, or one number, for all rows. */
function biasOrSum(lifting: Lifting, node: OnnxNode, kernels: i32): Value | null {
  const beta = node.float("beta", 1);
  const isRow = lifting.has(node, 2) ? isVector(lifting, node, kernels) : true;
  if (isRow && beta == 1) return biasOf(lifting, node, 2, kernels);
  const operand = lifting.operand(node, 2);
  if (operand == null) return null;
  if (operand.constant == null || (!isRow && realConstant(operand).count != 1)) {
    lifting.refuse(node, `${kernels} biases, or one`, operand.shape.join(" × "));
    return null;
  }
  const real = realConstant(operand);
  const result = Constant.make(Dtype.FLOAT32, [kernels]);
  for (let i = 0; i < kernels; i++) result.set(i, real.get(isRow ? i : 0) * (beta as f64));
  return Value.known("bias", result);
}

function isVector(lifting: Lifting, node: OnnxNode, kernels: i32): bool {
  const known = lifting.known(node, 2);
  return known != null && known.count == kernels;
}

/** Rows of TFLite's weights are kernels. */
function denseWeights(weights: Operand, hasKernelsFirst: bool): Value {
  const known = weights.constant as Constant;
  const order: i32[] = hasKernelsFirst ? [0, 1] : [1, 0];
  const quantization = weights.quantization;
  if (quantization == null) return Value.known("weights", realConstant(weights).permuted(order));
  const value = Value.known("weights", known.permuted(order));
  value.quantization = new Quantization(
    quantization.dtype,
    quantization.scales,
    quantization.zeroPoints,
    0,
  );
  return value;
}

function connected(lifting: Lifting, rows: Value, filter: Value, bias: Value | null): Value {
  const shape = rows.shape.slice(0, rows.rank - 1);
  shape.push(filter.shape[0]);
  const keepsAxes = rows.rank > 2 ? 1 : 0;
  const options: i32[] = [Activation.NONE, 0, keepsAxes];
  return lifting.emit(Builtin.FULLY_CONNECTED, [rows, filter, bias], shape, options);
}

/** MatMul: by a constant matrix as a fully connected layer, of two computed tensors as a product. */
export function liftMatMul(lifting: Lifting, node: OnnxNode): bool {
  const left = lifting.operand(node, 0);
  const right = lifting.operand(node, 1);
  if (left == null || right == null) return false;
  if (left.rank < 2 || right.rank < 2 || left.shape[left.rank - 1] != right.shape[right.rank - 2]) {
    const found = `${left.shape.join(" × ")} and ${right.shape.join(" × ")}`;
    return lifting.refuse(node, "matrices that can be multiplied", found);
  }
  const rows = lifting.plain(left);
  if (right.constant != null && right.rank == 2 && left.constant == null) {
    const filter = denseWeights(right, false);
    const bias = Value.known("bias", zeros(filter.shape[0]));
    const result = connected(lifting, rows, filter, bias);
    return lifting.result(node, result, identity(left.rank));
  }
  if (left.rank != right.rank) return lifting.refuse(node, "matrices of one rank", "others");
  const shape = left.shape.slice(0);
  for (let i = 0; i < left.rank - 2; i++) {
    if (left.shape[i] != right.shape[i]) return lifting.refuse(node, "as many matrices", "others");
  }
  shape[left.rank - 1] = right.shape[right.rank - 1];
  const inputs: (Value | null)[] = [rows, lifting.plain(right)];
  const result = lifting.emit(Builtin.BATCH_MATMUL, inputs, shape, [0, 0, 0]);
  return lifting.result(node, result, identity(left.rank));
}

/** Normalization by known statistics is a factor and an offset for each channel. */
export function liftBatchNormalization(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const parts: Operand[] = [];
  for (let i = 1; i < 5; i++) {
    const part = lifting.operand(node, i);
    if (part == null) return false;
    if (
      part.constant == null ||
      operand.rank < 2 ||
      (part.constant as Constant).count != operand.shape[1]
    ) {
      return lifting.refuse(node, "constant statistics for each channel", "others");
    }
    parts.push(part);
  }
  if (node.int("training_mode", 0) != 0)
    return lifting.refuse(node, "known statistics", "training");
  const scale = realConstant(parts[0]);
  const offset = realConstant(parts[1]);
  const mean = realConstant(parts[2]);
  const variance = realConstant(parts[3]);
  const epsilon = node.float("epsilon", 1e-5) as f64;
  const factors = Constant.make(Dtype.FLOAT32, scale.shape);
  const offsets = Constant.make(Dtype.FLOAT32, scale.shape);
  for (let i = 0; i < factors.count; i++) {
    const factor = scale.get(i) / Math.sqrt(variance.get(i) + epsilon);
    factors.set(i, factor);
    offsets.set(i, offset.get(i) - mean.get(i) * factor);
  }
  const order = operand.rank == 4 ? NHWC : operand.order;
  const source = lifting.stored(operand, order);
  const channelsLast = order[order.length - 1] == 1;
  if (!channelsLast) return lifting.refuse(node, "channels that can be last", "others");
  const shape = source.shape;
  const scaled = lifting.emit(Builtin.MUL, [source, Value.known("factors", factors)], shape, [0]);
  const moved = lifting.emit(Builtin.ADD, [scaled, Value.known("offsets", offsets)], shape, [0]);
  return lifting.result(node, moved, order);
}
