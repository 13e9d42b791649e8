import { Operator, Quantization, Span, Tensor } from "../../graph";
import { copyOf } from "../../plan/copy";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { Operands } from "../../plan/operands";
import { Along, ConcatenationPlan, SplitPlan } from "../../plan/plan";
import { Context } from "../context";
import { PlanSequence } from "../sequence";
import { legalizeConvolution, legalizeOperands } from "./convolution";

/** CONV_2D, also grouped: each kernel reads the channels of its group. */
export function legalizeGroupable(operator: Operator, context: Context): Legalization {
  const isSound = operator.inputs.length >= 2 && operator.outputs.length == 1;
  if (!isSound || context.settings.compatMesa) return legalizeConvolution(operator, context);
  const operands = new Operands(operator, context.graph);
  const groups = groupsOf(operands);
  if (groups <= 1) return legalizeConvolution(operator, context);
  if (groups > MOST_GROUPS)
    return Legalization.onCpu(`it has ${groups} groups of channels; ${MOST_GROUPS} is the most`);
  return legalizeGroups(operands, groups, context);
}

/** Each is a job or more. */
const MOST_GROUPS = 64;

/** 1 where a kernel reads all channels, 0 where they do not divide. */
function groupsOf(whole: Operands): i32 {
  if (whole.weights.shape.length != 4 || !whole.weights.isConstant) return 0;
  const depth = whole.weights.fromLast(1);
  const channels = whole.input.fromLast(1);
  if (depth == 0 || channels % depth != 0) return 0;
  const groups = channels / depth;
  const kernels = whole.weights.shape[0];
  return kernels == whole.outputChannels && kernels % groups == 0 ? groups : 0;
}

/** A convolution for each group. Where channels are adjacent, nothing is copied. */
function legalizeGroups(whole: Operands, groups: i32, context: Context): Legalization {
  const sequence = new PlanSequence(context);
  const channels = whole.input.fromLast(1) / groups;
  const kernels = whole.outputChannels / groups;
  const inputs: Tensor[] = [];
  const outputs: Tensor[] = [];
  for (let i = 0; i < groups; i++) {
    inputs.push(sequence.between(withChannels(whole.input, channels), whole.input));
    outputs.push(sequence.between(withChannels(whole.output, kernels), whole.output));
  }
  const split = new SplitPlan(whole.input, inputs, Along.CHANNELS);
  sequence.add(Legalization.onNpu(split, Mark.PROVEN));
  for (let i = 0; i < groups; i++) {
    const group = groupOf(whole, i, groups, inputs[i], outputs[i], context);
    sequence.add(legalizeOperands(group, context));
  }
  const joined = new ConcatenationPlan(outputs, whole.output, Along.CHANNELS);
  for (let i = 0; i < groups; i++) joined.requantizations.push(null);
  sequence.add(Legalization.onNpu(joined, context.capped(Mark.EXPECTED)));
  const legalization = sequence.legalization(whole.input, whole.output);
  const plan = legalization.plan;
  if (plan != null) plan.weightBytes = whole.weights.data.bytes;
  return legalization;
}

function withChannels(tensor: Tensor, channels: i32): i32[] {
  const shape = tensor.shape.slice(0);
  shape[shape.length - 1] = channels;
  return shape;
}

function groupOf(
  whole: Operands,
  index: i32,
  groups: i32,
  input: Tensor,
  output: Tensor,
  context: Context,
): Operands {
  const group = copyOf<Operands>(whole);
  group.input = input;
  group.output = output;
  group.weights = slice(whole.weights, index, groups, context);
  const bias = whole.bias;
  group.bias = bias == null ? null : slice(bias, index, groups, context);
  return group;
}

/** An equal part of a constant along its first dimension, with the scales of that part. */
function slice(whole: Tensor, index: i32, parts: i32, context: Context): Tensor {
  const part = copyOf<Tensor>(whole);
  part.index = context.nameIntermediate();
  part.shape = whole.shape.slice(0);
  part.shape[0] /= parts;
  part.data = sliceOf(whole.data, index, parts);
  const scales = whole.quantization;
  if (scales.count < parts || scales.count % parts != 0) return part;
  part.quantization = copyOf<Quantization>(scales);
  part.quantization.count = scales.count / parts;
  part.quantization.scales = sliceOf(scales.scales, index, parts);
  part.quantization.zeroPoints = sliceOf(scales.zeroPoints, index, parts);
  return part;
}

function sliceOf(whole: Span, index: i32, parts: i32): Span {
  const bytes = whole.bytes / (parts as u32);
  return new Span(whole.pointer + (index as u32) * bytes, bytes);
}
