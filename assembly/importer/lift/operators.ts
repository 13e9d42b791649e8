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
export class Rule {
  constructor(
    public operator: string,
    public lift: (lifting: Lifting, node: OnnxNode) => bool,
  ) {}
}

/** Names of com.microsoft's operators stand beside those of ONNX: they never mean two things. */
const RULES: Rule[] = [
  new Rule("Abs", liftUnary),
  new Rule("Add", liftBinary),
  new Rule("ArgMax", liftArgMax),
  new Rule("AveragePool", liftAveragePool),
  new Rule("BatchNormalization", liftBatchNormalization),
  new Rule("Cast", liftCast),
  new Rule("Clip", liftClip),
  new Rule("Concat", (lifting, node) => liftConcat(lifting, node, 0, 1)),
  new Rule("Conv", liftConv),
  new Rule("ConvTranspose", liftConvTranspose),
  new Rule("DepthToSpace", liftBlocks),
  new Rule("DequantizeLinear", liftDequantize),
  new Rule("Div", liftBinary),
  new Rule("Dropout", liftIdentity),
  new Rule("Elu", liftElu),
  new Rule("Exp", liftUnary),
  new Rule("Expand", liftExpand),
  new Rule("Flatten", liftReshape),
  new Rule("FusedConv", liftConv),
  new Rule("FusedGemm", liftGemm),
  new Rule("Gather", liftGather),
  new Rule("Gelu", liftGelu),
  new Rule("Gemm", liftGemm),
  new Rule("GlobalAveragePool", liftGlobalPool),
  new Rule("GlobalMaxPool", liftGlobalPool),
  new Rule("HardSigmoid", liftHardSigmoid),
  new Rule("HardSwish", liftUnary),
  new Rule("Identity", liftIdentity),
  new Rule("LeakyRelu", liftLeakyRelu),
  new Rule("MatMul", liftMatMul),
  new Rule("Max", liftBinary),
  new Rule("MaxPool", liftMaxPool),
  new Rule("Mean", liftMean),
  new Rule("Min", liftBinary),
  new Rule("Mul", liftBinary),
  new Rule("Neg", liftUnary),
  new Rule("PRelu", liftPRelu),
  new Rule("Pad", liftPad),
  new Rule("Pow", liftPow),
  new Rule("QGemm", liftGemm),
  new Rule("QLinearAdd", liftBinary),
  new Rule("QLinearAveragePool", liftAveragePool),
  new Rule("QLinearConcat", liftWholeConcat),
  new Rule("QLinearConv", liftConv),
  new Rule("QLinearGlobalAveragePool", liftGlobalPool),
  new Rule("QLinearLeakyRelu", liftLeakyRelu),
  new Rule("QLinearMatMul", liftMatMul),
  new Rule("QLinearMul", liftBinary),
  new Rule("QLinearSigmoid", liftUnary),
  new Rule("QLinearSoftmax", liftSoftmax),
  new Rule("QuantizeLinear", liftQuantize),
  new Rule("ReduceMax", liftReduce),
  new Rule("ReduceMean", liftReduce),
  new Rule("ReduceMin", liftReduce),
  new Rule("ReduceSum", liftReduce),
  new Rule("Relu", liftUnary),
  new Rule("Reshape", liftReshape),
  new Rule("Resize", liftResize),
  new Rule("Sigmoid", liftUnary),
  new Rule("Slice", liftSlice),
  new Rule("Softmax", liftSoftmax),
  new Rule("SpaceToDepth", liftBlocks),
  new Rule("Split", liftSplit),
  new Rule("Sqrt", liftUnary),
  new Rule("Squeeze", liftReshape),
  new Rule("Sub", liftBinary),
  new Rule("Sum", liftBinary),
  new Rule("Tanh", liftUnary),
  new Rule("Tile", liftTile),
  new Rule("Transpose", liftTranspose),
  new Rule("Unsqueeze", liftReshape),
  new Rule("Upsample", liftResize),
];

function liftWholeConcat(lifting: Lifting, node: OnnxNode): bool {
  return (
    concatOperands(lifting, node) && liftConcat(lifting, node, 2, 3) && storeConcat(lifting, node)
  );
}

/** The rule for a node; null where there is none. */
export function ruleFor(node: OnnxNode): Rule | null {
  if (node.domain != "" && node.domain != "com.microsoft") return null;
  for (let i = 0; i < RULES.length; i++) if (RULES[i].operator == node.operator) return RULES[i];
  return null;
}
