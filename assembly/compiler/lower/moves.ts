import { Patch } from "../partition/plans";
import { Access, MoveJob, Purpose } from "./jobs";

/** An image of `rows` × `columns` pixels with `channels` each. */
export class Image {
  constructor(
    public rows: i32,
    public columns: i32,
    public channels: i32,
    /** The byte that stands for zero. */
    public zero: i32,
  ) {}

  get bytes(): u32 {
    return this.rows * this.columns * this.channels;
  }
}

/** Interleaved (NHWC) to planar: reads down the columns of a row, channel by channel. */
export function transpose(image: Image, input: Access, output: Access): MoveJob {
  const job = wholeImage(Purpose.TRANSPOSE, image, input, output);
  readAll(job, image.channels, image.columns, image.rows);
  job.tileY = image.columns;
  return job
    .loop(0, 1, image.columns)
    .loop(1, image.rows * image.columns, image.channels)
    .loop(2, image.columns, image.rows);
}

/** Planar to interleaved: reads straight on, writes pixel by pixel. */
export function detranspose(image: Image, input: Access, output: Access): MoveJob {
  const job = wholeImage(Purpose.DETRANSPOSE, image, input, output);
  readAll(job, image.rows, image.columns * image.channels, 1);
  return job
    .loop(0, image.channels, image.columns)
    .loop(2, image.columns * image.channels, image.rows)
    .loop(3, 1, image.channels)
    .loop(4, image.bytes, 1);
}

/** The same bytes elsewhere: a transposition of images with one channel each. */
export function copy(image: Image, input: Access, output: Access): MoveJob[] {
  const jobs: MoveJob[] = [];
  const plane = image.rows * image.columns;
  const most = max(MOST_ROWS / image.rows, 1);
  for (let channel = 0; channel < image.channels; channel += most) {
    const channels = min(most, image.channels - channel);
    const part = new Image(image.rows * channels, image.columns, 1, image.zero);
    const offset = channel * plane;
    const job = transpose(part, input.plus(offset), output.plus(offset));
    job.purpose = Purpose.COPY;
    jobs.push(job);
  }
  return jobs;
}

/** Some rows and columns of a planar image, to the same place of another. */
export function copyPatch(image: Image, patch: Patch, input: Access, output: Access): MoveJob {
  const plane = image.rows * image.columns;
  const first = patch.firstRow * image.columns + patch.firstColumn;
  const part = new Image(patch.rows, patch.columns, image.channels, image.zero);
  const job = wholeImage(Purpose.COPY, part, input.plus(first), output.plus(first));
  readAll(job, patch.columns, patch.rows, image.channels);
  job.rowPitch = image.columns;
  job.planePitch = plane;
  job.tileX = patch.columns;
  job.tileY = patch.rows;
  job.increments[6] = plane;
  return job.loop(1, 1, patch.columns).loop(2, image.columns, patch.rows);
}

/** What a loop counts. */
const MOST_ROWS = 65535;

function wholeImage(purpose: Purpose, image: Image, input: Access, output: Access): MoveJob {
  const job = new MoveJob(purpose, input, output);
  job.inputBytes = image.bytes;
  job.outputBytes = image.bytes;
  job.zero = image.zero;
  job.outputZero = image.zero;
  return job;
}

/** Reads x × y × z bytes that lie one behind the other. */
function readAll(job: MoveJob, x: i32, y: i32, z: i32): void {
  job.sizeX = x;
  job.sizeY = y;
  job.sizeZ = z;
  job.rowPitch = x;
  job.planePitch = x * y;
  job.windowX1 = x - 1;
  job.windowY1 = y - 1;
}
