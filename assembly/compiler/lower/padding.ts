import { PaddingPlan } from "../partition/plans";
import { zeroByte } from "../partition/tensors";
import { Order } from "./homes";
import { Access, MoveJob, Purpose } from "./jobs";
import { Workshop } from "./workshop";

/** Planar image → planar image with zero points around, shared out over the cores by channels. */
export function lowerPadding(plan: PaddingPlan, workshop: Workshop): void {
  const frame = new Frame(plan);
  const input = workshop.require(plan.input, Order.PLANAR);
  const output = workshop.homes.fill(plan.output, Order.PLANAR);
  const front = plan.before[2];
  const channels = plan.input.fromLast(1);
  frame.fill(front, input, output, workshop);
  frame.copy(channels, input, output.plus(front * frame.outputPlane), workshop);
  const back = output.plus((front + channels) * frame.outputPlane);
  frame.fill(plan.after[2], input, back, workshop);
}

class Frame {
  private rows: i32;
  private columns: i32;
  private outputRows: i32;
  private outputColumns: i32;
  private top: i32;
  private left: i32;
  private zero: i32;

  constructor(plan: PaddingPlan) {
    this.rows = plan.input.fromLast(3);
    this.columns = plan.input.fromLast(2);
    this.outputRows = plan.output.fromLast(3);
    this.outputColumns = plan.output.fromLast(2);
    this.top = plan.before[0];
    this.left = plan.before[1];
    this.zero = zeroByte(plan.input);
  }

  get outputPlane(): i32 {
    return this.outputRows * this.outputColumns;
  }

  copy(channels: i32, input: Access, output: Access, workshop: Workshop): void {
    const isCompat = workshop.settings.compatMesa;
    const cores = workshop.core.tpCoresPerJob as i32;
    this.share(isCompat ? cores : min(cores, channels), channels, input, output, workshop);
  }

  /** Whole channels of zero points: an image without rows, around which there is nothing else. */
  fill(channels: i32, input: Access, output: Access, workshop: Workshop): void {
    if (channels == 0) return;
    const rows = this.rows;
    this.rows = 0;
    this.share(1, channels, input, output, workshop);
    this.rows = rows;
  }

  private share(
    cores: i32,
    channels: i32,
    input: Access,
    output: Access,
    workshop: Workshop,
  ): void {
    let left = channels;
    for (let core = 0; core < cores; core++) {
      const done = channels - left;
      const mine = (left + cores - core - 1) / (cores - core);
      const from = input.plus(done * this.rows * this.columns);
      const job = this.job(mine, from, output.plus(done * this.outputPlane));
      job.core = core;
      job.cores = cores;
      workshop.add(job);
      left -= mine;
    }
  }

  private job(channels: i32, input: Access, output: Access): MoveJob {
    const job = new MoveJob(Purpose.PADDING, input, output);
    job.sizeX = this.columns;
    job.sizeY = this.rows;
    job.sizeZ = channels;
    job.rowPitch = this.columns;
    job.planePitch = this.columns * this.rows;
    job.windowX0 = -this.left;
    job.windowY0 = -this.top;
    job.windowX1 = this.outputColumns - this.left - 1;
    job.windowY1 = this.outputRows - this.top - 1;
    job.tileX = this.outputColumns;
    job.tileY = this.outputRows;
    job.zero = this.zero;
    job.increments[6] = this.outputPlane;
    job.inputBytes = this.columns * this.rows * channels;
    job.outputBytes = this.outputPlane * channels;
    return job.loop(0, 0, 1).loop(1, 1, this.outputColumns).loop(2, this.outputColumns, this.outputRows);
  }
}
