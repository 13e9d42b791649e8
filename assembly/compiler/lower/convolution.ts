import { generationOf } from "../generations/generations";
import { ChannelGroup, Convolution, Striding } from "../plan/convolution";
import { LONGEST_REARRANGED } from "../plan/limits";
import { ConvolutionsPlan } from "../plan/plan";
import { ResidualPair } from "../plan/residual-pair";
import { Layout } from "./buffers";
import { turnConvolution, turnFullyConnected, turnRearrangement } from "./compat";
import { LoweringContext } from "./context";
import { cutDense } from "./dense-groups";
import { BufferSlice, ConvolutionJob, TpJob } from "./jobs";
import { Kernels } from "./kernels";
import { SpaceToDepth } from "./space-to-depth";
import { copyPatch, ImageShape } from "./strided-copies";

/** The first convolution fills the output; of the others, patches are set over it. */
export function lowerConvolutions(plan: ConvolutionsPlan, context: LoweringContext): void {
  if (plan.flat && context.settings.compatMesa) {
    lowerAsMesa(plan, context);
    return;
  }
  const layout = plan.flat ? Layout.INTERLEAVED : Layout.PLANAR;
  const input = context.require(plan.input, layout);
  const output = context.buffers.fill(plan.output, layout);
  const whole = plan.convolutions[0];
  if (plan.residualPairs.length > 0)
    convolveResidualPairs(whole, plan.residualPairs, input, output, context);
  else lowerConvolution(whole, input, output, context);
  for (let i = 1; i < plan.convolutions.length; i++) {
    const c = plan.convolutions[i];
    const other = new BufferSlice(context.buffers.create(c.outputBytes));
    lowerConvolution(c, input, other, context);
    const image = new ImageShape(c.rows.output, c.columns.output, c.outputChannels, c.outputZero);
    for (let j = 0; j < plan.patches.length; j++) {
      const patch = plan.patches[j];
      if (patch.source == i) context.add(copyPatch(image, patch, other, output));
    }
  }
}

/** FULLY_CONNECTED as a kernel of its own kind, which v7 does not compute rightly. */
function lowerAsMesa(plan: ConvolutionsPlan, context: LoweringContext): void {
  const c = plan.convolutions[0];
  const input = context.require(plan.input, Layout.INTERLEAVED);
  const output = context.buffers.fill(plan.output, Layout.INTERLEAVED);
  const job = convolutionJob(c, c.allChannels, input, output);
  turnFullyConnected(job, c);
  context.add(job);
}

/** From one image to another, in as many jobs as it takes. */
export function lowerConvolution(
  c: Convolution,
  from: BufferSlice,
  output: BufferSlice,
  context: LoweringContext,
): void {
  if (c.blankPlane) from.buffer.bytes = max(from.buffer.bytes, from.offset + 2 * c.inputBytes);
  const input = prepare(c, from, context);
  const groups = groupsFor(c, context);
  for (let i = 0; i < groups.length; i++) {
    const job = convolutionJob(c, groups[i], input, output);
    if (context.settings.compatMesa) turnConvolution(job, c);
    context.add(job);
  }
}

/**
 * The prepared image is copied once for each time it is read, to an address with room after it. Where
 * kernels read planes of their own, the last come first: what lies after those of the others is
 * not needed any more.
 */
function convolveResidualPairs(
  c: Convolution,
  residualPairs: ResidualPair[],
  from: BufferSlice,
  output: BufferSlice,
  context: LoweringContext,
): void {
  const inputCopies = residualPairs[0].inputCopies;
  const image = imageFor(c, 1);
  const plane = image.rows * image.columns;
  let room = 0;
  for (let i = 0; i < residualPairs.length; i++) {
    const residual = residualPairs[i].residual;
    const behind = residualPairs[i].firstPlane * plane + inputCopies * (residual.inputBytes as i32);
    room = max(room, behind + (residual.outputBytes as i32));
  }
  let input = prepare(c, from, context);
  const overwrites = c.depthwise && residualPairs.length > 1;
  if (overwrites || !context.buffers.reserve(input, image.bytes, room)) {
    const copied = new BufferSlice(context.buffers.create(room));
    context.copyImage(image, input, copied);
    input = copied;
  }
  for (let done = 1; done < inputCopies; done *= 2) {
    context.copyImage(imageFor(c, done), input, input.plus(done * image.bytes));
  }
  const outputPlane = c.rows.output * c.columns.output;
  for (let i = residualPairs.length - 1; i >= 0; i--) {
    const pair = residualPairs[i];
    const own = input.plus(pair.firstPlane * plane);
    const behind = own.plus(inputCopies * pair.residual.inputBytes);
    lowerConvolution(pair.residual, own, behind, context);
    lowerConvolution(pair.main, own, output.plus(pair.first * outputPlane), context);
  }
}

