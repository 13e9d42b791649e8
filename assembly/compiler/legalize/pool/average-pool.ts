import { Padding } from "../../../tflite/schema";
import { Operator, Tensor } from "../../graph";
import { Axis } from "../../plan/axis";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { isRectified, whyNoImage, whyNotFused } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeConvolutions } from "../conv/convolutions";
import { PlanSequence } from "../sequence";
import { Averages, Window } from "./averages";
import { Division } from "./division";
import { legalizeSum, pixelsOf } from "./planes";
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
  const averages = new Averages(input, output, window, options, context);
  const c = averages.over(window.pixels);
  if (staysInside(c.rows) && staysInside(c.columns))
    return legalizeConvolutions(input, output, [c], Mark.EXPECTED, context);
  if (options.padding == Padding.SAME) return averages.legalizeUneven();
  return Legalization.onCpu("its output does not follow from its input");
}

/** Of a window: the weights for all of them are one byte each. */
const MOST_PIXELS: i64 = 1 << 26;

/** MEAN over rows and columns. */
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
  const pixels = pixelsOf(input);
  const division =
    output.shape.length == 4
      ? Division.ofKeptMean(pixels, input, output)
      : Division.ofFoldedMean(pixels, input, output);
  if (division.whyNot != "") return Legalization.onCpu(division.whyNot);
  return legalizeSum(input, output, division, false, context);
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
  const pixels = pixelsOf(reduction.image);
  const division = Division.ofFoldedMean(pixels, input, output);
  if (division.whyNot != "") return Legalization.onCpu(division.whyNot);
  const result = sequence.between(reduction.resultShape, output);
  sequence.add(legalizeSum(reduction.image, result, division, false, context));
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
