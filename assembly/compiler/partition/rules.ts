import { Core } from "../../targets/cores";
import { Tensor } from "../graph";
import { Activation, Dtype, Padding } from "../schema";
import { Axis, Convolution, Striding } from "./geometry";

/**
 * What a convolution must be for the NPU, as a table: each rule gives "" or, in words, why
 * the operator stays on the CPU. Limits are those of the descriptors' fields (hardware
 * reference, section 1.3).
 */
type Rule = (c: Convolution) => string;

const LARGEST_SIDE = 8191; // 13 bits
const LARGEST_CHANNELS = 16383; // 14 bits
const LARGEST_LOOP = 65535; // 16 bits, TP
const LARGEST_KERNEL = 5;
const LARGEST_TENSOR: u64 = 1 << 28;

export const SHAPE_RULES: Rule[] = [tensorTypes, shapes, constants, quantization];

export const CONVOLUTION_RULES: Rule[] = [
  channels,
  strides,
  kernels,
  outputSizes,
  fieldWidths,
  activation,
];

function tensorTypes(c: Convolution): string {
  if (
    c.input.dtype == Dtype.UINT8 &&
    c.weights.dtype == Dtype.UINT8 &&
    c.output.dtype == Dtype.UINT8
  )
    return "";
  return "input, weights and output are not all uint8";
}

function shapes(c: Convolution): string {
  if (c.input.shape.length != 4 || c.output.shape.length != 4 || c.weights.shape.length != 4)
    return "its tensors do not all have four dimensions";
  if (c.input.shape[0] != 1 || c.output.shape[0] != 1) return "the batch size is not 1";
  if (c.input.elements == 0 || c.output.elements == 0 || c.weights.elements == 0)
    return "a tensor is empty";
  return "";
}

function constants(c: Convolution): string {
  if (!c.weights.isConstant) return "its weights are computed, not constant";
  if (c.input.isConstant) return "its input is constant";
  const bias = c.bias;
  if (bias == null) return "";
  if (!bias.isConstant || bias.dtype != Dtype.INT32) return "its bias is not constant int32";
  if (bias.elements != c.outputChannels)
    return `it has ${bias.elements} biases for ${c.outputChannels} output channels`;
  return "";
}

function quantization(c: Convolution): string {
  if (c.weights.quantization.count > 1) return "its weights are quantized per channel";
  if (perTensor(c.input) && perTensor(c.weights) && perTensor(c.output)) return "";
  return "a tensor is not quantized with one scale and zero point";
}

function perTensor(tensor: Tensor): bool {
  return tensor.quantization.count == 1;
}

function channels(c: Convolution): string {
  const wanted = c.depthwise ? 1 : c.outputChannels;
  if (c.weights.shape[0] != wanted)
    return `its weights hold ${c.weights.shape[0]} kernels, not ${wanted}`;
  if (!c.depthwise && c.weights.fromLast(1) != c.inputChannels)
    return `it is grouped: kernels of ${c.weights.fromLast(1)} channels over ${c.inputChannels}`;
  if (c.depthwise && c.weights.fromLast(1) != c.outputChannels)
    return `its weights hold ${c.weights.fromLast(1)} channels, not ${c.outputChannels}`;
  if (c.depthwise && c.outputChannels != c.inputChannels)
    return `its depth multiplier is not 1 (${c.inputChannels} to ${c.outputChannels} channels)`;
  return "";
}

function strides(c: Convolution): string {
  const o = c.operator.options;
  if (o.dilationHeight != 1 || o.dilationWidth != 1)
    return `it is dilated by ${o.dilationHeight}×${o.dilationWidth}`;
  if (o.strideHeight != o.strideWidth || o.strideHeight > 2)
    return `it strides by ${o.strideHeight}×${o.strideWidth}; the NPU steps by 1 or 2 on both sides`;
  return "";
}

function kernels(c: Convolution): string {
  if (max(c.rows.kernel, c.columns.kernel) > LARGEST_KERNEL)
    return `its kernel is ${c.rows.kernel}×${c.columns.kernel}; 5×5 is the largest`;
  return "";
}

function outputSizes(c: Convolution): string {
  if (fits(c.rows, c) && fits(c.columns, c)) return "";
  return `its output of ${c.rows.output}×${c.columns.output} does not follow from its input`;
}

function fits(axis: Axis, c: Convolution): bool {
  const covered =
    c.operator.options.padding == Padding.SAME ? axis.input : axis.input - axis.kernel + 1;
  return covered > 0 && axis.output == (covered + c.stride - 1) / c.stride;
}

function fieldWidths(c: Convolution): string {
  const rows = max(c.rows.input, c.rows.output * c.stride) + LARGEST_KERNEL;
  const columns = max(c.columns.input, c.columns.output * c.stride) + LARGEST_KERNEL;
  const phases = c.stride == 2 ? 4 : 1;
  if (max(rows, columns) > LARGEST_SIDE)
    return `its image exceeds ${LARGEST_SIDE} pixels on a side`;
  if (max(c.inputChannels * phases, c.outputChannels) > LARGEST_CHANNELS)
    return `it has more than ${LARGEST_CHANNELS} channels`;
  if (max(c.columns.output * c.outputChannels, c.inputChannels) > LARGEST_LOOP)
    return `a row of its output exceeds ${LARGEST_LOOP} bytes, the most a layout change takes`;
  const area = ((rows as u64) * (columns as u64)) as u64;
  if (area * (max(c.inputChannels, c.outputChannels) as u64) > LARGEST_TENSOR)
    return `an image of it exceeds ${LARGEST_TENSOR} bytes`;
  return "";
}

function activation(c: Convolution): string {
  const kind = c.operator.options.activation;
  if (kind == Activation.NONE || kind == Activation.RELU) return "";
  if (kind != Activation.RELU6) return "its fused activation is neither RELU nor RELU6";
  return clampsAtSix(c) ? "" : "RELU6 would cut below the largest value of its output";
}

/** The output's range ends at 6 or below, so that saturation does what RELU6 asks for. */
function clampsAtSix(c: Convolution): bool {
  const q = c.output.quantization;
  const steps: i32 = 255 - (q.zeroPoint(0) as i32);
  return (steps as f32) * q.scale(0) <= 6.0;
}

/** The shift field's range: it wraps for larger factors. */
export function requantizationRule(c: Convolution, core: Core): string {
  const scale = effectiveScale(c);
  const most: f32 = core.architecture >= 8 ? 2 : 65536;
  if (scale >= most) return `its effective scale of ${scale} is not below ${most}`;
  return scale >= LEAST_SCALE ? "" : "its effective scale is so small that every sum rounds to 0";
}

/** 2^-48: a shift of 63 on v7, and a sum of 32 bits is far from one step of the output. */
const LEAST_SCALE: f32 = 3.5527137e-15;

/** What one step of the accumulator is worth in steps of the output, in float32 throughout. */
export function effectiveScale(c: Convolution): f32 {
  const accumulator = c.input.quantization.scale(0) * c.weights.quantization.scale(0);
  return accumulator / c.output.quantization.scale(0);
}

/** Single cases that fail on silicon, nobody knows why. */
export function isKnownToFail(c: Convolution, core: Core): bool {
  if (c.striding != Striding.NONE || c.depthwise || !c.square || c.rows.input != 112) return false;
  const fewToMany = c.side == 1 && c.inputChannels == 128 && c.outputChannels == 256 && !c.same;
  const manyTaps = c.side == 5 && c.inputChannels == 256 && c.outputChannels == 120;
  return (fewToMany && core.architecture == 7) || manyTaps;
}
