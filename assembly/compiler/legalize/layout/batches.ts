import { isCovered } from "../../../tflite/covers";
import { Operator, Tensor } from "../../graph";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { Move } from "../../plan/movement";
import { PaddingPlan } from "../../plan/plan";
import { whyNoImage, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { operationOf } from "../cpu-coverage";
import { PlanSequence } from "../sequence";
import { legalizeMoves, whyNotMoved } from "./movement";
import { whyNotSurrounded } from "./padding";

/**
 * SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, which stand around dilated convolutions: every so many pixels of
 * an image, a *phase*, are an image of their own.
 *
 *     steps 2 × 2:    a b a b       a a     b b     c c     d d
 *                     c d c d   =   a a  ,  b b  ,  c c  ,  d d
 *                     a b a b
 *                     c d c d
 */

export function legalizeSpaceToBatch(operator: Operator, context: Context): Legalization {
  const whole = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const steps = context.graph.tensors[operator.inputs[1]];
  const edges = context.graph.tensors[operator.inputs[2]];
  const reason = whyNotDealt(operator, whole, output, context);
  if (reason != "") return Legalization.onCpu(reason);
  const sequence = new PlanSequence(context);
  const image = padded(whole, edges, sequence, context);
  const down = entry(steps, 0);
  const across = entry(steps, 1);
  const size = output.fromLast(3) * output.fromLast(2) * output.fromLast(1);
  const channels = image.fromLast(1);
  const line = image.fromLast(2) * channels;
  const images = whole.shape[0];
  const move = new Move(0, 0, 0, 0)
    .along(down, line, across * images * size)
    .along(across, channels, images * size)
    .along(images, image.fromLast(3) * line, size)
    .along(output.fromLast(3), down * line, output.fromLast(2) * channels)
    .along(output.fromLast(2), across * channels, channels)
    .along(channels, 1, 1);
  sequence.add(legalizeMoves([image], [output], [move], context));
  return sequence.legalization(whole, output);
}

export function legalizeBatchToSpace(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const whole = context.graph.tensors[operator.outputs[0]];
  const steps = context.graph.tensors[operator.inputs[1]];
  const edges = context.graph.tensors[operator.inputs[2]];
  const reason = whyNotDealt(operator, whole, input, context);
  if (reason != "") return Legalization.onCpu(reason);
  const rows = new Phases(entry(steps, 0), entry(edges, 0), whole.fromLast(3));
  const columns = new Phases(entry(steps, 1), entry(edges, 2), whole.fromLast(2));
  const channels = whole.fromLast(1);
  const images = whole.shape[0];
  const row = input.fromLast(2) * channels;
  const size = input.fromLast(3) * row;
  const line = whole.fromLast(2) * channels;
  const moves: Move[] = [];
  for (let y = 0; y < rows.step; y++) {
    for (let x = 0; x < columns.step; x++) {
      if (rows.count(y) <= 0 || columns.count(x) <= 0) continue;
      const phase = (y * columns.step + x) * images * size;
      const start = phase + rows.first(y) * row + columns.first(x) * channels;
      const end = rows.pixel(y) * line + columns.pixel(x) * channels;
      moves.push(
        new Move(0, 0, start, end)
          .along(images, size, whole.fromLast(3) * line)
          .along(rows.count(y), row, rows.step * line)
          .along(columns.count(x), channels, columns.step * channels)
          .along(channels, 1, 1),
      );
    }
  }
  return legalizeMoves([input], [whole], moves, context);
}

/** More phases take more time in jobs than on the CPU. */
const MOST_STEPS = 8;

function whyNotDealt(operator: Operator, whole: Tensor, dealt: Tensor, context: Context): string {
  const operation = operationOf(operator, context.graph);
  if (!isCovered(operation)) return `it is not ${operation.expected}, but ${operation.found}`;
  if (whole.shape.length != 4) return "it is not over images";
  const steps = context.graph.tensors[operator.inputs[1]];
  const edges = context.graph.tensors[operator.inputs[2]];
  if (steps.data.bytes != 8 || edges.data.bytes != 16) return "its steps are not constant int32";
  if (max(entry(steps, 0), entry(steps, 1)) > MOST_STEPS)
    return `it deals pixels to more than ${MOST_STEPS} images a row`;
  return whyNotMoved([whole], [dealt]);
}

/** The image with rows and columns of zeros around it; itself if there are none. */
function padded(whole: Tensor, edges: Tensor, sequence: PlanSequence, context: Context): Tensor {
  const rows = entry(edges, 0) + entry(edges, 1);
  const columns = entry(edges, 2) + entry(edges, 3);
  if (rows + columns == 0) return whole;
  const shape = [1, whole.fromLast(3) + rows, whole.fromLast(2) + columns, whole.fromLast(1)];
  const image = sequence.between(shape, whole);
  const plan = new PaddingPlan(whole, image, zeroByte(whole));
  for (let i = 0; i < 2; i++) {
    plan.before[i] = entry(edges, 2 * i);
    plan.after[i] = entry(edges, 2 * i + 1);
  }
  const broken = whyNoImage(whole, "input");
  const wrong = broken == "" ? whyNoImage(image, "padded input") : broken;
  const reason = wrong == "" ? whyNotSurrounded(image) : wrong;
  sequence.add(
    reason == ""
      ? Legalization.onNpu(plan, context.capped(Mark.EXPECTED))
      : Legalization.onCpu(reason),
  );
  return image;
}

/** Rows or columns of the whole image, of which so many are left out before the first. */
class Phases {
  constructor(
    public step: i32,
    private cropped: i32,
    private extent: i32,
  ) {}

  /** The first pixel of a phase that is kept, and where it goes. */
  first(phase: i32): i32 {
    return (max(this.cropped - phase, 0) + this.step - 1) / this.step;
  }

  pixel(phase: i32): i32 {
    return this.first(phase) * this.step + phase - this.cropped;
  }

  count(phase: i32): i32 {
    return (this.extent - this.pixel(phase) + this.step - 1) / this.step;
  }
}

function entry(list: Tensor, index: i32): i32 {
  return load<i32>(list.data.pointer + ((index as usize) << 2));
}
