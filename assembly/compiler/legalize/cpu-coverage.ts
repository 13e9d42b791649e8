import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { isCovered } from "../../tflite/covers";
import { liteRtFault } from "../../tflite/litert";
import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { Builtin, Dtype } from "../../tflite/schema";
import { Tensor as Operand } from "../../tflite/tensor";
import { Graph, Operator, Options, Tensor } from "../graph";
import { isDetectionOperator } from "../read/detection";
import { displayName } from "../read/names";
import { quote } from "../read/text";

// What runs operators on the CPU: nolfet's kernels, or LiteRT, which runs some operators wrongly.

/** Whether a CPU kernel runs the operator. */
export function hasKernel(operator: Operator, graph: Graph): bool {
  return isCovered(operationOf(operator, graph));
}

/** Whether something runs an operator correctly on the CPU; if not, what would help is recorded. */
export function runsOnCpu(operator: Operator, graph: Graph): bool {
  const operation = operationOf(operator, graph);
  if (isCovered(operation)) return true;
  const at = operator.index;
  if (isDynamicRange(operator, graph)) {
    const expected = `${operation.name} with 8-bit activations (${ADVICE})`;
    const found = "float32 ones with 8-bit weights (dynamic-range quantization)";
    return fail(Code.NOT_QUANTIZED, LocationKind.OPERATOR, at, expected, found);
  }
  const fault = liteRtFault(operation);
  if (fault == "") return true;
  const found = `${operation.found}; ${fault}`;
  return fail(Code.UNSUPPORTED_OPERATOR, LocationKind.OPERATOR, at, operation.expected, found);
}

/** The advice for models that are not quantized, or not completely. */
export const ADVICE: string = "full-integer quantization with a representative dataset";

/** TFLite quantizes the inputs of such operators while it runs. */
function isDynamicRange(operator: Operator, graph: Graph): bool {
  const code = operator.code;
  const isLayer =
    code == Builtin.CONV_2D || code == Builtin.DEPTHWISE_CONV_2D || code == Builtin.FULLY_CONNECTED;
  if (!isLayer) return false;
  const weights = graph.tensors[operator.inputs[1]].dtype;
  const isByte = weights == Dtype.INT8 || weights == Dtype.UINT8;
  return isByte && graph.tensors[operator.inputs[0]].dtype == Dtype.FLOAT32;
}

/** The operator as CPU kernels and the rules of TFLite see it. */
export function operationOf(operator: Operator, graph: Graph): Operation {
  const isCustom = operator.code == Builtin.CUSTOM && !isDetectionOperator(operator);
  // A custom operator may have the name of another.
  const name = isCustom ? quote(operator.customName) : displayName(operator);
  const operation = new Operation(name, operator.index, isCustom);
  for (let i = 0; i < operator.inputs.length; i++) {
    const index = operator.inputs[i];
    operation.given.push(index >= 0);
    operation.inputs.push(
      index >= 0 ? operandOf(graph.tensors[index]) : new Operand(Dtype.OTHER, false),
    );
  }
  for (let i = 0; i < operator.outputs.length; i++) {
    operation.outputs.push(operandOf(graph.tensors[operator.outputs[i]]));
  }
  setOptions(operation, operator.options);
  return operation;
}

function operandOf(tensor: Tensor): Operand {
  const operand = new Operand(tensor.dtype, tensor.isConstant);
  const quantization = tensor.quantization;
  operand.pointer = tensor.data.pointer;
  operand.shape = tensor.shape;
  operand.axis = quantization.axis;
  for (let i = 0; i < quantization.count; i++) {
    operand.scales.push(quantization.scale(i));
    operand.zeroPoints.push(quantization.zeroPoint(i) as i32);
  }
  return operand;
}

/** All options that rules and functions of bytes read; those that an operator lacks keep their default. */
function setOptions(operation: Operation, options: Options): void {
  operation.setOption(Option.PADDING, options.padding);
  operation.setOption(Option.ACTIVATION, options.activation);
  operation.setOption(Option.STRIDE_HEIGHT, options.strideHeight);
  operation.setOption(Option.STRIDE_WIDTH, options.strideWidth);
  operation.setOption(Option.DILATION_HEIGHT, options.dilationHeight);
  operation.setOption(Option.DILATION_WIDTH, options.dilationWidth);
  operation.setOption(Option.FILTER_HEIGHT, options.filterHeight);
  operation.setOption(Option.FILTER_WIDTH, options.filterWidth);
  operation.setOption(Option.AXIS, options.axis);
  operation.setOption(Option.ALPHA, options.alpha);
  operation.setOption(Option.ALIGN_CORNERS, options.alignCorners ? 1 : 0);
  operation.setOption(Option.HALF_PIXEL_CENTERS, options.halfPixelCenters ? 1 : 0);
  operation.setOption(Option.BEGIN_MASK, options.beginMask);
  operation.setOption(Option.END_MASK, options.endMask);
  operation.setOption(Option.ELLIPSIS_MASK, options.ellipsisMask);
  operation.setOption(Option.NEW_AXIS_MASK, options.newAxisMask);
  operation.setOption(Option.SHRINK_AXIS_MASK, options.shrinkAxisMask);
  operation.setOption(Option.MAX_DETECTIONS, options.maxDetections);
  operation.setOption(Option.MAX_CLASSES_PER_DETECTION, options.maxClassesPerDetection);
  operation.setOption(Option.DETECTIONS_PER_CLASS, options.detectionsPerClass);
  operation.setOption(Option.IOU_THRESHOLD, options.iouThreshold);
  operation.setOption(Option.CLASSES, options.classes);
  operation.setOption(Option.BATCH_DIMS, options.batchDims);
  operation.setOption(Option.SYMMETRIC, options.symmetric ? 1 : 0);
  operation.setOption(Option.APPROXIMATE, options.approximate ? 1 : 0);
}
