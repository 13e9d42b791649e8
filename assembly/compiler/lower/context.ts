import { Core } from "../../targets/cores";
import { Tensor } from "../graph";
import { columnsToInterleaved, columnsToPlanar } from "../plan/layout";
import { Mark } from "../plan/mark";
import { ViewPlan } from "../plan/plan";
import { zeroByte } from "../plan/tensors";
import { Segment } from "../segment/segments";
import { Settings } from "../settings";
import { Homes, Order } from "./buffers";
import { Claims, orderIf } from "./coalescing";
import { moveAsMesa } from "./compat";
import { Access, Job, MoveJob } from "./jobs";
import { copy, detranspose, Image, Pitches, transpose } from "./strided-copies";

/** What every operator's lowering works with: the jobs so far, and where tensors live. */
export class Workshop {
  jobs: Job[] = [];
  homes: Homes;
  claims: Claims;
  /** Index of the operator that is being lowered. */
  operator: i32 = 0;
  private mark: Mark = Mark.PROVEN;

  constructor(
    private segment: Segment,
    public core: Core,
    public settings: Settings,
  ) {
    const homes = new Homes(settings.compatMesa);
    this.homes = homes;
    this.claims = new Claims(homes, segment, settings.compatMesa);
  }

  begin(operator: i32, mark: Mark): void {
    this.operator = operator;
    this.mark = mark;
  }

  add(job: Job): void {
    job.operator = this.operator;
    job.mark = this.mark;
    this.jobs.push(job);
  }

  addAll(jobs: MoveJob[]): void {
    for (let i = 0; i < jobs.length; i++) this.add(jobs[i]);
  }

  /** A filled tensor in the order asked for, moved there at its first use. */
  require(tensor: Tensor, order: Order): Access {
    if (this.homes.isFilled(tensor, order)) return this.homes.home(tensor, order);
    const isPlanar = order == Order.PLANAR;
    const from = this.homes.home(tensor, isPlanar ? Order.INTERLEAVED : Order.PLANAR);
    const to = this.homes.fill(tensor, order);
    const image = imageOf(tensor);
    if (this.settings.compatMesa) this.add(moveAsMesa(image, isPlanar, from, to));
    else if (isPlanar) this.makePlanar(image, from, to);
    else this.makeInterleaved(image, from, to);
    return to;
  }

  private makePlanar(image: Image, from: Access, to: Access): void {
    const columns = columnsToPlanar(image.plane, image.columns, image.channels);
    this.addAll(transpose(image.folded(columns), from, to));
  }

  makeInterleaved(image: Image, from: Access, to: Access): void {
    const columns = columnsToInterleaved(image.plane, image.columns, image.channels);
    const folded = image.folded(columns);
    this.addAll(detranspose(folded, Pitches.interleaved(folded), from, to));
  }

  /** What later segments or the caller read leaves interleaved. */
  deliver(outputs: Tensor[]): void {
    for (let i = 0; i < outputs.length; i++) {
      if (this.leaves(outputs[i])) this.require(outputs[i], Order.INTERLEAVED);
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

  /** Cuts `whole`; parts that live elsewhere are copied. */
  split(whole: Tensor, parts: Tensor[], order: Order): void {
    const from = this.require(whole, order);
    let offset: u32 = 0;
    for (let i = 0; i < parts.length; i++) {
      this.bring(from.plus(offset), this.homes.fill(parts[i], order), parts[i]);
      offset += parts[i].elements;
    }
  }

  /** The same bytes by another name. */
  rename(plan: ViewPlan): void {
    const staysPlanar = plan.keepsShape && this.homes.isFilled(plan.input, Order.PLANAR);
    const order = orderIf(staysPlanar || plan.outputIsPlanar);
    const from = this.require(plan.input, orderIf(staysPlanar || plan.inputIsPlanar));
    this.homes.claim(plan.output, order, from);
    this.bring(from, this.homes.fill(plan.output, order), plan.output);
  }

  /** Copies as many bytes as a tensor has, unless they are there. */
  bring(from: Access, to: Access, tensor: Tensor): void {
    if (!from.equals(to)) this.copyImage(imageOf(tensor), from, to);
  }

  copyImage(image: Image, from: Access, to: Access): void {
    this.addAll(copy(image, from, to));
  }
}

/** The tensor as one image. */
export function imageOf(tensor: Tensor): Image {
  const channels = tensor.fromLast(1);
  const columns = tensor.fromLast(2);
  const pixels = (tensor.elements / (channels as u32)) as i32;
  return new Image(pixels / columns, columns, channels, zeroByte(tensor));
}
