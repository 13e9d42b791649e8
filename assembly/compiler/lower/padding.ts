import { PaddingPlan } from "../plan/plan";
import { Layout } from "./buffers";
import { imageOf, LoweringContext } from "./context";
import { BufferSlice, Purpose, TpJob } from "./jobs";
import { ImageShape } from "./strided-copies";

export function lowerPadding(plan: PaddingPlan, context: LoweringContext): void {
  const tensor = plan.input;
  const image = imageOf(tensor);
  // What lies outside the image comes out as the zero point, so the border is filled with it.
  image.zero = plan.border;
  const input = context.require(tensor, Layout.PLANAR);
  const output = context.buffers.fill(plan.output, Layout.PLANAR);
  const frame = new Frame(image, plan.before[0], plan.after[0], plan.before[1], plan.after[1]);
  const front = plan.before[2];
  frame.fill(front, input, output, context);
  frame.surround(input, output.plus(front * frame.outputPlane), context);
  const back = output.plus((front + image.channels) * frame.outputPlane);
  frame.fill(plan.after[2], input, back, context);
}

/** Planar image → planar image with a border of one value, shared out over the cores by channels. */
export class Frame {
  outputRows: i32;
  outputColumns: i32;

  constructor(
    private image: ImageShape,
    private top: i32,
    bottom: i32,
    private left: i32,
    right: i32,
  ) {
    this.outputRows = image.rows + top + bottom;
    this.outputColumns = image.columns + left + right;
  }

  get outputPlane(): i32 {
    return this.outputRows * this.outputColumns;
  }

  surround(input: BufferSlice, output: BufferSlice, context: LoweringContext): void {
    const cores = context.core.tpCoresPerJob as i32;
    const used = context.settings.compatMesa ? cores : min(cores, this.image.channels);
    let left = this.image.channels;
    for (let core = 0; core < used; core++) {
      const done = this.image.channels - left;
      const mine = (left + used - core - 1) / (used - core);
      const from = input.plus(done * this.image.rows * this.image.columns);
      const job = this.job(this.image.rows, mine, from, output.plus(done * this.outputPlane));
      job.core = core;
      job.cores = used;
      context.add(job);
      left -= mine;
    }
  }

  /** Whole channels of border: an image without rows, around which there is nothing else. */
  fill(channels: i32, input: BufferSlice, output: BufferSlice, context: LoweringContext): void {
    if (channels > 0) context.add(this.job(0, channels, input, output));
  }

  private job(rows: i32, channels: i32, input: BufferSlice, output: BufferSlice): TpJob {
    const columns = this.image.columns;
    const job = new TpJob(Purpose.PADDING, input, output);
    job.sizeX = columns;
    job.sizeY = rows;
    job.sizeZ = channels;
    job.rowPitch = columns;
    job.planePitch = columns * rows;
    job.windowX0 = -this.left;
    job.windowY0 = -this.top;
    job.windowX1 = this.outputColumns - this.left - 1;
    job.windowY1 = this.outputRows - this.top - 1;
    job.tileX = this.outputColumns;
    job.tileY = this.outputRows;
    job.zero = this.image.zero;
    job.outputZero = this.image.zero;
    job.increments[6] = this.outputPlane;
    job.inputBytes = columns * rows * channels;
    job.outputBytes = this.outputPlane * channels;
    return job
      .loop(0, 0, 1)
      .loop(1, 1, this.outputColumns)
      .loop(2, this.outputColumns, this.outputRows);
  }
}
