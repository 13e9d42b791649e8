import { Core } from "../../../targets/cores";
import { Dtype } from "../../../tflite/schema";
import { generationOf } from "../../generations/generations";
import { Axis, LARGEST_KERNEL } from "../../plan/axis";
import { Convolution, Striding } from "../../plan/convolution";
import { LARGEST_TENSOR, LONGEST_SIDE, LONGEST_WINDOW, MOST_CHANNELS } from "../../plan/limits";
import { Operands } from "../../plan/operands";
import { whyNoImage, whyNotFused } from "../../plan/tensors";

/**
 * The rules that a convolution must meet, as tables: each gives "" or, in words, why the
 * operator stays on the CPU. Limits are those of the descriptors' fields.
 */
type OperandRule = (o: Operands) => string;
type GeometryRule = (c: Convolution, core: Core) => string;

/** Along an axis; each copy of the image is a few jobs. */
const MOST_COPIES = 4;
/** Of all kernels of a job together: keeps streams from growing far beyond the model's weights. */
export const MOST_KERNEL_PLANES: u64 = 1 << 22;
/** 2^-48: below it, every sum comes out as zero, and the shift exceeds the product's 64 bits. */
export const LEAST_SCALE: f32 = 3.5527137e-15;

export const OPERAND_RULES: OperandRule[] = [
  images,
  weightTypes,
  weightShapes,
  constants,
  activation,
];

export const GEOMETRY_RULES: GeometryRule[] = [
  kernels,
  outputSizes,
  fieldWidths,
  weights,
  requantization,
];

function images(o: Operands): string {
  const input = whyNoImage(o.input, "input");
  if (input != "") return input;
  const output = whyNoImage(o.output, "output");
  if (output != "") return output;
  if (o.isFullyConnected) return "";
  if (o.input.shape.length == 4 && o.output.shape.length == 4) return "";
  return "its tensors do not all have four dimensions";
}

function weightTypes(o: Operands): string {
  if (o.weights.dtype != o.input.dtype) return "its weights are of another type than its input";
  if (o.isPerChannel) return channelScales(o);
  if (o.weights.quantization.count == 1) return "";
  return "its weights have not one scale and zero point";
}

function channelScales(o: Operands): string {
  const scales = o.weights.quantization;
  if (!o.hasSignedWeights) return "its weights are quantized per channel, but not int8";
  if (scales.axis != (o.isDepthwise ? 3 : 0)) return "its scales are not those of output channels";
  for (let i = 0; i < scales.count; i++)
    if (scales.zeroPoint(i) != 0) return "its weights are quantized per channel with zero points";
  return "";
}

function constants(o: Operands): string {
  if (!o.weights.isConstant) return "its weights are computed, not constant";
  if (o.input.isConstant) return "its input is constant";
  const bias = o.bias;
  if (bias == null) return "";
  if (!bias.isConstant || bias.dtype != Dtype.INT32) return "its bias is not constant int32";
  if (bias.elements == (o.outputChannels as u32)) return "";
  return `it has ${bias.elements} biases for ${o.outputChannels} output channels`;
}

function activation(o: Operands): string {
  return whyNotFused(o.operator.options.activation, o.output);
}

function weightShapes(o: Operands): string {
  if (o.isFullyConnected) return fullyConnectedShape(o);
  if (o.weights.shape.length != 4) return "its weights do not have four dimensions";
  const kernels = o.isDepthwise ? 1 : o.outputChannels;
  const inputChannels = o.input.fromLast(1);
  const found = o.weights.fromLast(1);
  if (o.weights.shape[0] != kernels) {
    return `its weights hold ${o.weights.shape[0]} kernels, not ${kernels}`;
  }
  if (!o.isDepthwise) {
    return found == inputChannels
      ? ""
      : `it is grouped: kernels of ${found} channels over ${inputChannels}`;
  }
  if (found != o.outputChannels) {
    return `its weights hold ${found} channels, not ${o.outputChannels}`;
  }
  return found % inputChannels == 0 ? "" : `it makes ${found} channels of ${inputChannels}`;
}

function fullyConnectedShape(o: Operands): string {
  if (o.operator.options.shuffledWeights)
    return "its weights are in an order made for certain CPUs";
  if (o.weights.shape.length != 2) return "its weights do not have two dimensions";
  const inputs = o.weights.shape[1];
  const rows = o.input.elements / (inputs as u32);
  if (o.input.elements != (inputs as u32) && o.input.fromLast(1) != inputs)
    return `it has ${o.input.elements} inputs, not ${inputs}`;
  const outputs = o.weights.shape[0];
  if (
    o.output.elements == rows * (outputs as u32) &&
    (rows == 1 || o.output.fromLast(1) == outputs)
  )
    return "";
  return `it has ${o.output.elements} outputs, not ${rows * (outputs as u32)}`;
}

