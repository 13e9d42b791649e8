import { ChannelGroup, Convolution, Striding } from "../plan/convolution";
import { ConvolutionsPlan } from "../plan/plan";
import { ResidualPair } from "../plan/residual-pair";
import { Order } from "./buffers";
import { turnConvolution, turnFullyConnected, turnRearrangement } from "./compat";
import { Workshop } from "./context";
import { Access, ConvolutionJob } from "./jobs";
import { Kernels } from "./kernels";
import { Frame } from "./padding";
import { SpaceToDepth } from "./space-to-depth";
import { copyPatch, Image } from "./strided-copies";

/** The first convolution fills the output; of the others, patches are set over it. */
export function lowerConvolutions(plan: ConvolutionsPlan, workshop: Workshop): void {
  if (plan.flat && workshop.settings.compatMesa) {
    lowerAsMesa(plan, workshop);
    return;
  }
  const order = plan.flat ? Order.INTERLEAVED : Order.PLANAR;
  const input = workshop.require(plan.input, order);
  const output = workshop.homes.fill(plan.output, order);
  const whole = plan.convolutions[0];
  if (plan.halves.length > 0) convolveInHalves(whole, plan.halves, input, output, workshop);
  else convolve(whole, input, output, workshop);
  for (let i = 1; i < plan.convolutions.length; i++) {
    const c = plan.convolutions[i];
    const other = new Access(workshop.homes.value(c.outputBytes));
    convolve(c, input, other, workshop);
    const image = new Image(c.rows.output, c.columns.output, c.outputChannels, c.outputZero);
    for (let j = 0; j < plan.patches.length; j++) {
      const patch = plan.patches[j];
      if (patch.source == i) workshop.add(copyPatch(image, patch, other, output));
    }
  }
}

/** FULLY_CONNECTED as a kernel of its own kind, which v7 does not compute rightly. */
function lowerAsMesa(plan: ConvolutionsPlan, workshop: Workshop): void {
  const c = plan.convolutions[0];
  const input = workshop.require(plan.input, Order.INTERLEAVED);
  const output = workshop.homes.fill(plan.output, Order.INTERLEAVED);
  const job = convolutionJob(c, c.allChannels, input, output);
  turnFullyConnected(job, c);
  workshop.add(job);
}

/** From one image to another, in as many jobs as it takes. */
export function convolve(c: Convolution, from: Access, output: Access, workshop: Workshop): void {
  if (c.blankPlane) from.value.bytes = max(from.value.bytes, from.offset + 2 * c.inputBytes);
  const input = prepare(c, from, workshop);
  const groups = groupsFor(c, workshop);
  for (let i = 0; i < groups.length; i++) {
    const job = convolutionJob(c, groups[i], input, output);
    if (workshop.settings.compatMesa) turnConvolution(job, c);
    workshop.add(job);
  }
}

/**
 * The prepared image is copied as often as it is read, and to where there is room behind it. Where
 * kernels read planes of their own, the last come first: what lies behind those of the others is
 * not needed any more.
 */
function convolveInHalves(
  c: Convolution,
  halves: ResidualPair[],
  from: Access,
  output: Access,
  workshop: Workshop,
): void {
  const readings = halves[0].readings;
  const image = imageFor(c, 1);
  const plane = image.rows * image.columns;
  let room = 0;
  for (let i = 0; i < halves.length; i++) {
    const remainder = halves[i].remainder;
    const behind = halves[i].firstPlane * plane + readings * (remainder.inputBytes as i32);
    room = max(room, behind + (remainder.outputBytes as i32));
  }
  let input = prepare(c, from, workshop);
  const overwrites = c.depthwise && halves.length > 1;
  if (overwrites || !workshop.homes.reserve(input, image.bytes, room)) {
    const copied = new Access(workshop.homes.value(room));
    workshop.copyImage(image, input, copied);
    input = copied;
  }
  for (let done = 1; done < readings; done *= 2) {
    workshop.copyImage(imageFor(c, done), input, input.plus(done * image.bytes));
  }
  const outputPlane = c.rows.output * c.columns.output;
  for (let i = halves.length - 1; i >= 0; i--) {
    const pair = halves[i];
    const own = input.plus(pair.firstPlane * plane);
    const behind = own.plus(readings * pair.remainder.inputBytes);
    convolve(pair.remainder, own, behind, workshop);
    convolve(pair.main, own, output.plus(pair.first * outputPlane), workshop);
  }
}

/** The prepared image, so many times. */
function imageFor(c: Convolution, times: i32): Image {
  const planes = c.inputChannels * c.planesOfChannel;
  const rows = c.preparedSide(c.rows);
  const columns = c.preparedSide(c.columns);
  return new Image(rows, columns, times * planes, c.inputZero);
}

/** The image as the NN unit is to see it. */
function prepare(c: Convolution, input: Access, workshop: Workshop): Access {
  if (c.isRearranged) return rearrange(c, input, workshop);
  if (!c.padsFirst) return input;
  const image = new Image(c.rows.input, c.columns.input, c.inputChannels, c.inputZero);
  const bottom = c.rows.paddingAfter(c.side);
  const right = c.columns.paddingAfter(c.side);
  const frame = new Frame(image, c.rows.padding, bottom, c.columns.padding, right);
  const output = new Access(workshop.homes.value(frame.outputPlane * image.channels));
  frame.surround(input, output, workshop);
  return output;
}

