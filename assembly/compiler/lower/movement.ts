import { Tensor } from "../graph";
import { blocksOf, Move, MoveBlock } from "../plan/movement";
import { MovementPlan } from "../plan/plan";
import { zeroByte } from "../plan/tensors";
import { Layout } from "./buffers";
import { LoweringContext } from "./context";
import { BufferSlice, Purpose, TpJob } from "./jobs";

/**
 * Blocks of elements from one tensor to another, in whichever layout the one is and the other is
 * wanted. A RESHAPE on either side is no obstacle, since elements keep their order in it.
 */
export function lowerMovement(plan: MovementPlan, context: LoweringContext): void {
  for (let i = 0; i < plan.inputs.length; i++) {
    if (plan.inputs[i].isConstant) context.buffers.hold(plan.inputs[i]);
  }
  for (let i = 0; i < plan.outputs.length; i++) {
    const target = targetOf(plan.outputs[i], context);
    const layout = layoutFor(plan, i, target, context);
    const to = context.buffers.fill(target, layout);
    for (let j = 0; j < plan.moves.length; j++) {
      const move = plan.moves[j];
      if (move.output == i) lowerMove(move, plan, target, layout, to, context);
    }
  }
}

/** The last shape that an output takes before something reads it. */
function targetOf(output: Tensor, context: LoweringContext): Tensor {
  let target = output;
  let next = context.flow.shapedInto(target);
  while (next != null) {
    target = next;
    next = context.flow.shapedInto(target);
  }
  return target;
}

/** The first shape of an input that is there. */
function sourceOf(input: Tensor, context: LoweringContext): Tensor {
  let source = input;
  while (!context.buffers.isThere(source)) {
    const before = context.flow.shapedFrom(source);
    if (before == null) return source;
    source = before;
  }
  return source;
}

/** Planar if that is wanted and all its blocks can be written so. */
function layoutFor(
  plan: MovementPlan,
  output: i32,
  target: Tensor,
  context: LoweringContext,
): Layout {
  if (!plan.isForChannels && !context.flow.wantsPlanar(target)) return Layout.INTERLEAVED;
  for (let i = 0; i < plan.moves.length; i++) {
    const move = plan.moves[i];
    if (move.output != output) continue;
    const source = sourceOf(plan.inputs[move.input], context);
    if (bestFrom(move, source, target, Layout.PLANAR, context) == null) return Layout.INTERLEAVED;
  }
  return Layout.PLANAR;
}

/** Lowers a movement to jobs, in the layouts that its tensors have. */
class Route {
  constructor(
    public layout: Layout,
    public start: i32,
    public end: i32,
    public isRun: bool,
    public blocks: MoveBlock[],
  ) {}
}

/** The fewest jobs from a layout that the source is in; null where there are none. */
function bestFrom(
  move: Move,
  source: Tensor,
  target: Tensor,
  layout: Layout,
  context: LoweringContext,
): Route | null {
  let best: Route | null = null;
  for (let from = 0; from < 2; from++) {
    if (!context.buffers.isFilled(source, from)) continue;
    const route = routeOf(move, source, from, target, layout);
    if (route == null) continue;
    if (best == null || route.blocks.length < best.blocks.length) best = route;
  }
  return best;
}

const MOST_BLOCKS = 64;

function routeOf(
  move: Move,
  source: Tensor,
  from: Layout,
  target: Tensor,
  to: Layout,
): Route | null {
  const planarInput: Tensor | null = from == Layout.PLANAR ? source : null;
  const planarOutput: Tensor | null = to == Layout.PLANAR ? target : null;
  const arranged = move.arranged(planarInput, planarOutput);
  if (arranged == null) return null;
  const blocks = blocksOf(arranged, MOST_BLOCKS);
  if (blocks == null) return null;
  return new Route(from, arranged.start, arranged.end, arranged.isRun, blocks);
}

function lowerMove(
  move: Move,
  plan: MovementPlan,
  target: Tensor,
  layout: Layout,
  to: BufferSlice,
  context: LoweringContext,
): void {
  const source = sourceOf(plan.inputs[move.input], context);
  const best = bestFrom(move, source, target, layout, context);
  if (best != null) {
    follow(best, context.require(source, best.layout), to, zeroByte(source), context);
    return;
  }
  // As the model has it, every move was found to have blocks.
  const from = context.require(source, Layout.INTERLEAVED);
  const plain = routeOf(move, source, Layout.INTERLEAVED, target, layout);
  if (plain != null) follow(plain, from, to, zeroByte(source), context);
}

/** Nothing has to be done for a run of elements that lies where it belongs. */
function follow(
  route: Route,
  from: BufferSlice,
  to: BufferSlice,
  zero: i32,
  context: LoweringContext,
): void {
  if (route.isRun && from.plus(route.start).equals(to.plus(route.end))) return;
  for (let i = 0; i < route.blocks.length; i++) {
    context.add(blockJob(route.blocks[i], from, to, zero));
  }
}

/** Element by element, as detranspositions are: tiles of a single one, and all loops run on. */
function blockJob(block: MoveBlock, from: BufferSlice, to: BufferSlice, zero: i32): TpJob {
  const job = new TpJob(Purpose.COPY, from.plus(block.start), to.plus(block.end));
  job.sizeX = block.x;
  job.sizeY = block.y;
  job.sizeZ = block.z;
  job.rowPitch = block.rowPitch;
  job.planePitch = block.planePitch;
  job.windowX1 = block.x - 1;
  job.windowY1 = block.y - 1;
  job.zero = zero;
  job.outputZero = zero;
  job.inputBytes = block.elements;
  job.outputBytes = block.elements;
  for (let i = 0; i < block.loops.length; i++) {
    job.loop(i, block.loops[i].to, block.loops[i].count);
  }
  return job;
}