/** The prepared image, so many times. */
function imageFor(c: Convolution, times: i32): ImageShape {
  const planes = c.inputChannels * c.planesOfChannel;
  const rows = c.preparedSide(c.rows);
  const columns = c.preparedSide(c.columns);
  return new ImageShape(rows, columns, times * planes, c.inputZero);
}

/** The image as the NN unit is to see it. */
function prepare(c: Convolution, input: BufferSlice, context: LoweringContext): BufferSlice {
  return c.isRearranged ? rearrange(c, input, context) : input;
}

/** The channels of each job. Depthwise kernels that are spelled out as full ones are cut further. */
function groupsFor(c: Convolution, context: LoweringContext): ChannelGroup[] {
  const groups = c.groups.length > 0 ? c.groups : [c.allChannels];
  const isDense = c.depthwise && !c.native && !context.settings.compatMesa;
  return isDense ? cutDense(c, groups, context.core) : groups;
}

/** One after the other, the copies of the image that the NN unit takes for more channels. */
function rearrange(c: Convolution, input: BufferSlice, context: LoweringContext): BufferSlice {
  const job = rearrangement(c);
  if (context.settings.compatMesa) turnRearrangement(job, c);
  const top = job.padY;
  const left = job.padX;
  const output = new BufferSlice(context.buffers.create(job.outputBytes));
  for (let y = 0; y < c.rows.copies; y++) {
    for (let x = 0; x < c.columns.copies; x++) {
      const plane = y * c.rows.stride * job.planesX + x * c.columns.stride;
      job.padY = top - y * c.rows.shift;
      job.padX = left - x * c.columns.shift;
      const to = output.plus(plane * job.outputPlane);
      context.addAll(splitOverCores(job, coresFor(c, context), input, to, context));
    }
  }
  return output;
}

/** As the vendor does, or else as the open driver, but never into empty jobs. */
function splitOverCores(
  job: SpaceToDepth,
  most: i32,
  input: BufferSlice,
  output: BufferSlice,
  context: LoweringContext,
): TpJob[] {
  if (context.settings.compatMesa) return job.split(job.longestAxis, most, input, output);
  const asVendor = generationOf(context.core).hasVendorTp;
  const axis = asVendor ? job.evenAxis(most) : job.longestAxis;
  const cores = min(most, job.outputSize(axis));
  if (!asVendor) return job.split(axis, cores, input, output);
  const jobs = job.splitWithin(LONGEST_REARRANGED, axis, cores, input, output);
  for (let i = 0; i < jobs.length; i++) jobs[i].reorder = reorderFor(jobs[i].tileX);
  return jobs;
}

/**
 * Bits of a tile's width, for tiles wider than the open driver's tests have: there the vendor and
 * an earlier version of that driver write them. It changes no result that is known.
 */
function reorderFor(tileX: i32): i32 {
  return tileX > 128 ? 32 - (clz(tileX - 1) as i32) : 0;
}

/** Small images, and the customary three-channel inputs, are not worth sharing. */
function coresFor(c: Convolution, context: LoweringContext): i32 {
  const rows = c.rows.input;
  const worthIt = rows > 8 || c.inputChannels > 1;
  const isWhole = rows <= LONGEST_REARRANGED || !splitsAsVendor(context);
  const customary = c.inputChannels == 3 && (rows == 224 || rows == 320) && isWhole;
  return worthIt && !customary ? (context.core.tpCoresPerJob as i32) : 1;
}

function splitsAsVendor(context: LoweringContext): bool {
  return generationOf(context.core).hasVendorTp && !context.settings.compatMesa;
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
  input: BufferSlice,
  output: BufferSlice,
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
  job.offsetX = c.isRearranged ? 0 : -c.columns.padding;
  job.offsetY = c.isRearranged ? 0 : -c.rows.padding;
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
