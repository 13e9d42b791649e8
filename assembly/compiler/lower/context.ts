import { Core } from "../../targets/cores";
import { generationOf } from "../generations/generations";
import { Tensor } from "../graph";
import { columnsToInterleaved, columnsToPlanar } from "../plan/layout";
import { Legalization } from "../plan/legalization";
import { Mark } from "../plan/mark";
import { ViewPlan } from "../plan/plan";
import { PoolChainPlan } from "../plan/pool-chain";
import { zeroByte } from "../plan/tensors";
import { Segment } from "../segment/segments";
import { Settings } from "../settings";
import { BufferAssignment, Layout } from "./buffers";
import { Coalescing, layoutIf } from "./coalescing";
import { copyAsMesa } from "./compat";
import { DataFlow } from "./data-flow";
import { BufferSlice, Job, NO_ORDER, Purpose, TpJob } from "./jobs";
import { copy, detranspose, ImageShape, Pitches, transpose } from "./strided-copies";

/** What every operator's lowering works with: the jobs so far, and where tensors live. */
export class LoweringContext {
  jobs: Job[] = [];
  buffers: BufferAssignment;
  coalescing: Coalescing;
  /** Pools that are done, from whose outputs larger ones may begin. */
  pools: PoolChainPlan[] = [];
  flow: DataFlow;
  /** The images of batches that are planar, by the batch's index. */
  batches: Map<i32, BufferSlice[]> = new Map();
  /** Index of the operator that is being lowered. */
  operator: i32 = 0;
  private mark: Mark = Mark.PROVEN;

  constructor(
    private segment: Segment,
    legalizations: Legalization[],
    public core: Core,
    public settings: Settings,
  ) {
    const buffers = new BufferAssignment(settings.compatMesa);
    this.buffers = buffers;
    const flow = new DataFlow(segment, legalizations);
    this.flow = flow;
    this.coalescing = new Coalescing(buffers, segment, flow, settings.compatMesa);
  }

  begin(operator: i32, mark: Mark): void {
    this.operator = operator;
    this.mark = mark;
  }

  add(job: Job): void {
    job.operator = this.operator;
    job.mark = this.mark;
    if (job instanceof TpJob) (job as TpJob).order = this.orderOf(job as TpJob);
    this.jobs.push(job);
  }

  /** The vendor does not load the state. The open driver does, with 8 before all but the last core. */
  private orderOf(job: TpJob): i32 {
    if (generationOf(this.core).hasVendorTp && !this.settings.compatMesa) return NO_ORDER;
    const table = job.table;
    const isOrdered = table == null ? job.purpose == Purpose.PADDING : table.isOrdered;
    return isOrdered && job.core < job.cores - 1 ? 8 : 0;
  }

  addAll(jobs: TpJob[]): void {
    for (let i = 0; i < jobs.length; i++) this.add(jobs[i]);
  }

  /** A filled tensor in the order asked for, moved there at its first use. */
  require(tensor: Tensor, layout: Layout): BufferSlice {
    if (this.buffers.isFilled(tensor, layout)) return this.buffers.sliceOf(tensor, layout);
    const isPlanar = layout == Layout.PLANAR;
    const from = this.buffers.sliceOf(tensor, isPlanar ? Layout.INTERLEAVED : Layout.PLANAR);
    const to = this.buffers.fill(tensor, layout);
    const image = imageOf(tensor);
    if (this.settings.compatMesa) this.add(copyAsMesa(image, isPlanar, from, to));
    else if (isPlanar) this.makePlanar(image, from, to);
    else this.makeInterleaved(image, from, to);
    return to;
  }

  private makePlanar(image: ImageShape, from: BufferSlice, to: BufferSlice): void {
    const columns = columnsToPlanar(image.plane, image.columns, image.channels);
    this.addAll(transpose(image.folded(columns), from, to));
  }

