import { Builtin } from "../../tflite/schema";
import { Graph, Operator, Span, Tensor } from "../graph";
import { copyOf } from "../plan/copy";
import { Legalization } from "../plan/legalization";
import { Mark } from "../plan/mark";
import { ConvolutionsPlan, ImagesPlan, PlanKind } from "../plan/plan";
import { Context } from "./context";
import { Legalize } from "./patterns";

/**
 * Operators over a batch: the jobs of one image, once for each. Patterns see the operator over one
 * image, whose tensors stand for a part of the batch's.
 */

/** Each image takes jobs of its own, which share their weights. */
const MOST_IMAGES = 64;

/** Operators that treat all images alike. */
const OVER_IMAGES: i32[] = [
  Builtin.CONV_2D,
  Builtin.DEPTHWISE_CONV_2D,
  Builtin.TRANSPOSE_CONV,
  Builtin.FULLY_CONNECTED,
  Builtin.AVERAGE_POOL_2D,
  Builtin.MAX_POOL_2D,
  Builtin.RESIZE_NEAREST_NEIGHBOR,
  Builtin.RESIZE_BILINEAR,
  Builtin.PAD,
  Builtin.PADV2,
  Builtin.STRIDED_SLICE,
  Builtin.CONCATENATION,
  Builtin.ADD,
  Builtin.SUB,
  Builtin.MUL,
  Builtin.MAXIMUM,
  Builtin.MINIMUM,
  Builtin.MEAN,
  Builtin.QUANTIZE,
];

/** Whether an operator reads several images and gives as many results. */
export function isOverImages(operator: Operator, context: Context): bool {
  if (context.settings.compatMesa || !OVER_IMAGES.includes(operator.code)) return false;
  if (operator.outputs.length != 1) return false;
  const images = imagesOf(operator, context);
  const isAlongImages = operator.code == Builtin.CONCATENATION && operator.options.axis % 4 == 0;
  return images > 1 && images <= MOST_IMAGES && !isAlongImages;
}

/** As many as all computed inputs and the output begin with; 0 where they differ. */
function imagesOf(operator: Operator, context: Context): i32 {
  const tensors = context.graph.tensors;
  const output = tensors[operator.outputs[0]];
  if (output.shape.length < 1) return 0;
  const images = output.shape[0];
  for (let i = 0; i < operator.inputs.length; i++) {
    if (operator.inputs[i] < 0) continue;
    const input = tensors[operator.inputs[i]];
    const isPart = input.shape.length == 4 && input.shape[0] == images;
    if (!input.isConstant && !isPart) return 0;
    if (input.isConstant && PAIRS.includes(operator.code) && differsByImage(input)) return 0;
  }
  return images;
}

/** Operators whose constant may be of the other operand's shape. */
const PAIRS: i32[] = [Builtin.ADD, Builtin.SUB, Builtin.MUL, Builtin.MAXIMUM, Builtin.MINIMUM];

/** The jobs of all images read the same constants. */
function differsByImage(constant: Tensor): bool {
  return constant.shape.length >= 4 && constant.shape[0] != 1;
}

/** Legalizes an operator over several images by `legalize`, which takes one image. */
export function legalizeImages(
  operator: Operator,
  context: Context,
  legalize: Legalize,
): Legalization {
  const graph = context.graph;
  const wholes: Tensor[] = [];
  const parts: Tensor[] = [];
  const plan = new ImagesPlan(graph.tensors[operator.outputs[0]]);
  plan.own.beginAt(context.intermediates, graph.tensors.length);
  const indices = operator.inputs.concat(operator.outputs);
  for (let i = 0; i < indices.length; i++) {
    if (indices[i] < 0) continue;
    const whole = graph.tensors[indices[i]];
    // An operator may read a tensor twice.
    if (parts.includes(whole)) continue;
    const isShape = operator.code == Builtin.TRANSPOSE_CONV && i == 0;
    if (whole.isConstant && !isShape) continue;
    const part = isShape ? shapeOfOne(whole, context) : imageOf(whole, context);
    wholes.push(whole);
    parts.push(part);
    if (!isShape) plan.add(whole, part);
    graph.tensors[indices[i]] = part;
  }
  const legalization = legalize(operator, context);
  for (let i = 0; i < wholes.length; i++) graph.tensors[wholes[i].index] = wholes[i];
  const single = legalization.plan;
  if (single == null) return legalization;
  plan.own.endAt(context.intermediates, graph.tensors.length);
  plan.take(single);
  if (single.kind == PlanKind.CONVOLUTIONS) nameWholes(single as ConvolutionsPlan, operator, graph);
  legalization.weaken(context.capped(Mark.EXPECTED));
  return Legalization.onNpu(plan, legalization.mark, legalization.reason);
}

function imageOf(whole: Tensor, context: Context): Tensor {
  const image = new Tensor(context.nameIntermediate());
  image.shape = whole.shape.slice(0);
  image.shape[0] = 1;
  image.dtype = whole.dtype;
  image.quantization = whole.quantization;
  return image;
}

/** The constant that names the output's shape. */
function shapeOfOne(shape: Tensor, context: Context): Tensor {
  const one = copyOf<Tensor>(shape);
  one.index = context.nameIntermediate();
  const extents = new StaticArray<u8>(shape.data.bytes);
  memory.copy(changetype<usize>(extents), shape.data.pointer, shape.data.bytes);
  store<i32>(changetype<usize>(extents), 1);
  one.data = new Span(changetype<usize>(extents), shape.data.bytes);
  return one;
}

/** What is known of values is known of the batch. */
function nameWholes(plan: ConvolutionsPlan, operator: Operator, graph: Graph): void {
  const operands = plan.operands;
  if (operands == null) return;
  operands.input = graph.tensors[operator.inputs[0]];
  operands.output = graph.tensors[operator.outputs[0]];
}
