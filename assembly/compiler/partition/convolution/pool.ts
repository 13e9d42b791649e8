import { Operator, Tensor } from "../../graph";
import { Activation, Mark, Padding } from "../../schema";
import { Context } from "../context";
import { Placement } from "../placement";
import { sameQuantization, whyNoImage, zeroByte } from "../tensors";
import { Convolution } from "./geometry";
import { spread } from "./spread";
import { placeStages } from "./stages";

/**
 * An average is a convolution with equal weights. Windows of up to 5×5 are one; windows of up
 * to 10×10 that cover the image are two, of which the first averages blocks of 2×2. Its rounding
 * adds less than 0.8 of a step to the second's, so the result is within one of TFLite's.
 */
const WIDEST = 5;
const WIDEST_OF_TWO = 10;
/** Input steps in one of the output: two roundings then stay within a step. */
const MOST_RATIO_OF_TWO: f32 = 1.25;

export function placeAveragePool(operator: Operator, context: Context): Placement {
  const options = operator.options;
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  if (options.activation != Activation.NONE) return Placement.onCpu("it has a fused activation");
  if (options.strideHeight != options.strideWidth && output.fromLast(3) * output.fromLast(2) != 1)
    return Placement.onCpu("its strides differ");
  const window = new Window(options.filterHeight, options.filterWidth);
  if (options.padding == Padding.SAME && !window.covers(input, output))
    return Placement.onCpu("its windows at the border hold fewer pixels (SAME padding)");
  const stride = output.fromLast(3) * output.fromLast(2) == 1 ? 1 : options.strideHeight;
  return placeWindows(input, output, window, stride, context);
}

/** MEAN over rows and columns. */
export function placeMean(operator: Operator, context: Context): Placement {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const axes = context.graph.tensors[operator.inputs[1]];
  if (input.shape.length != 4 || !isOverPlane(axes)) {
    return Placement.onCpu("it is not over the rows and columns of an image");
  }
  const window = new Window(input.fromLast(3), input.fromLast(2));
  return placeWindows(input, output, window, 1, context);
}

/** The constant [1, 2] in either order. */
function isOverPlane(axes: Tensor): bool {
  if (!axes.isConstant || axes.data.bytes != 8) return false;
  const first = load<i32>(axes.data.pointer);
  const second = load<i32>(axes.data.pointer, 4);
  return first * second == 2 && first + second == 3;
}

class Window {
  constructor(
    public rows: i32,
    public columns: i32,
  ) {}

  get pixels(): i32 {
    return this.rows * this.columns;
  }

  /** As many windows of 2 × 2 as it takes. */
  get inBlocks(): Window {
    return new Window((this.rows + 1) >> 1, (this.columns + 1) >> 1);
  }

  /** Windows that lie wholly inside the image make up the output. */
  leads(input: Tensor, output: Tensor, stride: i32): bool {
    const rows = (input.fromLast(3) - this.rows) / stride + 1;
    const columns = (input.fromLast(2) - this.columns) / stride + 1;
    const fits = this.rows <= input.fromLast(3) && this.columns <= input.fromLast(2);
    return fits && output.fromLast(3) == rows && output.fromLast(2) == columns;
  }

  /** One window, over the whole image. */
  covers(input: Tensor, output: Tensor): bool {
    const single = output.elements == (input.fromLast(1) as u32);
    return single && this.rows == input.fromLast(3) && this.columns == input.fromLast(2);
  }
}

function placeWindows(
  input: Tensor,
  output: Tensor,
  window: Window,
  stride: i32,
  context: Context,
): Placement {
  const reason = whyNotPooled(input, output, window, stride);
  if (reason != "") return Placement.onCpu(reason);
  const channels = input.fromLast(1);
  const image = new Window(input.fromLast(3), input.fromLast(2));
  const stages: Convolution[] = [];
  if (max(window.rows, window.columns) <= WIDEST) {
    const target = new Window(
      outputRows(output, window, input),
      outputColumns(output, window, input),
    );
    stages.push(average(image, target, window, channels, context));
  } else {
    stages.push(blocks(image, channels, context));
    stages.push(sumOfBlocks(image, channels, context));
  }
  const last = stages[stages.length - 1];
  last.scale = rescaled(last.scale, input, output);
  last.outputZero = zeroByte(output);
  if (stages.length == 1) last.stride = stride;
  for (let i = 0; i < stages.length; i++) {
    stages[i].inputZero = zeroByte(input);
    if (i < stages.length - 1) stages[i].outputZero = zeroByte(input);
  }
  return placeStages(input, output, stages, Mark.EXPECTED, context);
}

function whyNotPooled(input: Tensor, output: Tensor, window: Window, stride: i32): string {
  const broken = whyNoImage(input, "input");
  if (broken != "") return broken;
  const wrong = whyNoImage(output, "output");
  if (wrong != "") return wrong;
  if (stride > 2) return `it strides by ${stride}; the NPU steps by 1 or 2`;
  if (output.fromLast(1) != input.fromLast(1)) return "its output has not its input's channels";
  const covers = window.covers(input, output);
  if (!covers && !window.leads(input, output, stride))
    return "its output does not follow from its input";
  const widest = max(window.rows, window.columns);
  if (widest <= WIDEST) return "";
  const finer = input.quantization.scale(0) > MOST_RATIO_OF_TWO * output.quantization.scale(0);
  if (finer) return "its output is quantized more finely than two roundings allow";
  if (widest <= WIDEST_OF_TWO && covers) return "";
  return `its window of ${window.rows}×${window.columns} pixels has no rewriting`;
}

/** MEAN may drop the dimensions it is over. */
function outputRows(output: Tensor, window: Window, input: Tensor): i32 {
  return window.covers(input, output) ? 1 : output.fromLast(3);
}

function outputColumns(output: Tensor, window: Window, input: Tensor): i32 {
  return window.covers(input, output) ? 1 : output.fromLast(2);
}

/** A convolution of equal taps; what lies outside the image counts as zero. */
function average(
  image: Window,
  target: Window,
  window: Window,
  channels: i32,
  context: Context,
): Convolution {
  const c = new Convolution();
  c.rows.span(image.rows, target.rows, window.rows);
  c.columns.span(image.columns, target.columns, window.columns);
  c.outputChannels = channels;
  c.scale = (1.0 / (window.pixels as f64)) as f32;
  c.fixedSize = true;
  spread(c, new StaticArray<u8>(window.pixels).fill(1), context.core);
  return c;
}

/** Averages of 2 × 2 pixels; those at the far sides may hold half of that. */
function blocks(image: Window, channels: i32, context: Context): Convolution {
  const block = new Window(min(image.rows, 2), min(image.columns, 2));
  const c = average(image, image.inBlocks, block, channels, context);
  c.stride = 2;
  return c;
}

/** The sum of all block averages, as an average of all pixels. */
function sumOfBlocks(image: Window, channels: i32, context: Context): Convolution {
  const all = image.inBlocks;
  const c = average(all, new Window(1, 1), all, channels, context);
  const inBlock = min(image.rows, 2) * min(image.columns, 2);
  c.scale = ((inBlock as f64) / (image.pixels as f64)) as f32;
  return c;
}

function rescaled(scale: f32, input: Tensor, output: Tensor): f32 {
  if (sameQuantization(input, output)) return scale;
  return scale * (input.quantization.scale(0) / output.quantization.scale(0));
}
