import { Padding } from "../../../tflite/schema";
import { Operator } from "../../graph";
import { LARGEST_KERNEL } from "../../plan/axis";
import { Convolution } from "../../plan/convolution";
import { Legalization } from "../../plan/legalization";
import { LONGEST_SIDE, MOST_CHANNELS } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { Operands } from "../../plan/operands";
import { ConvolutionsPlan } from "../../plan/plan";
import { isRectified, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeConvolutions } from "./convolutions";
import { expandDense, leavesCoresIdle } from "./dense-expansion";
import { OPERAND_RULES } from "./rules";
import { whyScaledSumsWrap, whySumsOverflow } from "./sums";

/** CONV_2D and DEPTHWISE_CONV_2D. */
export function legalizeConvolution(operator: Operator, context: Context): Legalization {
  return legalize(operator, context, false);
}

/** FULLY_CONNECTED: a convolution with a single output pixel. */
export function legalizeFullyConnected(operator: Operator, context: Context): Legalization {
  return legalize(operator, context, true);
}

function legalize(operator: Operator, context: Context, flat: bool): Legalization {
  if (operator.inputs.length < 2 || operator.outputs.length != 1) {
    return Legalization.onCpu("it has fewer than two inputs, or not exactly one output");
  }
  return legalizeAs(new Operands(operator, context.graph), context, flat);
}

/** Operands of a CONV_2D or DEPTHWISE_CONV_2D that need not be tensors of the graph. */
export function legalizeOperands(operands: Operands, context: Context): Legalization {
  return legalizeAs(operands, context, false);
}

function legalizeAs(operands: Operands, context: Context, flat: bool): Legalization {
  const reason = whyNotOperands(operands, context);
  if (reason != "") return Legalization.onCpu(reason);
  if (operands.multiplies && !context.hasRoomFor(spelledOutBytes(operands)))
    return Legalization.onCpu("its kernels take too much memory");
  const isFlat = flat && operands.rows == 1;
  const c = isFlat
    ? wholeImage(operands, context)
    : flat
      ? rowsOfInputs(operands)
      : sliding(operands, context);
  const legalization = legalizeConvolutions(
    operands.input,
    operands.output,
    [c],
    Mark.PROVEN,
    context,
  );
  const plan = legalization.plan;
  if (plan == null) return legalization;
  (plan as ConvolutionsPlan).flat = isFlat;
  (plan as ConvolutionsPlan).operands = operands;
  plan.weightBytes = operands.weights.data.bytes;
  return legalization;
}

function whyNotOperands(operands: Operands, context: Context): string {
  if (context.settings.compatMesa && operands.isPerChannel)
    return "its weights are quantized per channel";
  if (context.settings.compatMesa && operands.multiplies)
    return "Mesa's words for a depth multiplier are not known";
  if (context.settings.compatMesa && operands.isFullyConnected && operands.rows > 1)
    return "Mesa's words for several rows of inputs are not known";
  for (let i = 0; i < OPERAND_RULES.length; i++) {
    const reason = OPERAND_RULES[i](operands);
    if (reason != "") return reason;
  }
  if (context.settings.compatMesa) return "";
  const reason = whySumsOverflow(operands);
  return reason != "" ? reason : whyScaledSumsWrap(operands);
}

function sliding(operands: Operands, context: Context): Convolution {
  const options = operands.operator.options;
  const c = new Convolution();
  c.step(options.strideHeight, options.strideWidth);
  c.same = options.padding == Padding.SAME;
  c.rows.kernel = operands.weights.fromLast(3);
  c.columns.kernel = operands.weights.fromLast(2);
  c.rows.dilation = options.dilationHeight;
  c.columns.dilation = options.dilationWidth;
  c.inputChannels = operands.input.fromLast(1);
  c.outputChannels = operands.outputChannels;
  c.measure(operands.input, operands.output);
  if (isPixelwise(c)) fold(c);
  quantize(c, operands);
  layWeights(c, operands);
  if (operands.multiplies || leavesCoresIdle(c, context.core)) expandDense(c);
  return c;
}

function spelledOutBytes(operands: Operands): u64 {
  return (operands.weights.elements as u64) * (operands.input.fromLast(1) as u64);
}

