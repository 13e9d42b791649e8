import { Buffer, BufferSlice, Purpose, TpJob } from "./jobs";

/**
 * Planar image → planar image with a plane for each pixel of a block: with u = y + padY and
 * v = x + padX, blocks of 2×2, and four planes for each channel,
 *
 *     input (c, y, x)  →  output (4c + 2·(u mod 2) + (v mod 2), ⌊u/2⌋, ⌊v/2⌋)
 *
 * and the zero point everywhere else. Blocks may be of any size, a single pixel included, and
 * padding may be negative: it leaves out pixels. The work is split over TP cores along one
 * dimension.
 */
export class SpaceToDepth {
  inputX: i32 = 0;
  inputY: i32 = 0;
  channels: i32 = 0;
  outputX: i32 = 0;
  outputY: i32 = 0;
  blockX: i32 = 0;
  blockY: i32 = 0;
  /** What each channel has in the output: a block's planes, or more. */
  planesX: i32 = 0;
  planesY: i32 = 0;
  padX: i32 = 0;
  padY: i32 = 0;
  /** Bytes from row to row: those of the images, but for a fault that compat has. */
  rowPitch: i32 = 0;
  outputRowPitch: i32 = 0;
  zero: i32 = 0;

  get outputPlane(): i32 {
    return this.outputX * this.outputY;
  }

  get outputBytes(): u32 {
    return this.planesX * this.planesY * this.outputPlane * this.channels;
  }

  /** A job for each of `cores` TP cores; some are empty if an axis is shorter. */
  split(axis: SplitAxis, cores: i32, input: BufferSlice, output: BufferSlice): TpJob[] {
    const size = this.outputSize(axis);
    const jobs: TpJob[] = [];
    let first = 0;
    for (let core = 0; core < cores; core++) {
      const count = (size - first + cores - core - 1) / (cores - core);
      const job = this.part(axis, first, count, input);
      job.output = output.plus(first * this.outputPitch(axis));
      job.core = core;
      job.cores = cores;
      jobs.push(job);
      first += count;
    }
    return jobs;
  }

  /** The open driver's axis: rows pay the least, then columns; channels where there are enough. */
  get longestAxis(): SplitAxis {
    const axis = this.outputY >= this.outputX ? SplitAxis.Y : SplitAxis.X;
    return this.channels >= this.outputSize(axis) ? SplitAxis.CHANNELS : axis;
  }

  /** The vendor's axis: channels if they are as many for each core, else columns; never rows. */
  evenAxis(cores: i32): SplitAxis {
    const isEven = this.channels >= FEWEST_SPLIT && this.channels % cores == 0;
    return isEven ? SplitAxis.CHANNELS : SplitAxis.X;
  }

  /** Output pixels or channels `first` to `first + count` along an axis, all along the others. */
  private part(axis: SplitAxis, first: i32, count: i32, input: BufferSlice): TpJob {
    const whole = this.outputSize(axis);
    const x = new SplitSpan(this.inputX, this.outputX, this.padX, this.blockX);
    const y = new SplitSpan(this.inputY, this.outputY, this.padY, this.blockY);
    const z = new SplitSpan(this.channels, this.channels, 0, 1);
    const cut = axis == SplitAxis.X ? x : axis == SplitAxis.Y ? y : z;
    cut.keep(first, count, first + count == whole);
    const offset = x.begin + y.begin * this.rowPitch + z.begin * this.inputX * this.inputY;
    const job = new TpJob(Purpose.SPACE_TO_DEPTH, input.plus(offset), NOWHERE);
    job.sizeX = x.size;
    job.sizeY = y.size;
    job.sizeZ = z.size;
    job.rowPitch = this.rowPitch;
    job.planePitch = this.inputX * this.inputY;
    job.tileX = x.tile;
    job.tileY = y.tile;
    job.windowX0 = x.window;
    job.windowY0 = y.window;
    job.windowX1 = x.window + x.tile - 1;
    job.windowY1 = y.window + y.tile - 1;
    job.reset1 = true;
    job.reset3 = true;
    job.zero = this.zero;
    job.outputZero = this.zero;
    job.inputBytes = job.sizeX * job.sizeY * job.sizeZ;
    job.outputBytes = x.tile * y.tile * job.sizeZ;
    job.increments[6] = this.outputPitch(SplitAxis.CHANNELS);
    return job
      .loop(0, this.outputPlane, this.blockX)
      .loop(1, 1, x.outputs)
      .loop(2, this.planesX * this.outputPlane, this.blockY)
      .loop(3, this.outputX, y.outputs);
  }

  outputSize(axis: SplitAxis): i32 {
    return axis == SplitAxis.X ? this.outputX : axis == SplitAxis.Y ? this.outputY : this.channels;
  }

  private outputPitch(axis: SplitAxis): i32 {
    if (axis == SplitAxis.X) return 1;
    return axis == SplitAxis.Y
      ? this.outputRowPitch
      : this.planesX * this.planesY * this.outputPlane;
  }
}

/** What one job reads along an axis. */
class SplitSpan {
  /** The first of the input's pixels that it sees, and how many. */
  begin: i32 = 0;
  size: i32 = 0;
  /** Where its window begins, counted from there: before it if there is padding. */
  window: i32 = 0;

  constructor(
    private input: i32,
    public outputs: i32,
    private padding: i32,
    private block: i32,
  ) {
    this.keep(0, outputs, true);
  }

  /** Blocks `first` to `first + count` only. */
  keep(first: i32, count: i32, isLast: bool): void {
    const from = first * this.block - this.padding;
    const end = isLast ? this.input : min(from + count * this.block, this.input);
    this.outputs = count;
    this.begin = max(min(from, this.input), 0);
    this.size = max(end - this.begin, 0);
    this.window = min(from - this.begin, 0);
  }

  get tile(): i32 {
    return this.outputs * this.block;
  }
}

/** Channels that the vendor splits. */
const FEWEST_SPLIT = 4;

export enum SplitAxis {
  X,
  Y,
  CHANNELS,
}

const NOWHERE = new BufferSlice(new Buffer(-1, 0));