function kernels(c: Convolution, _core: Core): string {
  const wide = reach(c.rows) > mostReach(c.rows) ? c.rows : c.columns;
  if (reach(wide) <= mostReach(wide)) return "";
  const spans = `${reach(c.rows)}×${reach(c.columns)}`;
  return `its kernel spans ${spans} pixels; ${mostReach(wide)} on a side is the most`;
}

/** The extent of the axis, not checked yet. */
function reach(axis: Axis): i64 {
  return ((axis.kernel - 1) as i64) * (axis.dilation as i64) + 1;
}

/** Few taps far apart may have a copy each. */
function mostReach(axis: Axis): i64 {
  if (axis.stride == 1 && axis.kernel <= MOST_COPIES) return LONGEST_SIDE;
  return MOST_COPIES * LARGEST_KERNEL * axis.stride;
}

/** Blocks and copies multiply the weights, most of them zeros. */
function weights(c: Convolution, _core: Core): string {
  const planes = (c.rows.planes as u64) * (c.columns.planes as u64);
  if (planes == 1) return "";
  const summed = (c.depthwise ? 1 : c.inputChannels) as u64;
  const all = (c.outputChannels as u64) * summed * planes;
  if (all <= MOST_KERNEL_PLANES) return "";
  return `its kernels would have ${all} planes; ${MOST_KERNEL_PLANES} is the most`;
}

function outputSizes(c: Convolution, _core: Core): string {
  if (fits(c.rows, c) && fits(c.columns, c)) return "";
  return `its output of ${c.rows.output}×${c.columns.output} does not follow from its input`;
}

function fits(axis: Axis, c: Convolution): bool {
  const covered = c.same ? axis.input : axis.input - axis.extent + 1;
  return covered > 0 && axis.output == (covered + axis.stride - 1) / axis.stride;
}

function fieldWidths(c: Convolution, _core: Core): string {
  const rows = longestSide(c.rows);
  const columns = longestSide(c.columns);
  const planes = (c.rows.planes as u64) * (c.columns.planes as u64) * (c.inputChannels as u64);
  if (max(rows, columns) > LONGEST_SIDE)
    return `its image exceeds ${LONGEST_SIDE} pixels on a side`;
  if (max(c.inputChannels, c.outputChannels) > MOST_CHANNELS && !c.mesaFlat)
    return `it has more than ${MOST_CHANNELS} channels`;
  if (planes > (MOST_CHANNELS as u64) && !c.mesaFlat)
    return `pixels of blocks or copies as channels make ${planes}; ${MOST_CHANNELS} is the most`;
  if (max(widestWindow(c.rows), widestWindow(c.columns)) > LONGEST_WINDOW)
    return `its strides or its kernel span more than ${LONGEST_WINDOW} pixels`;
  const area = (rows as u64) * (columns as u64);
  const copies = (c.rows.copies * c.columns.copies) as u64;
  if (area * max<u64>(c.inputChannels * copies, c.outputChannels) > (LARGEST_TENSOR as u64))
    return `an image of it exceeds ${LARGEST_TENSOR} bytes`;
  return "";
}

/** At least what a rearrangement reads at a time, from its padding on, or of its padding. */
function widestWindow(axis: Axis): i64 {
  const blocks = (axis.output as i64) + LARGEST_KERNEL;
  return max(blocks * (axis.stride as i64), reach(axis));
}

function longestSide(axis: Axis): i64 {
  const covered = (axis.output as i64) * axis.stride;
  return max<i64>(axis.input, covered) + 2 * LARGEST_KERNEL;
}

function requantization(c: Convolution, core: Core): string {
  return whyNotScaled(c.scale, core);
}

/** The range of the NN unit's shift field, which has no room for factors that round to its end. */
export function whyNotScaled(scale: f32, core: Core): string {
  const end = generationOf(core).scalesEnd;
  if (scale >= end) return `its effective scale of ${scale} is not below ${end}`;
  return scale >= LEAST_SCALE ? "" : "its effective scale is too small for the shift field";
}

/**
 * Cases that fail on silicon for unknown reasons (docs/hardware.md, "What fails on silicon"). On v7
 * one of them passes with SAME padding and fails with VALID, though the words are the same, so
 * neither is trusted.
 */
export function isKnownToFail(c: Convolution, core: Core): bool {
  if (c.striding != Striding.NONE || c.depthwise || !c.square) return false;
  const failing = generationOf(core).failing;
  for (let i = 0; i < failing.length; i++) if (failing[i].is(c)) return true;
  return false;
}
