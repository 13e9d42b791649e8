import { columnsToPlanar } from "../plan/layout";
import { LONGEST_WINDOW, MOST_PLANES } from "../plan/limits";
import { Patch } from "../plan/plan";
import { BufferSlice, Purpose, TpJob } from "./jobs";

/** An image of `rows` × `columns` pixels with `channels` each. */
export class ImageShape {
  constructor(
    public rows: i32,
    public columns: i32,
    public channels: i32,
    /** The byte that stands for zero. */
    public zero: i32,
  ) {}

  get bytes(): u32 {
    return this.plane * this.channels;
  }

  get plane(): i32 {
    return this.rows * this.columns;
  }

  withChannels(channels: i32): ImageShape {
    return new ImageShape(this.rows, this.columns, channels, this.zero);
  }

  /** The same pixels in rows of another length. */
  folded(columns: i32): ImageShape {
    return new ImageShape(this.plane / columns, columns, this.channels, this.zero);
  }
}

/**
 * Interleaved (NHWC) to planar: reads down the columns of a row, channel by channel.
 *
 * Where an image does not fit one job's window, this and the others below take some of its channels
 * at a time, each time in the same way.
 */
export function transpose(image: ImageShape, input: BufferSlice, output: BufferSlice): TpJob[] {
  return copyStrided(image, image.channels, image.columns * image.channels, input, output);
}

/** The same for part of an image, whose pixels and rows lie so many bytes apart. */
export function copyStrided(
  part: ImageShape,
  pixelPitch: i32,
  rowPitch: i32,
  input: BufferSlice,
  output: BufferSlice,
): TpJob[] {
  const jobs: TpJob[] = [];
  const atOnce = share(part.channels, LONGEST_WINDOW);
  for (let first = 0; first < part.channels; first += atOnce) {
    const some = part.withChannels(min(atOnce, part.channels - first));
    const to = output.plus(first * part.plane);
    jobs.push(transposeAtOnce(some, pixelPitch, rowPitch, input.plus(first), to));
  }
  return jobs;
}

export function transposeAtOnce(
  image: ImageShape,
  pixelPitch: i32,
  rowPitch: i32,
  input: BufferSlice,
  output: BufferSlice,
): TpJob {
  const job = wholeImage(Purpose.TRANSPOSE, image, input, output);
  readAll(job, image.channels, image.columns, image.rows);
  job.rowPitch = pixelPitch;
  job.planePitch = rowPitch;
  job.tileY = image.columns;
  return job
    .loop(0, 1, image.columns)
    .loop(1, image.plane, image.channels)
    .loop(2, image.columns, image.rows);
}

/** Bytes from pixel to pixel, row to row and channel to channel. */
export class Pitches {
  constructor(
    public pixel: i32,
    public row: i32,
    public channel: i32,
  ) {}

  static interleaved(image: ImageShape): Pitches {
    return new Pitches(image.channels, image.columns * image.channels, 1);
  }
}

/** Planar to interleaved, or to other pitches: reads straight on, writes pixel by pixel. */
export function detranspose(
  image: ImageShape,
  pitches: Pitches,
  input: BufferSlice,
  output: BufferSlice,
): TpJob[] {
  const jobs: TpJob[] = [];
  const atOnce = share(image.channels, LONGEST_WINDOW / image.columns);
  for (let first = 0; first < image.channels; first += atOnce) {
    const some = image.withChannels(min(atOnce, image.channels - first));
    const to = output.plus(first * pitches.channel);
    jobs.push(detransposeAtOnce(some, pitches, input.plus(first * image.plane), to));
  }
  return jobs;
}

export function detransposeAtOnce(
  image: ImageShape,
  pitches: Pitches,
  input: BufferSlice,
  output: BufferSlice,
): TpJob {
  const job = wholeImage(Purpose.DETRANSPOSE, image, input, output);
  readAll(job, image.rows, image.columns * image.channels, 1);
  return job
    .loop(0, pitches.pixel, image.columns)
    .loop(2, pitches.row, image.rows)
    .loop(3, pitches.channel, image.channels)
    .loop(4, image.bytes, 1);
}

/** As equal parts as come to no more than `most` each. */
function share(whole: i32, most: i32): i32 {
  const parts = (whole + most - 1) / most;
  return (whole + parts - 1) / parts;
}

/** The same bytes elsewhere: transpositions of images with one channel each. */
export function copy(image: ImageShape, input: BufferSlice, output: BufferSlice): TpJob[] {
  const columns = columnsToPlanar(image.plane, image.columns, image.channels);
  if (columns == 0) return copyLines(image, input, output);
  const rows = image.plane / columns;
  const jobs: TpJob[] = [];
  const most = MOST_PLANES / rows;
  for (let channel = 0; channel < image.channels; channel += most) {
    const channels = min(most, image.channels - channel);
    const part = new ImageShape(rows * channels, columns, 1, image.zero);
    const offset = channel * image.plane;
    jobs.push(copyAtOnce(part, input.plus(offset), output.plus(offset)));
  }
  return jobs;
}

/** In lines as long as a window may be, and the remainder. */
function copyLines(image: ImageShape, input: BufferSlice, output: BufferSlice): TpJob[] {
  const lines = (image.bytes as i32) / LONGEST_WINDOW;
  const done = lines * LONGEST_WINDOW;
  const rest = (image.bytes as i32) - done;
  const jobs: TpJob[] = [];
  if (lines > 0)
    jobs.push(copyAtOnce(new ImageShape(lines, LONGEST_WINDOW, 1, image.zero), input, output));
  if (rest > 0)
    jobs.push(
      copyAtOnce(new ImageShape(1, rest, 1, image.zero), input.plus(done), output.plus(done)),
    );
  return jobs;
}

function copyAtOnce(image: ImageShape, input: BufferSlice, output: BufferSlice): TpJob {
  const job = transposeAtOnce(image, 1, image.columns, input, output);
  job.purpose = Purpose.COPY;
  return job;
}

/** Some rows and columns of a planar image, to the same position in another. */
export function copyPatch(
  image: ImageShape,
  patch: Patch,
  input: BufferSlice,
  output: BufferSlice,
): TpJob {
  const first = patch.firstRow * image.columns + patch.firstColumn;
  const part = new ImageShape(patch.rows, patch.columns, image.channels, image.zero);
  const job = wholeImage(Purpose.COPY, part, input.plus(first), output.plus(first));
  readAll(job, patch.columns, patch.rows, image.channels);
  job.rowPitch = image.columns;
  job.planePitch = image.plane;
  job.tileX = patch.columns;
  job.tileY = patch.rows;
  job.increments[6] = image.plane;
  return job.loop(1, 1, patch.columns).loop(2, image.columns, patch.rows);
}

function wholeImage(
  purpose: Purpose,
  image: ImageShape,
  input: BufferSlice,
  output: BufferSlice,
): TpJob {
  const job = new TpJob(purpose, input, output);
  job.inputBytes = image.bytes;
  job.outputBytes = image.bytes;
  job.zero = image.zero;
  job.outputZero = image.zero;
  return job;
}

/** Reads x × y × z bytes that lie one after the other. */
function readAll(job: TpJob, x: i32, y: i32, z: i32): void {
  job.sizeX = x;
  job.sizeY = y;
  job.sizeZ = z;
  job.rowPitch = x;
  job.planePitch = x * y;
  job.windowX1 = x - 1;
  job.windowY1 = y - 1;
}
