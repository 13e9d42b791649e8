import { isCovered } from "../../../tflite/covers";
import { reducedDimensions } from "../../../tflite/rules/reductions";
import { Builtin } from "../../../tflite/schema";
import { Operator, Tensor } from "../../graph";
import { Legalization } from "../../plan/legalization";
import { LARGEST_TENSOR, LONGEST_WINDOW, MOST_CHANNELS } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { Move } from "../../plan/movement";
import { TablePlan, ViewPlan } from "../../plan/plan";
import { PoolChainPlan, Windows } from "../../plan/pool-chain";
import { sameShape, whyNoBytes, whyNoImage, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { operationOf } from "../cpu-coverage";
import { fitTable } from "../elementwise/fit";
import { legalizeMoves } from "../layout/movement";
import { PlanSequence } from "../sequence";

/**
 * REDUCE_MAX over neighbouring dimensions with nothing but ones before them: the pixels of an image whose
 * channels are all that follows. Other dimensions are moved there first. One window covers it all, and the TP unit halves rows and columns until a
 * pixel is left. REDUCE_MIN is the same between two complements, as min(x) = 255 − max(255 − x).
 */
export function legalizeReduction(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const sequence = new PlanSequence(context);
  const reduction = new AxisReduction(operator, sequence, context);
  if (reduction.reason != "") return Legalization.onCpu(reduction.reason);
  const image = reduction.image;
  const reason = whyNotPooled(image);
  if (reason != "") return Legalization.onCpu(reason);
  const isLeast = operator.code == Builtin.REDUCE_MIN;
  const greatest = sequence.between(reduction.resultShape, input);
  const source = isLeast ? complement(image, sequence, context) : image;
  sequence.add(greatestOf(source, greatest, context));
  const result = isLeast ? complement(greatest, sequence, context) : greatest;
  sequence.add(inShapeOf(result, output, context));
  return sequence.legalization(input, output);
}

/** What an operator reduces, as the pixels of an image. */
export class AxisReduction {
  image: Tensor;
  /** Why it is none, or "". */
  reason: string = "";

  constructor(operator: Operator, sequence: PlanSequence, context: Context) {
    const input = context.graph.tensors[operator.inputs[0]];
    const output = context.graph.tensors[operator.outputs[0]];
    this.image = input;
    const operation = operationOf(operator, context.graph);
    const isKnown = isCovered(operation);
    this.reason = isKnown
      ? whyNotReduced(input, output)
      : `it is not ${operation.expected}, but ${operation.found}`;
    if (this.reason == "") {
      this.arrange(input, reducedDimensions(operation) as bool[], sequence, context);
    }
  }

  private arrange(input: Tensor, reduced: bool[], sequence: PlanSequence, context: Context): void {
    const shape = imageShape(input, reduced);
    if (shape.length == 0) {
      this.image = sequence.between(pixelsFirst(input, reduced), input);
      sequence.add(legalizeMoves([input], [this.image], [toFront(input, reduced)], context));
    } else {
      this.image = sequence.between(shape, input);
      const view = new ViewPlan(input, this.image);
      view.keepsShape = sameShape(input, this.image);
      sequence.add(Legalization.onNpu(view, Mark.PROVEN));
    }
    this.reason = whyNoImage(this.image, "input");
  }

  /** One pixel. */
  get resultShape(): i32[] {
    return [1, 1, 1, this.image.fromLast(1)];
  }
}

function whyNotReduced(input: Tensor, output: Tensor): string {
  const broken = whyNoBytes(input, "input");
  return broken != "" ? broken : whyNoBytes(output, "output");
}

/** Rows, columns and channels of what is reduced; empty where it is no image. */
function imageShape(input: Tensor, reduced: bool[]): i32[] {
  const rank = input.shape.length;
  let first = 0;
  while (first < rank && !reduced[first] && input.shape[first] == 1) first++;
  let end = first;
  while (end < rank && reduced[end]) end++;
  let channels = 1;
  for (let i = end; i < rank; i++) {
    if (reduced[i] && input.shape[i] != 1) return [];
    channels *= input.shape[i];
  }
  if (end == first) return [];
  const columns = input.shape[end - 1];
  return [1, (input.elements as i32) / columns / channels, columns, channels];
}

/** The image of what is reduced once that is moved before all that is kept. */
function pixelsFirst(input: Tensor, reduced: bool[]): i32[] {
  let columns = 1;
  let pixels = 1;
  for (let i = 0; i < reduced.length; i++) {
    if (!reduced[i]) continue;
    columns = input.shape[i];
    pixels *= columns;
  }
  const channels = (input.elements as i32) / pixels;
  return [1, pixels / columns, columns, channels];
}

function toFront(input: Tensor, reduced: bool[]): Move {
  const move = new Move(0, 0, 0, 0);
  let from = input.elements as i32;
  let kept = 1;
  for (let i = 0; i < reduced.length; i++) if (!reduced[i]) kept *= input.shape[i];
  let pixel = input.elements as i32;
  for (let i = 0; i < reduced.length; i++) {
    const extent = input.shape[i];
    from /= extent;
    if (reduced[i]) pixel /= extent;
    else kept /= extent;
    move.along(extent, from, reduced[i] ? pixel : kept);
  }
  return move;
}

function whyNotPooled(image: Tensor): string {
  if (max(image.fromLast(2), image.fromLast(3)) >= LONGEST_WINDOW)
    return `it reduces ${LONGEST_WINDOW} elements or more along a dimension`;
  if (image.fromLast(1) > MOST_CHANNELS)
    return `it gives ${image.fromLast(1)} elements; ${MOST_CHANNELS} is the most`;
  return image.elements > LARGEST_TENSOR ? "its input is too large" : "";
}

/**
 * The same elements as a tensor of the graph. Movements after it look for the shapes that operators give
 * their inputs, and would take a view for one of these.
 */
export function inShapeOf(result: Tensor, output: Tensor, context: Context): Legalization {
  const whole = new Move(0, 0, 0, 0).along(output.elements, 1, 1);
  return legalizeMoves([result], [output], [whole], context);
}

/** One window over the whole image. */
export function greatestOf(image: Tensor, output: Tensor, context: Context): Legalization {
  const longest = max(image.fromLast(2), image.fromLast(3));
  let size = 2;
  while (size < longest) size *= 2;
  const rows = new Windows(size, size, 0, image.fromLast(3), 1);
  const columns = new Windows(size, size, 0, image.fromLast(2), 1);
  const plan = new PoolChainPlan(image, output, rows, columns);
  return Legalization.onNpu(plan, context.capped(Mark.EXPECTED));
}

/** The bytes that are as far from 255. */
function complement(input: Tensor, sequence: PlanSequence, context: Context): Tensor {
  const bytes = new StaticArray<u8>(256);
  for (let byte = 0; byte < 256; byte++) bytes[byte] = (255 - byte) as u8;
  const zero = zeroByte(input);
  const table = fitTable(bytes, zero, zero);
  if (table.error > 0) sequence.add(Legalization.onCpu("a table does not turn its bytes around"));
  const output = sequence.between(input.shape, input);
  const plan = new TablePlan(input, output, table);
  sequence.add(Legalization.onNpu(plan, context.capped(Mark.EXPECTED)));
  return output;
}
