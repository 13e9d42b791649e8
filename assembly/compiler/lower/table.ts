import { columnsToPlanar } from "../plan/layout";
import { LONGEST_WINDOW, MOST_PLANES } from "../plan/limits";
import { TablePlan } from "../plan/plan";
import { LookupTable } from "../plan/table";
import { zeroByte } from "../plan/tensors";
import { Layout } from "./buffers";
import { imageOf, LoweringContext } from "./context";
import { BufferSlice, Purpose, TpJob } from "./jobs";
import { ImageShape } from "./strided-copies";

/** Tiles of this size are what the pattern is known with. */
const TILE_X = 64;
const TILE_Y = 16;

/** Element by element, in whichever order the input is; shared out over the cores by its z. */
export function lowerTable(plan: TablePlan, context: LoweringContext): void {
  const isPlanar = context.buffers.isFilled(plan.input, Layout.PLANAR);
  const layout = isPlanar ? Layout.PLANAR : Layout.INTERLEAVED;
  const input = context.require(plan.input, layout);
  const output = context.buffers.fill(plan.output, layout);
  const lookUp = new LookUp(plan.table, zeroByte(plan.output));
  lookUp.addJobs(imageOf(plan.input), isPlanar, input, output, context);
}

/** One if its sides fit the window of a job; else lines of as many bytes, and the remainder. */
function boxesOf(image: ImageShape, isPlanar: bool, cores: i32): Box[] {
  const columns = columnsToPlanar(image.plane, image.columns, image.channels);
  if (columns > 0) {
    const rows = image.plane / columns;
    const whole = isPlanar
      ? new Box(columns, rows, image.channels)
      : new Box(image.channels, columns, rows);
    if (max(whole.x, whole.y) <= LONGEST_WINDOW && whole.z <= cores * MOST_PLANES) return [whole];
  }
  const boxes: Box[] = [];
  const lines = (image.bytes as i32) / LONGEST_WINDOW;
  const rest = (image.bytes as i32) % LONGEST_WINDOW;
  if (lines > 0) boxes.push(new Box(LONGEST_WINDOW, lines, 1));
  if (rest > 0) boxes.push(new Box(rest, 1, 1));
  return boxes;
}

class Box {
  constructor(
    public x: i32,
    public y: i32,
    public z: i32,
  ) {}

  get slice(): i32 {
    return this.x * this.y;
  }

  get bytes(): i32 {
    return this.slice * this.z;
  }
}

/** What becomes of bytes. */
export class LookUp {
  constructor(
    private table: LookupTable,
    private outputZero: i32,
  ) {}

  addJobs(
    image: ImageShape,
    isPlanar: bool,
    input: BufferSlice,
    output: BufferSlice,
    context: LoweringContext,
  ): void {
    const boxes = boxesOf(image, isPlanar, context.core.tpCoresPerJob);
    let done = 0;
    for (let i = 0; i < boxes.length; i++) {
      this.addBox(boxes[i], input.plus(done), output.plus(done), context);
      done += boxes[i].bytes;
    }
  }

  private addBox(
    box: Box,
    input: BufferSlice,
    output: BufferSlice,
    context: LoweringContext,
  ): void {
    const cores = this.coresFor(box.z, context);
    let left = box.z;
    for (let core = 0; core < cores; core++) {
      const done = (box.z - left) * box.slice;
      const mine = (left + cores - core - 1) / (cores - core);
      const job = this.job(box, mine, input.plus(done), output.plus(done));
      job.core = core;
      job.cores = cores;
      context.add(job);
      left -= mine;
    }
  }

  private coresFor(z: i32, context: LoweringContext): i32 {
    if (z < this.table.fewestShared) return 1;
    return min(context.core.tpCoresPerJob as i32, z);
  }

  private job(box: Box, z: i32, input: BufferSlice, output: BufferSlice): TpJob {
    const job = new TpJob(Purpose.TABLE, input, output);
    job.sizeX = box.x;
    job.sizeY = box.y;
    job.sizeZ = z;
    job.rowPitch = box.x;
    job.planePitch = box.slice;
    job.windowX1 = box.x - 1;
    job.windowY1 = box.y - 1;
    job.tileX = TILE_X;
    job.tileY = TILE_Y;
    job.reset1 = true;
    job.reset2 = true;
    job.zero = this.table.inputZero;
    job.outputZero = this.outputZero;
    job.table = this.table;
    job.inputBytes = box.slice * z;
    job.outputBytes = job.inputBytes;
    job.increments[6] = box.slice;
    return job
      .loop(0, 0, 1)
      .loop(1, 1, 0)
      .loop(2, box.x, 0)
      .loop(3, TILE_X, (box.x + TILE_X - 1) / TILE_X)
      .loop(4, TILE_Y * box.x, (box.y + TILE_Y - 1) / TILE_Y);
  }
}
