import { BufferSlice, Purpose, TpJob } from "./jobs";

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

  private get inputPlane(): i32 {
    return this.inputX * this.inputY;
  }

  get outputPlane(): i32 {
    return this.outputX * this.outputY;
  }

  get outputBytes(): u32 {
    return this.channelPitch * this.channels;
  }

  /** A job for each of `cores` TP cores; some are empty if an axis is shorter. */
  split(axis: SplitAxis, cores: i32, input: BufferSlice, output: BufferSlice): TpJob[] {
    return this.share(this.whole, axis, cores, input, output);
  }

  /**
   * The same for images of more than `longest` pixels on a side: the cores share one region of the
   * output after the other, so that no job covers much more than so many columns and rows.
   */
  splitWithin(
    longest: i32,
    axis: SplitAxis,
    cores: i32,
    input: BufferSlice,
    output: BufferSlice,
  ): TpJob[] {
    const columns = axis == SplitAxis.X ? longest * cores : longest;
    const strips = this.whole.cut(SplitAxis.Y, partsOf(this.inputY, longest));
    const jobs: TpJob[] = [];
    for (let i = 0; i < strips.length; i++) {
      const regions = strips[i].cut(SplitAxis.X, partsOf(this.inputX, columns));
      for (let j = 0; j < regions.length; j++) {
        const shares = this.share(regions[j], axis, cores, input, output);
        for (let core = 0; core < shares.length; core++) jobs.push(shares[core]);
      }
    }
    return jobs;
  }

  private share(
    region: Region,
    axis: SplitAxis,
    cores: i32,
    input: BufferSlice,
    output: BufferSlice,
  ): TpJob[] {
    const parts = region.cut(axis, cores);
    const jobs: TpJob[] = [];
    for (let core = 0; core < cores; core++) {
      const job = this.part(parts[core], input, output);
      job.core = core;
      job.cores = cores;
      jobs.push(job);
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

  private part(region: Region, input: BufferSlice, output: BufferSlice): TpJob {
    const columns = region.along(SplitAxis.X);
    const rows = region.along(SplitAxis.Y);
    const channels = region.along(SplitAxis.CHANNELS);
    const x = new SplitSpan(columns, this.outputX, this.inputX, this.padX, this.blockX);
    const y = new SplitSpan(rows, this.outputY, this.inputY, this.padY, this.blockY);
    const z = new SplitSpan(channels, this.channels, this.channels, 0, 1);
    const from = input.plus(x.begin + y.begin * this.rowPitch + z.begin * this.inputPlane);
    const to =
      columns.first + rows.first * this.outputRowPitch + channels.first * this.channelPitch;
    const job = new TpJob(Purpose.SPACE_TO_DEPTH, from, output.plus(to));
    job.sizeX = x.size;
    job.sizeY = y.size;
    job.sizeZ = z.size;
    job.rowPitch = this.rowPitch;
    job.planePitch = this.inputPlane;
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
    job.increments[6] = this.channelPitch;
    return job
      .loop(0, this.outputPlane, this.blockX)
      .loop(1, 1, x.outputs)
      .loop(2, this.planesX * this.outputPlane, this.blockY)
      .loop(3, this.outputX, y.outputs);
  }

  outputSize(axis: SplitAxis): i32 {
    return axis == SplitAxis.X ? this.outputX : axis == SplitAxis.Y ? this.outputY : this.channels;
  }

  /** Every output pixel of every channel. */
  private get whole(): Region {
    return new Region([
      new Span(0, this.outputX),
      new Span(0, this.outputY),
      new Span(0, this.channels),
    ]);
  }

  /** Bytes from a channel's planes in the output to the next one's. */
  private get channelPitch(): i32 {
    return this.planesX * this.planesY * this.outputPlane;
  }
}

/** Output pixels or channels `first` to `first + count` along an axis. */
class Span {
  constructor(
    public first: i32,
    public count: i32,
  ) {}
}

/** A part of the output: what it covers along each SplitAxis. */
class Region {
  constructor(private spans: Span[]) {}

  along(axis: SplitAxis): Span {
    return this.spans[axis];
  }

  /** So many parts along an axis, as even as may be; some are empty if it is shorter. */
  cut(axis: SplitAxis, parts: i32): Region[] {
    const all = this.spans[axis];
    const regions: Region[] = [];
    let done = 0;
    for (let left = parts; left > 0; left--) {
      const spans = this.spans.slice();
      spans[axis] = new Span(all.first + done, (all.count - done + left - 1) / left);
      regions.push(new Region(spans));
      done += spans[axis].count;
    }
    return regions;
  }
}

/** What one job reads along an axis. */
class SplitSpan {
  /** The first of the input's pixels that it sees, and how many. */
  begin: i32;
  size: i32;
  /** Where its window begins, counted from there: before it if there is padding. */
  window: i32;
  outputs: i32;

  constructor(
    span: Span,
    allOutputs: i32,
    input: i32,
    padding: i32,
    private block: i32,
  ) {
    const from = span.first * block - padding;
    const isLast = span.first + span.count == allOutputs;
    const end = isLast ? input : min(from + span.count * block, input);
    this.outputs = span.count;
    this.begin = max(min(from, input), 0);
    this.size = max(end - this.begin, 0);
    this.window = min(from - this.begin, 0);
  }

  get tile(): i32 {
    return this.outputs * this.block;
  }
}

/** How many parts of a side are no longer than that. */
function partsOf(side: i32, longest: i32): i32 {
  return (side + longest - 1) / longest;
}

/** Channels that the vendor splits. */
const FEWEST_SPLIT = 4;

export enum SplitAxis {
  X,
  Y,
  CHANNELS,
}
