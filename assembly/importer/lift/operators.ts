import { OnnxNode } from "../onnx/model";
import {
  liftClip,
  liftElu,
  liftGelu,
  liftHardSigmoid,
  liftLeakyRelu,
  liftUnary,
} from "./activation";
import { liftBinary, liftMean, liftPow, liftPRelu } from "./binary";
import { liftConv, liftConvTranspose } from "./convolution";
import { Lifting } from "./lifting";
import { liftBatchNormalization, liftGemm, liftMatMul } from "./matrix";
import {
  liftBlocks,
  liftCast,
  liftConcat,
  liftExpand,
  liftGather,
  liftIdentity,
  liftPad,
  liftReshape,
  liftSlice,
  liftSplit,
  liftTile,
  liftTranspose,
} from "./movement";
import { liftAveragePool, liftGlobalPool, liftMaxPool } from "./pooling";
import { concatOperands, liftDequantize, liftQuantize, storeConcat } from "./quantized";
import { liftArgMax, liftReduce, liftSoftmax } from "./reduce";
import { liftResize } from "./resize";

/** An operator of ONNX, and what makes TFLite's of it. */
export class OnnxOperator {
  constructor(
    public operator: string,
    public lift: (lifting: Lifting, node: OnnxNode) => bool,
  ) {}
}

/** Names of com.microsoft's operators stand beside those of ONNX: they never mean two things. */
const RULES: OnnxOperator[] = [
  new OnnxOperator("Abs", liftUnary),
  new OnnxOperator("Add", liftBinary),
  new OnnxOperator("ArgMax", liftArgMax),
  new OnnxOperator("AveragePool", liftAveragePool),
  new OnnxOperator("BatchNormalization", liftBatchNormalization),
  new OnnxOperator("Cast", liftCast),
  new OnnxOperator("Clip", liftClip),
  new OnnxOperator("Concat", (lifting, node) => liftConcat(lifting, node, 0, 1)),
  new OnnxOperator("Conv", liftConv),
  new OnnxOperator("ConvTranspose", liftConvTranspose),
  new OnnxOperator("DepthToSpace", liftBlocks),
  new OnnxOperator("DequantizeLinear", liftDequantize),
  new OnnxOperator("Div", liftBinary),
  new OnnxOperator("Dropout", liftIdentity),
  new OnnxOperator("Elu", liftElu),
  new OnnxOperator("Exp", liftUnary),
  new OnnxOperator("Expand", liftExpand),
  new OnnxOperator("Flatten", liftReshape),
  new OnnxOperator("FusedConv", liftConv),
  new OnnxOperator("FusedGemm", liftGemm),
  new OnnxOperator("Gather", liftGather),
  new OnnxOperator("Gelu", liftGelu),
  new OnnxOperator("Gemm", liftGemm),
  new OnnxOperator("GlobalAveragePool", liftGlobalPool),
  new OnnxOperator("GlobalMaxPool", liftGlobalPool),
  new OnnxOperator("HardSigmoid", liftHardSigmoid),
  new OnnxOperator("HardSwish", liftUnary),
  new OnnxOperator("Identity", liftIdentity),
  new OnnxOperator("LeakyRelu", liftLeakyRelu),
  new OnnxOperator("MatMul", liftMatMul),
  new OnnxOperator("Max", liftBinary),
  new OnnxOperator("MaxPool", liftMaxPool),
  new OnnxOperator("Mean", liftMean),
  new OnnxOperator("Min", liftBinary),
  new OnnxOperator("Mul", liftBinary),
  new OnnxOperator("Neg", liftUnary),
  new OnnxOperator("PRelu", liftPRelu),
  new OnnxOperator("Pad", liftPad),
  new OnnxOperator("Pow", liftPow),
  new OnnxOperator("QGemm", liftGemm),
  new OnnxOperator("QLinearAdd", liftBinary),
  new OnnxOperator("QLinearAveragePool", liftAveragePool),
  new OnnxOperator("QLinearConcat", liftWholeConcat),
  new OnnxOperator("QLinearConv", liftConv),
  new OnnxOperator("QLinearGlobalAveragePool", liftGlobalPool),
  new OnnxOperator("QLinearLeakyRelu", liftLeakyRelu),
  new OnnxOperator("QLinearMatMul", liftMatMul),
  new OnnxOperator("QLinearMul", liftBinary),
  new OnnxOperator("QLinearSigmoid", liftUnary),
  new OnnxOperator("QLinearSoftmax", liftSoftmax),
  new OnnxOperator("QuantizeLinear", liftQuantize),
  new OnnxOperator("ReduceMax", liftReduce),
  new OnnxOperator("ReduceMean", liftReduce),
  new OnnxOperator("ReduceMin", liftReduce),
  new OnnxOperator("ReduceSum", liftReduce),
  new OnnxOperator("Relu", liftUnary),
  new OnnxOperator("Reshape", liftReshape),
  new OnnxOperator("Resize", liftResize),
  new OnnxOperator("Sigmoid", liftUnary),
  new OnnxOperator("Slice", liftSlice),
  new OnnxOperator("Softmax", liftSoftmax),
  new OnnxOperator("SpaceToDepth", liftBlocks),
  new OnnxOperator("Split", liftSplit),
  new OnnxOperator("Sqrt", liftUnary),
  new OnnxOperator("Squeeze", liftReshape),
  new OnnxOperator("Sub", liftBinary),
  new OnnxOperator("Sum", liftBinary),
  new OnnxOperator("Tanh", liftUnary),
  new OnnxOperator("Tile", liftTile),
  new OnnxOperator("Transpose", liftTranspose),
  new OnnxOperator("Unsqueeze", liftReshape),
  new OnnxOperator("Upsample", liftResize),
];

function liftWholeConcat(lifting: Lifting, node: OnnxNode): bool {
  return (
    concatOperands(lifting, node) && liftConcat(lifting, node, 2, 3) && storeConcat(lifting, node)
  );
}

/** The rule for a node; null where there is none. */
export function ruleFor(node: OnnxNode): OnnxOperator | null {
  if (node.domain != "" && node.domain != "com.microsoft") return null;
  for (let i = 0; i < RULES.length; i++) if (RULES[i].operator == node.operator) return RULES[i];
  return null;
}
