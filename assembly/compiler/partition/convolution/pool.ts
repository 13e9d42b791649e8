import { Operator, Tensor } from "../../graph";
import { Mark, Padding } from "../../schema";
import { Context } from "../context";
import { Placement } from "../placement";
import { isRectified, sameQuantization, whyNoImage, whyNotFused, zeroByte } from "../tensors";
import { Axis, Convolution } from "./geometry";
import { placeSum } from "./planes";
import { spread } from "./spread";
import { placeStages } from "./stages";

/**
 * Averages are convolutions with equal weights: a sum of whole numbers that is rounded once, and
 * so within one of TFLite's.
 */
export function placeAveragePool(operator: Operator, context: Context): Placement {
  const options = operator.options;
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const reason = whyNotPooled(input, output);
  if (reason != "") return Placement.onCpu(reason);
  const unfused = whyNotFused(options.activation, output);
  if (unfused != "") return Placement.onCpu(unfused);
  const relu = isRectified(options.activation);
  const window = new Window(options.filterHeight, options.filterWidth);
  if (window.covers(input, output)) return placeWholePlane(input, output, relu, context);
  const c = new Convolution();
  c.rows.span(input.fromLast(3), output.fromLast(3), window.rows);
  c.columns.span(input.fromLast(2), output.fromLast(2), window.columns);
  c.step(options.strideHeight, options.strideWidth);
  if (!staysInside(c.rows) || !staysInside(c.columns))
    return Placement.onCpu(
      options.padding == Padding.SAME
        ? "its windows at the border hold fewer pixels (SAME padding)"
        : "its output does not follow from its input",
    );
  c.outputChannels = input.fromLast(1);
  c.relu = relu;
  spread(c, new StaticArray<u8>(window.pixels).fill(1), context.core);
  divide(c, window.pixels, input, output);
  return placeStages(input, output, [c], Mark.EXPECTED, context);
}

/** MEAN over rows and columns. */
export function placeMean(operator: Operator, context: Context): Placement {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const axes = context.graph.tensors[operator.inputs[1]];
  if (input.shape.length != 4 || !isOverPlane(axes))
    return Placement.onCpu("it is not over the rows and columns of an image");
  const reason = whyNotPooled(input, output);
  if (reason != "") return Placement.onCpu(reason);
  if (output.elements != (input.fromLast(1) as u32))
    return Placement.onCpu("its output does not follow from its input");
  return placeWholePlane(input, output, false, context);
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

  /** One window, over the whole image. */
  covers(input: Tensor, output: Tensor): bool {
    const single = output.elements == (input.fromLast(1) as u32);
    return single && this.rows == input.fromLast(3) && this.columns == input.fromLast(2);
  }
}

function whyNotPooled(input: Tensor, output: Tensor): string {
  const broken = whyNoImage(input, "input");
  if (broken != "") return broken;
  const wrong = whyNoImage(output, "output");
  if (wrong != "") return wrong;
  return output.fromLast(1) == input.fromLast(1) ? "" : "its output has not its input's channels";
}

function placeWholePlane(input: Tensor, output: Tensor, relu: bool, context: Context): Placement {
  const c = new Convolution();
  c.relu = relu;
  divide(c, input.fromLast(3) * input.fromLast(2), input, output);
  return placeSum(input, output, c, context);
}

/** As many windows as lie wholly inside the image make up the output. */
function staysInside(axis: Axis): bool {
  const room = axis.input - axis.kernel;
  return room >= 0 && axis.output == room / axis.stride + 1;
}

/** Makes of a sum of so many pixels their average. */
function divide(c: Convolution, pixels: i32, input: Tensor, output: Tensor): void {
  c.inputZero = zeroByte(input);
  c.outputZero = zeroByte(output);
  c.scale = (1.0 / (pixels as f64)) as f32;
  if (sameQuantization(input, output)) return;
  c.scale *= input.quantization.scale(0) / output.quantization.scale(0);
}