/** Balances the zeros of a job's streams against the cost of more jobs. */
const DEPTHWISE_GROUP = 128;
const LEAST_DEPTHWISE_GROUP = 16;

/**
 * The channels of each job. Depthwise kernels that are spelled out as full ones grow with the
 * square of the channels, nearly all of it zeros: one job for every so many channels takes far
 * fewer bytes.
 */
function groupsFor(c: Convolution, workshop: Workshop): ChannelGroup[] {
  const groups = c.groups.length > 0 ? c.groups : [c.allChannels];
  const spelledOut = c.depthwise && !c.native && !workshop.settings.compatMesa;
  if (!spelledOut) return groups;
  const copies = c.striding == Striding.COPIES ? c.planesOfChannel : 1;
  const most = max(DEPTHWISE_GROUP / copies, LEAST_DEPTHWISE_GROUP);
  const parts: ChannelGroup[] = [];
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i];
    const end = group.first + group.count;
    for (let first = group.first; first < end; first += most) {
      const count = min(most, end - first);
      parts.push(new ChannelGroup(first, count, group.scale, group.weightZero));
    }
  }
  return parts;
}

/** One after the other, the copies of the image that the NN unit takes for more channels. */
function rearrange(c: Convolution, input: Access, workshop: Workshop): Access {
  const job = rearrangement(c);
  if (workshop.settings.compatMesa) turnRearrangement(job, c);
  const top = job.padY;
  const left = job.padX;
  const output = new Access(workshop.homes.value(job.outputBytes));
  for (let y = 0; y < c.rows.copies; y++) {
    for (let x = 0; x < c.columns.copies; x++) {
      const plane = y * c.rows.stride * job.planesX + x * c.columns.stride;
      job.padY = top - y * c.rows.shift;
      job.padX = left - x * c.columns.shift;
      const to = output.plus(plane * job.outputPlane);
      const spares = !workshop.settings.compatMesa;
      workshop.addAll(job.split(coresFor(c, workshop), spares, input, to));
    }
  }
  return output;
}

/** Small images, and the customary three-channel inputs, are not worth sharing. */
function coresFor(c: Convolution, workshop: Workshop): i32 {
  const rows = c.rows.input;
  const worthIt = rows > 8 || c.inputChannels > 1;
  const customary = c.inputChannels == 3 && (rows == 224 || rows == 320);
  return worthIt && !customary ? (workshop.core.tpCoresPerJob as i32) : 1;
}

/** How the input of a convolution is rearranged; its padding becomes pixels. */
function rearrangement(c: Convolution): SpaceToDepth {
  const job = new SpaceToDepth();
  job.inputX = c.columns.input;
  job.inputY = c.rows.input;
  job.channels = c.inputChannels;
  job.blockX = c.columns.stride;
  job.blockY = c.rows.stride;
  job.planesX = c.columns.planes;
  job.planesY = c.rows.planes;
  job.outputX = c.preparedSide(c.columns);
  job.outputY = c.preparedSide(c.rows);
  job.padX = c.columns.padding;
  job.padY = c.rows.padding;
  job.rowPitch = job.inputX;
  job.outputRowPitch = job.outputX;
  job.zero = c.inputZero;
  return job;
}

/**
 * The NN job for a group of output channels; `input` holds the planar image, or the rearranged
 * one. A depthwise group reads its own channels only; with one of them it is a full convolution.
 */
function convolutionJob(
  c: Convolution,
  group: ChannelGroup,
  input: Access,
  output: Access,
): ConvolutionJob {
  const kernels = new Kernels(c, group);
  const job = new ConvolutionJob(input, output, kernels);
  const isDepthwise = c.depthwise && group.count > 1;
  job.inputX = c.preparedSide(c.columns);
  job.inputY = c.preparedSide(c.rows);
  job.inputZ = c.native ? group.count : kernels.planes;
  job.outputX = c.columns.output;
  job.outputY = c.rows.output;
  job.outputZ = group.count;
  job.offsetX = c.isPadded ? 0 : -c.columns.padding;
  job.offsetY = c.isPadded ? 0 : -c.rows.padding;
  job.outputRows = c.rows.output;
  job.outputColumns = c.columns.output;
  job.firstPixel = c.striding == Striding.FIRST_PIXEL;
  job.stride = c.stride;
  job.pointwise = c.pointwise && !c.isRearranged;
  job.depthwise = isDepthwise;
  job.native = c.native && isDepthwise;
  job.relu = c.relu;
  job.inputZero = c.inputZero;
  job.outputZero = c.outputZero;
  job.scale = group.scale;
  job.roundsTwice = c.roundsTwice;
  job.macs = (c.macs * (group.count as u64)) / (c.outputChannels as u64);
  job.inputBytes = job.inputX * job.inputY * job.inputZ;
  job.outputBytes = job.outputX * job.outputY * job.outputZ;
  const inputPlanes = c.depthwise ? group.first * kernels.phases : 0;
  job.input = input.plus(inputPlanes * job.inputX * job.inputY);
  job.output = output.plus(group.first * job.outputX * job.outputY);
  return job;
}
