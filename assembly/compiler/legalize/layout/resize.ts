import { nearestPositions } from "../../../tflite/resize-positions";
import { Operator, Tensor } from "../../graph";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { RepetitionPlan, SlicePlan } from "../../plan/plan";
import { Context } from "../context";
import { legalizeFill } from "../pool/planes";
import { legalizeInterpolation } from "./bilinear";
import { legalizeSlicing, whyNotRearranged } from "./slice";

/** Each of them is a job that reads the whole image. */
const MOST_REPETITIONS = 64;

/**
 * RESIZE_NEAREST_NEIGHBOR where it repeats every pixel equally often, or keeps every so many.
 * That is looked up in TFLite's own positions, so that it holds for any way to align them.
 */
export function legalizeNearest(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const reason = whyNotResized(input, output);
  if (reason != "") return Legalization.onCpu(reason);
  if (isPixel(input)) return legalizeFill(input, output, context);
  const rows = positions(operator, input.fromLast(3), output.fromLast(3));
  const columns = positions(operator, input.fromLast(2), output.fromLast(2));
  if (repeats(rows, input.fromLast(3)) && repeats(columns, input.fromLast(2)))
    return legalizeRepetition(input, output, context);
  if (!isEven(rows) || !isEven(columns))
    return Legalization.onCpu(
      "it neither repeats all pixels equally often nor keeps every so many",
    );
  const plan = new SlicePlan(input, output);
  plan.begins[0] = rows[0];
  plan.begins[1] = columns[0];
  plan.steps[0] = step(rows);
  plan.steps[1] = step(columns);
  return legalizeSlicing(plan, context);
}

/** RESIZE_BILINEAR. Between a single pixel and its like there is nothing to interpolate. */
export function legalizeBilinear(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const reason = whyNotResized(input, output);
  if (reason != "") return Legalization.onCpu(reason);
  return isPixel(input)
    ? legalizeFill(input, output, context)
    : legalizeInterpolation(operator, input, output, context);
}

function whyNotResized(input: Tensor, output: Tensor): string {
  const reason = whyNotRearranged(input, output);
  if (reason != "") return reason;
  return input.fromLast(1) == output.fromLast(1)
    ? ""
    : "its output has other channels than its input";
}

function isPixel(image: Tensor): bool {
  return image.fromLast(3) == 1 && image.fromLast(2) == 1;
}

function legalizeRepetition(input: Tensor, output: Tensor, context: Context): Legalization {
  const rows = output.fromLast(3) / input.fromLast(3);
  const columns = output.fromLast(2) / input.fromLast(2);
  if (rows * columns > MOST_REPETITIONS)
    return Legalization.onCpu(
      `it repeats every pixel ${rows * columns} times; ${MOST_REPETITIONS} is the most`,
    );
  const plan = new RepetitionPlan(input, output, rows, columns);
  return Legalization.onNpu(plan, context.capped(Mark.EXPECTED));
}

function positions(operator: Operator, input: i32, output: i32): StaticArray<i32> {
  const options = operator.options;
  return nearestPositions(input, output, options.alignCorners, options.halfPixelCenters);
}

/** Whether 0, 0, …, 1, 1, … and so on, each of `inputs` positions equally often. */
function repeats(found: StaticArray<i32>, inputs: i32): bool {
  if (found.length % inputs != 0) return false;
  const times = found.length / inputs;
  for (let i = 0; i < found.length; i++) if (found[i] != i / times) return false;
  return true;
}

function step(found: StaticArray<i32>): i32 {
  return found.length > 1 ? found[1] - found[0] : 1;
}

/** Whether all neighbours are equally far apart. */
function isEven(found: StaticArray<i32>): bool {
  const distance = step(found);
  if (distance < 1) return false;
  for (let i = 1; i < found.length; i++) if (found[i] - found[i - 1] != distance) return false;
  return true;
}
