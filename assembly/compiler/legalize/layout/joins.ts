import { Activation, Dtype } from "../../../tflite/schema";
import { Operator, Tensor } from "../../graph";
import { Convolution } from "../../plan/convolution";
import { whyNoLayout } from "../../plan/layout";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { Along, ConcatenationPlan, SplitPlan } from "../../plan/plan";
import { isQuantizedByte, sameQuantization, whyNoImage } from "../../plan/tensors";
import { Context } from "../context";
import { whyNotScaled } from "../conv/rules";
import { requantization } from "../elementwise/rescale";
import { legalizeEntry } from "./conversion";
import { legalizeMovement } from "./movement";
import { legalizeView } from "./views";

/** Parts that lie side by side in a whole: CONCATENATION, SPLIT, and QUANTIZE with one part. */

export function legalizeConcatenation(operator: Operator, context: Context): Legalization {
  const output = context.graph.tensors[operator.outputs[0]];
  const inputs = tensorsOf(operator.inputs, context);
  if (inputs.length == 0) return Legalization.onCpu("an input of it is left out");
  if (operator.options.activation != Activation.NONE)
    return Legalization.onCpu("it has a fused activation");
  const along = alongOf(operator.options.axis, output);
  const reason = whyNotJoined(inputs, output, operator.options.axis, along, context);
  if (reason != "") return scatter(reason, operator, context);
  return join(inputs, output, along, context);
}

/**
 * QUANTIZE from bytes to bytes: another name for them where only their type changes, as bytes are
 * unsigned on the NPU, and else a concatenation of one. From float32, the host does it.
 */
export function legalizeQuantize(operator: Operator, context: Context): Legalization {
  const output = context.graph.tensors[operator.outputs[0]];
  const inputs = tensorsOf(operator.inputs, context);
  if (inputs.length != 1 || inputs[0].isConstant)
    return Legalization.onCpu("its input is constant");
  if (inputs[0].dtype == Dtype.FLOAT32) return legalizeEntry(inputs[0], output, context);
  if (!isQuantizedByte(inputs[0]) || !isQuantizedByte(output))
    return Legalization.onCpu("its tensors are not of 8 bits and one quantization");
  if (inputs[0].elements != output.elements || output.elements == 0)
    return Legalization.onCpu("its output does not hold as many elements as its input");
  return sameQuantization(inputs[0], output)
    ? legalizeView(operator, context)
    : join(inputs, output, Along.OUTERMOST, context);
}

/** Fault: Mesa takes over the parts' bytes whatever their scale is. */
function join(inputs: Tensor[], output: Tensor, along: Along, context: Context): Legalization {
  const plan = new ConcatenationPlan(inputs, output, along);
  for (let i = 0; i < inputs.length; i++) {
    let convolution: Convolution | null = null;
    if (!context.settings.compatMesa && !sameQuantization(inputs[i], output)) {
      convolution = requantization(inputs[i], output);
      if (convolution == null) {
        return Legalization.onCpu(
          "an input of another quantization makes no image of allowed sides",
        );
      }
      const outside = whyNotScaled(convolution.scale, context.core);
      if (outside != "") return Legalization.onCpu(outside);
    }
    plan.requantizations.push(convolution);
  }
  return Legalization.onNpu(plan, context.capped(Mark.EXPECTED));
}

/** SPLIT: the axis is its first input. */
export function legalizeSplit(operator: Operator, context: Context): Legalization {
  if (operator.inputs.length != 2) return Legalization.onCpu("it does not have exactly two inputs");
  const axisTensor = context.graph.tensors[operator.inputs[0]];
  const input = context.graph.tensors[operator.inputs[1]];
  const outputs = tensorsOf(operator.outputs, context);
  if (axisTensor.data.bytes != 4) return Legalization.onCpu("its axis is not constant");
  const axis = load<i32>(axisTensor.data.pointer);
  const along = alongOf(axis, input);
  const reason = whyNotJoined(outputs, input, axis, along, context);
  if (reason != "") return scatter(reason, operator, context);
  for (let i = 0; i < outputs.length; i++) {
    if (!sameQuantization(outputs[i], input))
      return Legalization.onCpu("it changes the quantization");
  }
  return Legalization.onNpu(new SplitPlan(input, outputs, along), context.capped(Mark.EXPECTED));
}

/** Parts that lie in pieces all over the whole are moved there. */
function scatter(reason: string, operator: Operator, context: Context): Legalization {
  if (context.settings.compatMesa) return Legalization.onCpu(reason);
  const legalization = legalizeMovement(operator, context);
  return legalization.isOnNpu ? legalization : Legalization.onCpu(reason);
}

function tensorsOf(indices: i32[], context: Context): Tensor[] {
  const tensors: Tensor[] = [];
  for (let i = 0; i < indices.length; i++) {
    if (indices[i] < 0) return [];
    tensors.push(context.graph.tensors[indices[i]]);
  }
  return tensors;
}

function alongOf(axis: i32, whole: Tensor): Along {
  const last = whole.shape.length - 1;
  return axis == -1 || axis == last ? Along.CHANNELS : Along.OUTERMOST;
}

/** Why `parts` are not `whole` cut along an axis at whose neighbours memory is contiguous. */
function whyNotJoined(
  parts: Tensor[],
  whole: Tensor,
  axis: i32,
  along: Along,
  context: Context,
): string {
  const dimension = axis < 0 ? axis + whole.shape.length : axis;
  if (dimension < 0 || dimension >= whole.shape.length) return "its axis is none of the tensor's";
  if (along == Along.CHANNELS) {
    const broken = whyNoImage(whole, "whole");
    if (broken != "") return broken;
  } else {
    if (!isQuantizedByte(whole)) return "its tensors are not of 8 bits and one quantization";
    const broken = whyNoLayout(whole, "whole");
    if (broken != "") return broken;
    if (context.settings.compatMesa) return "Mesa joins channels only";
    for (let i = 0; i < dimension; i++) {
      if (whole.shape[i] != 1) return "its parts are not contiguous in memory";
    }
  }
  let extent = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part.isConstant) return "one of its inputs is constant";
    if (!isQuantizedByte(part)) return "its tensors are not of 8 bits and one quantization";
    const broken = whyNoLayout(part, "part");
    if (broken != "") return broken;
    if (!agrees(part, whole, dimension)) return "its tensors differ in shape";
    extent += part.shape[dimension];
  }
  return extent == whole.shape[dimension] ? "" : "its parts do not make up the whole";
}

function agrees(part: Tensor, whole: Tensor, dimension: i32): bool {
  if (part.shape.length != whole.shape.length || part.elements == 0) return false;
  for (let i = 0; i < whole.shape.length; i++) {
    if (i != dimension && part.shape[i] != whole.shape[i]) return false;
  }
  return true;
}
