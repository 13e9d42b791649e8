import { Activation, Builtin, Padding } from "../../../tflite/schema";
import { Operator, Options, Tensor } from "../../graph";
import { Axis, LARGEST_KERNEL } from "../../plan/axis";
import { Legalization } from "../../plan/legalization";
import { MOST_CHANNELS } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { isRectified, whyNoImage, whyNotFused } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeConvolutions } from "../conv/convolutions";
import { PlanSequence } from "../sequence";
import { Averages, PoolSteps, Window } from "./averages";
import { Division } from "./division";
import { legalizeSum, pixelsOf, tapsFor } from "./planes";
import { AxisReduction, inShapeOf } from "./reductions";

/** Averages are convolutions with equal weights. */
export function legalizeAveragePool(operator: Operator, context: Context): Legalization {
  const options = operator.options;
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const reason = whyNotPooled(input, output);
  if (reason != "") return Legalization.onCpu(reason);
  const unfused = whyNotFused(options.activation, output);
  if (unfused != "") return Legalization.onCpu(unfused);
  const relu = isRectified(options.activation);
  const window = new Window(options.filterHeight, options.filterWidth);
  const most = (window.rows as i64) * (window.columns as i64);
  if (most > MOST_PIXELS)
    return Legalization.onCpu(`its windows hold ${most} pixels; ${MOST_PIXELS} is the most`);
  if (window.covers(input, output)) {
    const division = Division.ofPool(window.pixels, input, output);
    return legalizeSum(input, output, division, relu, context);
  }
  const averages = new Averages(input, output, window, PoolSteps.of(options), context);
  const c = averages.over(window.pixels);
  if (staysInside(c.rows) && staysInside(c.columns))
    return legalizeConvolutions(input, output, [c], Mark.EXPECTED, context);
  if (options.padding != Padding.SAME)
    return Legalization.onCpu("its output does not follow from its input");
  const whole = averages.legalizeUneven();
  if (whole.isOnNpu) return whole;
  const separate = legalizeSeparately(input, output, window, options, context);
  return separate.isOnNpu ? separate : whole;
}

/**
 * The averages of columns, then those of rows: each has fewer different numbers of pixels. A window's number
 * is their product, so both give the average, rounded twice.
 */
function legalizeSeparately(
  input: Tensor,
  output: Tensor,
  window: Window,
  options: Options,
  context: Context,
): Legalization {
  const sequence = new PlanSequence(context);
  const shape = [1, output.fromLast(3), input.fromLast(2), input.fromLast(1)];
  const between = sequence.between(shape, input);
  const down = new Window(window.rows, 1);
  const across = new Window(1, window.columns);
  const first = new PoolSteps(options.strideHeight, 1, options.padding, Activation.NONE);
  const second = new PoolSteps(1, options.strideWidth, options.padding, options.activation);
  sequence.add(new Averages(input, between, down, first, context).legalizeUneven());
  sequence.add(new Averages(between, output, across, second, context).legalizeUneven());
  return sequence.legalization(input, output);
}

/** Of a window: the weights for all of them are one byte each. */
const MOST_PIXELS: i64 = 1 << 26;

/** MEAN and SUM over rows and columns. */
export function legalizeMean(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const axes = context.graph.tensors[operator.inputs[1]];
  if (input.shape.length != 4 || !isOverPlane(axes))
    return legalizeMeanOfImage(operator, input, output, context);
  const reason = whyNotPooled(input, output);
  if (reason != "") return Legalization.onCpu(reason);
  if (output.elements != (input.fromLast(1) as u32))
    return Legalization.onCpu("its output does not follow from its input");
  const sequence = new PlanSequence(context);
  const isSum = operator.code == Builtin.SUM;
  const image = isSum ? input : shrunk(input, sequence, context);
  const pixels = pixelsOf(image);
  const division = isSum
    ? Division.ofSum(input, output)
    : output.shape.length == 4
      ? Division.ofKeptMean(pixels, input, output)
      : Division.ofFoldedMean(pixels, input, output);
  if (division.whyNot != "") return Legalization.onCpu(division.whyNot);
  const sum = legalizeSum(image, output, division, false, context);
  if (image == input) return sum;
  sequence.add(sum);
  return sequence.legalization(input, output);
}

/** An image of more pixels than one mean takes, as the means of equal blocks; itself where none fit. */
function shrunk(image: Tensor, sequence: PlanSequence, context: Context): Tensor {
  if (tapsFor(pixelsOf(image)) * MOST_CHANNELS >= pixelsOf(image)) return image;
  const block = leastBlock(image);
  if (block == null) return image;
  const rows = image.fromLast(3) / block.rows;
  const columns = image.fromLast(2) / block.columns;
  const means = sequence.between([1, rows, columns, image.fromLast(1)], image);
  const steps = new PoolSteps(block.rows, block.columns, Padding.VALID, Activation.NONE);
  const averages = new Averages(image, means, block, steps, context).over(block.pixels);
  sequence.add(legalizeConvolutions(image, means, [averages], Mark.EXPECTED, context));
  return means;
}

/** Of the blocks that leave no more means than one takes, one with the fewest pixels; null without any. */
function leastBlock(image: Tensor): Window | null {
  let best: Window | null = null;
  for (let rows = 1; rows <= LARGEST_KERNEL; rows++) {
    for (let columns = 1; columns <= LARGEST_KERNEL; columns++) {
      if (image.fromLast(3) % rows != 0 || image.fromLast(2) % columns != 0) continue;
      const block = new Window(rows, columns);
      if (pixelsOf(image) / block.pixels > MOST_CHANNELS) continue;
      if (best == null || block.pixels < best.pixels) best = block;
    }
  }
  return best;
}

/** Over other dimensions, as far as these are the pixels of some image. */
function legalizeMeanOfImage(
  operator: Operator,
  input: Tensor,
  output: Tensor,
  context: Context,
): Legalization {
  const sequence = new PlanSequence(context);
  const reduction = new AxisReduction(operator, sequence, context);
  if (reduction.reason != "") return Legalization.onCpu(reduction.reason);
  const isSum = operator.code == Builtin.SUM;
  const image = isSum ? reduction.image : shrunk(reduction.image, sequence, context);
  const division = isSum
    ? Division.ofSum(input, output)
    : Division.ofFoldedMean(pixelsOf(image), input, output);
  if (division.whyNot != "") return Legalization.onCpu(division.whyNot);
  const result = sequence.between(reduction.resultShape, output);
  sequence.add(legalizeSum(image, result, division, false, context));
  sequence.add(inShapeOf(result, output, context));
  return sequence.legalization(input, output);
}

/** The constant [1, 2] in either order. */
function isOverPlane(axes: Tensor): bool {
  if (!axes.isConstant || axes.data.bytes != 8) return false;
  const first = load<i32>(axes.data.pointer);
  const second = load<i32>(axes.data.pointer, 4);
  return first * second == 2 && first + second == 3;
}

function whyNotPooled(input: Tensor, output: Tensor): string {
  const broken = whyNoImage(input, "input");
  if (broken != "") return broken;
  const wrong = whyNoImage(output, "output");
  if (wrong != "") return wrong;
  return output.fromLast(1) == input.fromLast(1) ? "" : "its output has not its input's channels";
}

/** As many windows as lie wholly inside the image make up the output. */
function staysInside(axis: Axis): bool {
  const room = axis.input - axis.kernel;
  return room >= 0 && axis.output == room / axis.stride + 1;
}
