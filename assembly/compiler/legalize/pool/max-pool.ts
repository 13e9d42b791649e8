import { Core } from "../../../targets/cores";
import { Padding } from "../../../tflite/schema";
import { generationOf } from "../../generations/generations";
import { Operator, Options, Tensor } from "../../graph";
import { Legalization } from "../../plan/legalization";
import {
  LARGEST_TENSOR,
  LONGEST_SIDE,
  LONGEST_WINDOW,
  MOST_CHANNELS,
  WIDEST_PITCH,
} from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { MaxPoolPlan } from "../../plan/max-pool";
import { SlicePlan } from "../../plan/plan";
import { copyWindows, PoolChainPlan, poolSteps, Windows } from "../../plan/pool-chain";
import { isRectified, whyNotFused, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeSlicing, whyNotRearranged } from "../layout/slice";
import { addSteps, finish } from "./maxima";
import { greatestOf } from "./reductions";

/**
 * MAX_POOL_2D as a chain of TP jobs (plan/pool-chain.ts), otherwise by differences and sums. For these,
 * all channels, or a group of them, lie below each other as the rows of one plane, each with its
 * padding, so that kernels are few and small. Padding holds byte 0, which never wins.
 */

/** Convolutions that a pool may take; the CPU is no slower then. */
const MOST_JOBS = 64;

export function legalizeMaxPool(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const options = operator.options;
  const reason = whyNotRearranged(input, output);
  if (reason != "") return Legalization.onCpu(reason);
  if (input.fromLast(1) != output.fromLast(1))
    return Legalization.onCpu("its output has other channels than its input");
  const unfused = whyNotFused(options.activation, output);
  if (unfused != "") return Legalization.onCpu(unfused);
  const plan = new MaxPoolPlan(input, output);
  if (!measure(plan, options))
    return Legalization.onCpu("its output does not follow from its input");
  const cuts = isRectified(options.activation) && zeroByte(output) > 0;
  if (options.filterHeight * options.filterWidth == 1)
    return cuts
      ? Legalization.onCpu("its windows are single pixels, and its activation cuts them")
      : keepEvery(options, input, output, context);
  if (!cuts && isOverPlane(options, input, output)) return greatestOf(input, output, context);
  const chain = chainFor(plan, options);
  if (chain != null) return Legalization.onNpu(chain, context.capped(markOf(chain, context.core)));
  const unfit = whyNotPlanes(plan);
  if (unfit != "") return Legalization.onCpu(unfit);
  addSteps(plan, options.filterHeight, options.filterWidth);
  if (plan.groups * plan.convolutions > MOST_JOBS)
    return Legalization.onCpu(`it would take more than ${MOST_JOBS} jobs`);
  finish(plan, isRectified(options.activation));
  return Legalization.onNpu(plan, context.capped(Mark.EXPECTED));
}

/** Windows of one pixel leave out those between them. */
function keepEvery(
  options: Options,
  input: Tensor,
  output: Tensor,
  context: Context,
): Legalization {
  const plan = new SlicePlan(input, output);
  plan.steps[0] = options.strideHeight;
  plan.steps[1] = options.strideWidth;
  return legalizeSlicing(plan, context);
}

/** A window that is not square and holds all pixels; square ones take as few jobs as any. */
function isOverPlane(options: Options, input: Tensor, output: Tensor): bool {
  const isWhole =
    options.filterHeight == input.fromLast(3) && options.filterWidth == input.fromLast(2);
  const isSquare = options.filterHeight == options.filterWidth;
  const longest = max(input.fromLast(2), input.fromLast(3));
  const fits = longest < LONGEST_WINDOW && input.fromLast(1) <= MOST_CHANNELS;
  return isWhole && !isSquare && fits && output.elements == (input.fromLast(1) as u32);
}

/** More maxima over 2×2 pixels take longer than differences and sums, whose windows double. */
const LONGEST_CHAIN = 16;

