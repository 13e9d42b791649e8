import { Code, LocationKind } from "../diagnostics/codes";
import { fail } from "../diagnostics/failure";
import { DETECTION } from "../tflite/coverage";
import { isCovered } from "../tflite/covers";
import { Operation } from "../tflite/operation";
import { prepareConvolution } from "./convolution/convolution";
import { prepareDepthwise } from "./convolution/depthwise";
import { prepareFullyConnected } from "./convolution/fully-connected";
import { prepareTransposeConvolution } from "./convolution/transpose";
import { prepareDetection } from "./detection/post-process";
import { prepareAddition, prepareSubtraction } from "./elementwise/addition";
import { byteKernel } from "./elementwise/bytes";
import { prepareCast } from "./elementwise/cast";
import { prepareMaximum, prepareMinimum } from "./elementwise/extremes";
import { prepareHardSwish } from "./elementwise/hard-swish";
import { prepareLogistic } from "./elementwise/logistic";
import { prepareMultiplication } from "./elementwise/multiplication";
import { preparePrelu } from "./elementwise/prelu";
import {
  prepareExp,
  prepareNeg,
  prepareRsqrt,
  prepareSqrt,
  prepareSquare,
} from "./elementwise/real-function";
import { prepareDivision, prepareSquaredDifference } from "./elementwise/real-pair";
import {
  prepareAbsolute,
  prepareLeakyRelu,
  prepareRelu,
  prepareRelu6,
} from "./elementwise/rectifier";
import { Kernel } from "./kernel";
import { prepareBatchToSpace, prepareSpaceToBatch } from "./movement/batches";
import { prepareDepthToSpace, prepareSpaceToDepth } from "./movement/blocks";
import { prepareConcatenation } from "./movement/concatenation";
import { prepareGather } from "./movement/gather";
import { prepareMirrorPad } from "./movement/mirror-pad";
import { preparePack, prepareUnpack } from "./movement/pack";
import { preparePad, preparePadWithValue } from "./movement/pad";
import { prepareReshape } from "./movement/reshape";
import { prepareShape } from "./movement/shape";
import { prepareSlice } from "./movement/slice";
import { prepareSplit, prepareSplitByLengths } from "./movement/split";
import { prepareStridedSlice } from "./movement/strided-slice";
import { prepareTile } from "./movement/tile";
import { prepareTranspose } from "./movement/transpose";
import { prepareAveragePool } from "./pooling/average";
import { prepareReduceMax, prepareReduceMin } from "./pooling/extreme";
import { prepareMaxPool } from "./pooling/max";
import { prepareMean, prepareSum } from "./pooling/mean";
import { prepareDequantize } from "./quantization/dequantize";
import { prepareQuantize } from "./quantization/quantize";
import { prepareBilinear } from "./resize/bilinear";
import { prepareNearest } from "./resize/nearest";
import { prepareArgMax } from "./scores/arg-max";
import { prepareSoftmax } from "./scores/softmax";

class Entry {
  constructor(
    public operator: string,
    /** Gives what runs an operator that is covered; null with a failure recorded for lack of memory. */
    public prepare: (operation: Operation) => Kernel | null,
  ) {}
}

/**
 * From operator to kernel, for each that `tflite/coverage.ts` lists. Those that are left out run by
 * their function of bytes (tflite/values/functions.ts).
 */
const KERNELS: Entry[] = [
  new Entry("ABS", prepareAbsolute),
  new Entry("ADD", prepareAddition),
  new Entry("ARG_MAX", prepareArgMax),
  new Entry("AVERAGE_POOL_2D", prepareAveragePool),
  new Entry("BATCH_TO_SPACE_ND", prepareBatchToSpace),
  new Entry("CAST", prepareCast),
  new Entry("CONCATENATION", prepareConcatenation),
  new Entry("CONV_2D", prepareConvolution),
  new Entry("DEPTHWISE_CONV_2D", prepareDepthwise),
  new Entry("DEPTH_TO_SPACE", prepareDepthToSpace),
  new Entry("DEQUANTIZE", prepareDequantize),
  new Entry("DIV", prepareDivision),
  new Entry("EXP", prepareExp),
  new Entry("EXPAND_DIMS", prepareReshape),
  new Entry("FULLY_CONNECTED", prepareFullyConnected),
  new Entry("GATHER", prepareGather),
  new Entry("HARD_SWISH", prepareHardSwish),
  new Entry("LEAKY_RELU", prepareLeakyRelu),
  new Entry("LOGISTIC", prepareLogistic),
  new Entry("MAXIMUM", prepareMaximum),
  new Entry("MAX_POOL_2D", prepareMaxPool),
  new Entry("MEAN", prepareMean),
  new Entry("MINIMUM", prepareMinimum),
  new Entry("MIRROR_PAD", prepareMirrorPad),
  new Entry("MUL", prepareMultiplication),
  new Entry("NEG", prepareNeg),
  new Entry("PACK", preparePack),
  new Entry("PAD", preparePad),
  new Entry("PADV2", preparePadWithValue),
  new Entry("PRELU", preparePrelu),
  new Entry("QUANTIZE", prepareQuantize),
  new Entry("REDUCE_MAX", prepareReduceMax),
  new Entry("REDUCE_MIN", prepareReduceMin),
  new Entry("RELU", prepareRelu),
  new Entry("RELU6", prepareRelu6),
  new Entry("RESHAPE", prepareReshape),
  new Entry("RESIZE_BILINEAR", prepareBilinear),
  new Entry("RESIZE_NEAREST_NEIGHBOR", prepareNearest),
  new Entry("RSQRT", prepareRsqrt),
  new Entry("SHAPE", prepareShape),
  new Entry("SLICE", prepareSlice),
  new Entry("SOFTMAX", prepareSoftmax),
  new Entry("SPACE_TO_BATCH_ND", prepareSpaceToBatch),
  new Entry("SPACE_TO_DEPTH", prepareSpaceToDepth),
  new Entry("SPLIT", prepareSplit),
  new Entry("SPLIT_V", prepareSplitByLengths),
  new Entry("SQRT", prepareSqrt),
  new Entry("SQUARE", prepareSquare),
  new Entry("SQUARED_DIFFERENCE", prepareSquaredDifference),
  new Entry("SQUEEZE", prepareReshape),
  new Entry("STRIDED_SLICE", prepareStridedSlice),
  new Entry("SUB", prepareSubtraction),
  new Entry("SUM", prepareSum),
  new Entry("TILE", prepareTile),
  new Entry("TRANSPOSE", prepareTranspose),
  new Entry("TRANSPOSE_CONV", prepareTransposeConvolution),
  new Entry("UNPACK", prepareUnpack),
  new Entry(DETECTION, prepareDetection),
];

/** The kernel for an operator, or null with UNSUPPORTED_OPERATOR or OUT_OF_MEMORY recorded. */
export function prepareKernel(operation: Operation): Kernel | null {
  if (!isCovered(operation)) {
    const at = operation.index;
    const code = Code.UNSUPPORTED_OPERATOR;
    fail(code, LocationKind.OPERATOR, at, operation.expected, operation.found);
    return null;
  }
  for (let i = 0; i < KERNELS.length; i++) {
    if (KERNELS[i].operator == operation.name) return KERNELS[i].prepare(operation);
  }
  return byteKernel(operation);
}