  makeInterleaved(image: ImageShape, from: BufferSlice, to: BufferSlice): void {
    const columns = columnsToInterleaved(image.plane, image.columns, image.channels);
    const folded = image.folded(columns);
    this.addAll(detranspose(folded, Pitches.interleaved(folded), from, to));
  }

  /** What later segments or the caller read leaves interleaved. */
  deliver(outputs: Tensor[]): void {
    for (let i = 0; i < outputs.length; i++) {
      if (!this.leaves(outputs[i])) continue;
      this.gather(outputs[i]);
      this.require(outputs[i], Layout.INTERLEAVED);
    }
  }

  /** Fault: Mesa leaves planar what is also read inside the segment. */
  private leaves(tensor: Tensor): bool {
    if (!this.segment.outputs.includes(tensor.index)) return false;
    return !this.settings.compatMesa || !this.isReadInside(tensor);
  }

  private isReadInside(tensor: Tensor): bool {
    for (let i = 0; i < tensor.consumers.length; i++) {
      if (this.segment.operators.includes(tensor.consumers[i])) return true;
    }
    return false;
  }

  /** Makes a batch interleaved if its images are planar. */
  gather(whole: Tensor): void {
    if (!this.batches.has(whole.index) || this.buffers.isThere(whole)) return;
    const images = this.batches.get(whole.index);
    const to = this.buffers.fill(whole, Layout.INTERLEAVED);
    const all = imageOf(whole);
    const rows = all.rows / images.length;
    const image = new ImageShape(rows, all.columns, all.channels, all.zero);
    for (let i = 0; i < images.length; i++)
      this.makeInterleaved(image, images[i], to.plus(i * image.bytes));
  }

  /** Cuts `whole`; parts that live elsewhere are copied. */
  split(whole: Tensor, parts: Tensor[], layout: Layout): void {
    const from = this.require(whole, layout);
    let offset: u32 = 0;
    for (let i = 0; i < parts.length; i++) {
      this.copyIfNeeded(from.plus(offset), this.buffers.fill(parts[i], layout), parts[i]);
      offset += parts[i].elements;
    }
  }

  /** The same bytes by another name. A movement may have brought them there, or will find them. */
  rename(plan: ViewPlan): void {
    if (this.isMoved(plan)) return;
    const staysPlanar = plan.keepsShape && this.buffers.isFilled(plan.input, Layout.PLANAR);
    const layout = layoutIf(staysPlanar || plan.outputIsPlanar);
    const from = this.require(plan.input, layoutIf(staysPlanar || plan.inputIsPlanar));
    this.buffers.assign(plan.output, layout, from);
    this.copyIfNeeded(from, this.buffers.fill(plan.output, layout), plan.output);
  }

  /** A movement writes the last of several shapes, and none of those before it. */
  private isMoved(plan: ViewPlan): bool {
    let shape: Tensor | null = plan.output;
    while (shape != null) {
      if (this.buffers.isThere(shape)) return true;
      shape = this.flow.shapedInto(shape);
    }
    const isPlain = !plan.keepsShape && !plan.inputIsPlanar && !plan.outputIsPlanar;
    return isPlain && this.flow.isOnlyMoved(plan.output);
  }

  /** Copies as many bytes as a tensor has, unless they are there. */
  copyIfNeeded(from: BufferSlice, to: BufferSlice, tensor: Tensor): void {
    if (!from.equals(to)) this.copyImage(imageOf(tensor), from, to);
  }

  copyImage(image: ImageShape, from: BufferSlice, to: BufferSlice): void {
    this.addAll(copy(image, from, to));
  }
}

/** The tensor as one image. */
export function imageOf(tensor: Tensor): ImageShape {
  const channels = tensor.fromLast(1);
  const columns = tensor.fromLast(2);
  const pixels = (tensor.elements / (channels as u32)) as i32;
  return new ImageShape(pixels / columns, columns, channels, zeroByte(tensor));
}