/** Whether every pixel of the output follows from one of the input, at the same position. */
function isPixelwise(c: Convolution): bool {
  return (
    c.rows.kernel == 1 && c.columns.kernel == 1 && c.stride == 1 && c.rows.input == c.rows.output
  );
}

/** Gives an image with a side that is too long rows of another length; its pixels do not depend on that. */
function fold(c: Convolution): void {
  if (max(c.rows.input, c.columns.input) <= LONGEST_LINE) return;
  const pixels = c.rows.input * c.columns.input;
  let columns = min(pixels, LONGEST_LINE);
  while (pixels % columns != 0) columns--;
  c.rows.span(pixels / columns, pixels / columns, 1);
  c.columns.span(columns, columns, 1);
}

/** Leaves room for the widest kernel. */
const LONGEST_LINE = LONGEST_SIDE - 2 * LARGEST_KERNEL;

/** A pixel for each row of inputs. */
function rowsOfInputs(operands: Operands): Convolution {
  const rows = operands.rows;
  const c = new Convolution();
  c.inputChannels = operands.weights.shape[1];
  c.outputChannels = operands.weights.shape[0];
  c.rows.span(1, 1, 1);
  c.columns.span(rows, rows, 1);
  fold(c);
  quantize(c, operands);
  layWeights(c, operands);
  return c;
}

/**
 * One pixel of as many channels as there are inputs; where they are too many for that, an image
 * of s × s pixels of fewer channels, all under one kernel.
 */
function wholeImage(operands: Operands, context: Context): Convolution {
  const inputs = operands.weights.shape[1];
  const side = context.settings.compatMesa ? 1 : sideFor(inputs);
  const c = new Convolution();
  c.inputChannels = inputs / (side * side);
  c.outputChannels = operands.weights.shape[0];
  c.rows.span(side, 1, side);
  c.columns.span(side, 1, side);
  quantize(c, operands);
  layWeights(c, operands);
  c.mesaFlat = context.settings.compatMesa;
  return c;
}

/** The least side that leaves no more channels than there may be, 1 if none does. */
function sideFor(inputs: i32): i32 {
  for (let side = 1; side <= LARGEST_KERNEL; side++) {
    const pixels = side * side;
    if (inputs % pixels == 0 && inputs / pixels <= MOST_CHANNELS) return side;
  }
  return 1;
}

function quantize(c: Convolution, operands: Operands): void {
  const bias = operands.bias;
  c.relu = isRectified(operands.operator.options.activation);
  c.inputZero = zeroByte(operands.input);
  c.outputZero = zeroByte(operands.output);
  c.scale = operands.scale;
  c.roundsTwice = operands.roundsTwice;
  c.weights.data = operands.weights.data.pointer;
  c.weights.zero = zeroByte(operands.weights) as u8;
  c.weights.flip = operands.hasSignedWeights ? 0x80 : 0;
  c.weights.bias = bias == null ? 0 : bias.data.pointer;
}

/** Gives a convolution other weights instead of the model's, in the model's layout. */
export function replaceWeights(
  c: Convolution,
  operands: Operands,
  bytes: StaticArray<u8>,
  biases: StaticArray<i32>,
  zero: u8,
): void {
  const wasDense = c.isDense;
  c.weights.data = changetype<usize>(bytes);
  c.weights.bias = changetype<usize>(biases);
  c.weights.zero = zero;
  c.weights.flip = 0;
  layWeights(c, operands);
  if (wasDense) expandDense(c);
}

/**
 * TFLite's orders: kernels outermost and channels innermost, one kernel for all channels, or, for
 * FULLY_CONNECTED, one weight for each input.
 */
function layWeights(c: Convolution, operands: Operands): void {
  const weights = c.weights;
  const taps = c.rows.kernel * c.columns.kernel;
  const oneForAll = operands.isDepthwise;
  // With a single channel there is nothing to keep apart.
  c.depthwise = oneForAll && c.inputChannels > 1;
  if (operands.isFullyConnected) {
    weights.tapPitch = 1;
    weights.channelPitch = taps;
  } else {
    weights.tapPitch = oneForAll ? c.outputChannels : c.inputChannels;
    weights.channelPitch = oneForAll ? 0 : 1;
  }
  weights.kernelPitch = oneForAll ? 1 : taps * c.inputChannels;
}
