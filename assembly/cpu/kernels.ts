import { Code, PlaceKind } from "../diagnostics/codes";
import { fail } from "../diagnostics/failure";
import { DETECTION } from "../tflite/coverage";
import { isCovered } from "../tflite/covers";
import { Operation } from "../tflite/operation";
import { prepareConvolution } from "./convolution/convolution";
import { prepareDepthwise } from "./convolution/depthwise";
import { prepareFullyConnected } from "./convolution/fully-connected";
import { prepareDetection } from "./detection/detection";
import { prepareAddition, prepareSubtraction } from "./elementwise/addition";
import { prepareLogistic } from "./elementwise/logistic";
import { prepareMultiplication } from "./elementwise/multiplication";
import {
  prepareAbsolute,
  prepareLeakyRelu,
  prepareRelu,
  prepareRelu6,
} from "./elementwise/rectifier";
import { Kernel } from "./kernel";
import { prepareConcatenation } from "./movement/concatenation";
import { preparePad } from "./movement/pad";
import { prepareReshape } from "./movement/reshape";
import { prepareSplit } from "./movement/split";
import { prepareStridedSlice } from "./movement/strided-slice";
import { prepareTranspose } from "./movement/transpose";
import { prepareAveragePool } from "./pooling/average";
import { prepareMaxPool } from "./pooling/max";
import { prepareMean } from "./pooling/mean";
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

/** From operator to kernel, for each that `tflite/coverage.ts` lists. */
const KERNELS: Entry[] = [
  new Entry("ABS", prepareAbsolute),
  new Entry("ADD", prepareAddition),
  new Entry("ARG_MAX", prepareArgMax),
  new Entry("AVERAGE_POOL_2D", prepareAveragePool),
  new Entry("CONCATENATION", prepareConcatenation),
  new Entry("CONV_2D", prepareConvolution),
  new Entry("DEPTHWISE_CONV_2D", prepareDepthwise),
  new Entry("DEQUANTIZE", prepareDequantize),
  new Entry("EXPAND_DIMS", prepareReshape),
  new Entry("FULLY_CONNECTED", prepareFullyConnected),
  new Entry("LEAKY_RELU", prepareLeakyRelu),
  new Entry("LOGISTIC", prepareLogistic),
  new Entry("MAX_POOL_2D", prepareMaxPool),
  new Entry("MEAN", prepareMean),
  new Entry("MUL", prepareMultiplication),
  new Entry("PAD", preparePad),
  new Entry("QUANTIZE", prepareQuantize),
  new Entry("RELU", prepareRelu),
  new Entry("RELU6", prepareRelu6),
  new Entry("RESHAPE", prepareReshape),
  new Entry("RESIZE_BILINEAR", prepareBilinear),
  new Entry("RESIZE_NEAREST_NEIGHBOR", prepareNearest),
  new Entry("SOFTMAX", prepareSoftmax),
  new Entry("SPLIT", prepareSplit),
  new Entry("SQUEEZE", prepareReshape),
  new Entry("STRIDED_SLICE", prepareStridedSlice),
  new Entry("SUB", prepareSubtraction),
  new Entry("TRANSPOSE", prepareTranspose),
  new Entry(DETECTION, prepareDetection),
];

/** The kernel for an operator, or null with UNSUPPORTED_OPERATOR or OUT_OF_MEMORY recorded. */
export function prepareKernel(operation: Operation): Kernel | null {
  if (!isCovered(operation)) {
    const at = operation.index;
    const code = Code.UNSUPPORTED_OPERATOR;
    fail(code, PlaceKind.OPERATOR, at, operation.expected, operation.found);
    return null;
  }
  for (let i = 0; i < KERNELS.length; i++) {
    if (KERNELS[i].operator == operation.name) return KERNELS[i].prepare(operation);
  }
  return null;
}
