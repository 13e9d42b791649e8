import { Tensor } from "../graph";
import {
  copyWindows,
  PoolChainPlan,
  PoolSpan,
  PoolStep,
  poolSteps,
  Windows,
} from "../plan/pool-chain";
import { zeroByte } from "../plan/tensors";
import { Layout } from "./buffers";
import { LoweringContext } from "./context";
import { BufferSlice, Pooling, Purpose, TpJob } from "./jobs";
import { keepPixels } from "./keep-pixels";
import { ImageShape } from "./strided-copies";

/** The TP unit's tiles are so wide; a pair over two of them belongs to both. */
const TILE_X = 64;
/** Rows of tiles that overlap, and of those that do not: few where there are several side by side. */
const TILE_Y_SLIDING = 17;
const TILE_Y_NARROW = 32;
const TILE_Y_WIDE = 2;

export function lowerPoolChain(plan: PoolChainPlan, context: LoweringContext): void {
  const chain = new Chain(plan);
  chain.beginFrom(context.pools, plan);
  const steps = poolSteps(chain.rows, chain.columns);
  const isWhole = chain.rows.stride == 1 && chain.columns.stride == 1;
  const output = context.buffers.fill(plan.output, Layout.PLANAR);
  let from = context.require(chain.source, Layout.PLANAR);
  for (let i = 0; i < steps.length; i++) {
    const bytes = steps[i].rows.outputs * steps[i].columns.outputs * chain.channels;
    const isLast = isWhole && i == steps.length - 1;
    const to = isLast ? output : new BufferSlice(context.buffers.create(bytes));
    addStep(steps[i], chain, from, to, context);
    from = to;
  }
  if (!isWhole) keepStrided(chain, from, output, context);
  context.pools.push(plan);
}

/** What is to be pooled: the input, or what an earlier pool with smaller windows made of it. */
class Chain {
  channels: i32;
  zero: i32;
  source: Tensor;
  rows: Windows;
  columns: Windows;

  constructor(plan: PoolChainPlan) {
    this.channels = plan.input.fromLast(1);
    this.zero = zeroByte(plan.output);
    this.source = plan.input;
    this.rows = copyWindows(plan.rows);
    this.columns = copyWindows(plan.columns);
  }

  /** Begins from the earlier pool that leaves the least to do. */
  beginFrom(pools: PoolChainPlan[], plan: PoolChainPlan): void {
    for (let i = 0; i < pools.length; i++) {
      const done = pools[i];
      if (done.input != plan.input) continue;
      const rows = plan.rows.after(done.rows);
      const columns = plan.columns.after(done.columns);
      if (rows == null || columns == null || rows.size != columns.size) continue;
      if (rows.size == 1 || rows.size >= this.rows.size) continue;
      this.source = done.output;
      this.rows = rows;
      this.columns = columns;
    }
  }
}

/** Shared out over the TP cores by channels. */
function addStep(
  step: PoolStep,
  chain: Chain,
  from: BufferSlice,
  to: BufferSlice,
  context: LoweringContext,
): void {
  const inputPlane = step.rows.input * step.columns.input;
  const outputPlane = step.rows.outputs * step.columns.outputs;
  const most = context.core.tpCoresPerJob as i32;
  const cores = chain.channels < most ? 1 : most;
  let left = chain.channels;
  for (let core = 0; core < cores; core++) {
    const done = chain.channels - left;
    const mine = (left + cores - core - 1) / (cores - core);
    const job = poolJob(step, mine, from.plus(done * inputPlane), to.plus(done * outputPlane));
    job.zero = chain.zero;
    job.outputZero = chain.zero;
    job.core = core;
    job.cores = cores;
    context.add(job);
    left -= mine;
  }
}

function poolJob(step: PoolStep, channels: i32, from: BufferSlice, to: BufferSlice): TpJob {
  const job = new TpJob(Purpose.MAX_POOL, from, to);
  const scale = step.halves ? 2 : 1;
  const overlap = step.halves ? 0 : 1;
  const rows = step.rows;
  const columns = step.columns;
  job.pooling = step.halves ? Pooling.HALVING : Pooling.SLIDING;
  job.sizeX = columns.input;
  job.sizeY = rows.input;
  job.sizeZ = channels;
  job.rowPitch = columns.input;
  job.planePitch = rows.input * columns.input;
  job.windowX0 = -columns.before;
  job.windowY0 = -rows.before;
  job.windowX1 = job.windowX0 + columns.outputs * scale + overlap - 1;
  job.windowY1 = job.windowY0 + rows.outputs * scale + overlap - 1;
  job.tileX = step.halves ? TILE_X : slidingTile(columns.outputs, TILE_X);
  job.tileY = step.halves ? halvingRows(columns) : slidingTile(rows.outputs, TILE_Y_SLIDING);
  job.reset1 = true;
  job.reset2 = true;
  job.inputBytes = rows.input * columns.input * channels;
  job.outputBytes = rows.outputs * columns.outputs * channels;
  job.increments[6] = rows.outputs * columns.outputs;
  const across = job.stepX / scale;
  const down = job.stepY / scale;
  return job
    .loop(0, 0, 1)
    .loop(1, 1, 0)
    .loop(2, columns.outputs, 0)
    .loop(3, across, (columns.outputs + across - 1) / across)
    .loop(4, down * columns.outputs, (rows.outputs + down - 1) / down);
}

function halvingRows(columns: PoolSpan): i32 {
  return columns.input > TILE_X ? TILE_Y_WIDE : TILE_Y_NARROW;
}

/**
 * The vendor's tile, or a smaller one where its pixels would end where another tile begins: it is
 * not known what a tile of a single pixel gives.
 */
function slidingTile(outputs: i32, most: i32): i32 {
  let tile = most;
  while (outputs % (tile - 1) == 0) tile--;
  return tile;
}

/** Of strides that are left over, every so many of the greatest values are kept. */
function keepStrided(
  chain: Chain,
  from: BufferSlice,
  to: BufferSlice,
  context: LoweringContext,
): void {
  const rows = chain.rows;
  const columns = chain.columns;
  const whole = new ImageShape(rows.input, columns.input, chain.channels, chain.zero);
  const part = new ImageShape(rows.output, columns.output, chain.channels, chain.zero);
  keepPixels(whole, part, rows.stride, columns.stride, from, to, context);
}
