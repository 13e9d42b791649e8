import { Convolution, Striding } from "../partition/geometry";
import { effectiveScale } from "../partition/rules";
import { Access, ChannelGroup, ConvolutionJob, Value } from "./jobs";
import { Kernels } from "./kernels";
import { SpaceToDepth } from "./space-to-depth";

/** Rows or columns of the image that space-to-depth makes: enough for every tap of the kernel. */
function halved(outputs: i32, side: i32): i32 {
  return outputs + ((side + 1) >> 1) - 1;
}

/** How the input of a strided convolution is rearranged; its padding becomes pixels. */
export function rearrangement(c: Convolution): SpaceToDepth {
  const job = new SpaceToDepth();
  job.inputX = c.columns.input;
  job.inputY = c.rows.input;
  job.channels = c.inputChannels;
  job.outputX = halved(c.columns.output, c.side);
  job.outputY = halved(c.rows.output, c.side);
  job.padX = c.columns.padding;
  job.padY = c.rows.padding;
  job.rowPitch = job.inputX;
  job.outputRowPitch = job.outputX;
  job.zero = c.input.quantization.zeroPoint(0) as i32;
  return job;
}

/**
 * The NN job for a group of output channels; `input` holds the planar image, or the rearranged
 * one. A depthwise group reads its own channels only.
 */
export function convolutionJob(
  c: Convolution,
  group: ChannelGroup,
  input: Value,
  output: Value,
): ConvolutionJob {
  const kernels = new Kernels(c, group);
  const job = new ConvolutionJob(new Access(input), new Access(output), kernels);
  const rearranged = c.striding == Striding.SPACE_TO_DEPTH;
  job.inputX = rearranged ? halved(c.columns.output, c.side) : c.columns.input;
  job.inputY = rearranged ? halved(c.rows.output, c.side) : c.rows.input;
  job.inputZ = c.native ? group.count : kernels.planes;
  job.outputX = c.columns.output;
  job.outputY = c.rows.output;
  job.outputZ = group.count;
  job.offsetX = rearranged ? 0 : -c.columns.padding;
  job.offsetY = rearranged ? 0 : -c.rows.padding;
  job.outputRows = c.rows.output;
  job.outputColumns = c.columns.output;
  job.firstPixel = c.striding == Striding.FIRST_PIXEL;
  job.stride = c.stride;
  job.pointwise = c.pointwise;
  job.depthwise = c.depthwise;
  job.native = c.native;
  job.relu = c.relu;
  job.inputZero = c.input.quantization.zeroPoint(0) as i32;
  job.outputZero = c.output.quantization.zeroPoint(0) as i32;
  job.scale = effectiveScale(c);
  job.macs = (c.macs * (group.count as u64)) / (c.outputChannels as u64);
  job.inputBytes = job.inputX * job.inputY * job.inputZ;
  job.outputBytes = job.outputX * job.outputY * job.outputZ;
  const inputPlanes = c.depthwise ? group.first * kernels.phases : 0;
  job.input.offset = inputPlanes * job.inputX * job.inputY;
  job.output.offset = group.first * job.outputX * job.outputY;
  return job;
}