/** Maxima by the TP unit; null if windows are not square, or the unit cannot do it for another reason. */
function chainFor(plan: MaxPoolPlan, options: Options): PoolChainPlan | null {
  const cuts = isRectified(options.activation) && zeroByte(plan.output) > 0;
  const size = options.filterHeight;
  if (cuts || size != options.filterWidth) return null;
  const longest = max(plan.input.fromLast(2), plan.input.fromLast(3));
  if (longest >= LONGEST_WINDOW || plan.input.fromLast(1) > MOST_CHANNELS) return null;
  if (plan.input.elements > LARGEST_TENSOR) return null;
  const rows = windowsOf(plan.top, size, options.strideHeight, 3, plan);
  const columns = windowsOf(plan.left, size, options.strideWidth, 2, plan);
  const chain = new PoolChainPlan(plan.input, plan.output, copyWindows(rows), copyWindows(columns));
  if (poolSteps(rows, columns).length > LONGEST_CHAIN) return null;
  return columns.stride * plan.input.fromLast(1) > WIDEST_PITCH ? null : chain;
}

function windowsOf(
  padding: i32,
  size: i32,
  stride: i32,
  dimension: i32,
  plan: MaxPoolPlan,
): Windows {
  const input = plan.input.fromLast(dimension);
  return new Windows(size, stride, padding, input, plan.output.fromLast(dimension));
}

/** The vendor has single jobs over blocks of images with even sides. */
function markOf(chain: PoolChainPlan, core: Core): Mark {
  const isVendors =
    generationOf(core).hasVendorTp && isHalved(chain.rows) && isHalved(chain.columns);
  return isVendors ? Mark.PROVEN : Mark.EXPECTED;
}

function isHalved(windows: Windows): bool {
  return windows.size == 2 && windows.stride == 2 && windows.input == 2 * windows.output;
}

/** False where the output's size is not what the options make of the input's. */
function measure(plan: MaxPoolPlan, options: Options): bool {
  const isSame = options.padding == Padding.SAME;
  const halvesSize = ((options.strideHeight | options.strideWidth) & 1) == 0;
  const rows = new Side(plan.input.fromLast(3), plan.output.fromLast(3), isSame);
  const columns = new Side(plan.input.fromLast(2), plan.output.fromLast(2), isSame);
  rows.measure(options.filterHeight, options.strideHeight, halvesSize);
  columns.measure(options.filterWidth, options.strideWidth, halvesSize);
  plan.top = rows.before;
  plan.left = columns.before;
  plan.rows = rows.padded;
  plan.columns = columns.padded;
  plan.halvesSize = halvesSize;
  plan.rowStep = halvesSize ? options.strideHeight >> 1 : options.strideHeight;
  plan.columnStep = halvesSize ? options.strideWidth >> 1 : options.strideWidth;
  if (!rows.isSound || !columns.isSound) return false;
  plan.groups = groupsOf(plan);
  return true;
}

/** Rows or columns of the pool: the pixels that its windows cover, those outside included. */
class Side {
  before: i32 = 0;
  padded: i32 = 0;
  isSound: bool = false;

  constructor(
    private input: i32,
    private output: i32,
    private isSame: bool,
  ) {}

  measure(window: i32, stride: i32, halvesSize: bool): void {
    const covered = this.isSame ? this.input : this.input - window + 1;
    this.isSound = covered > 0 && this.output == (covered - 1) / stride + 1;
    this.padded = (this.output - 1) * stride + window;
    if (this.isSame) this.before = max(this.padded - this.input, 0) >> 1;
    if (halvesSize) this.padded = (this.padded + 1) & ~1;
  }
}

/** As few equal groups of channels as leave no plane too high; 0 if none do. */
function groupsOf(plan: MaxPoolPlan): i32 {
  const channels = plan.input.fromLast(1);
  const most = HIGHEST / plan.rows;
  if (most == 0) return 0;
  let groups = (channels + most - 1) / most;
  while (channels % groups != 0) groups++;
  return groups;
}

/** That a step works on. */
const MOST_PLANES = 3;

/** Leaves room for the taps at the borders. */
const HIGHEST = LONGEST_SIDE - 8;

function whyNotPlanes(plan: MaxPoolPlan): string {
  if (plan.groups == 0 || plan.columns > HIGHEST)
    return `its image exceeds ${HIGHEST} pixels on a side`;
  const bytes = (plan.planeBytes as u64) * MOST_PLANES;
  if (bytes > (LARGEST_TENSOR as u64)) return `an image of it exceeds ${LARGEST_TENSOR} bytes`;
  if (plan.columnStep * plan.groupChannels > WIDEST_PITCH)
    return `the pixels that it keeps are more than ${WIDEST_PITCH} bytes apart`;
  return "";
}
