import { Convolution, Weights } from "../partition/convolution/geometry";
import { AdditionPlan } from "../partition/plans";
import { zeroByte } from "../partition/tensors";
import { Order } from "./homes";
import { Access, ChannelGroup, ConvolutionJob, Purpose } from "./jobs";
import { Kernels } from "./kernels";
import { Workshop } from "./workshop";

/**
 * A sum is a convolution over both operands, which lie one behind the other like the planes
 * of one image. On v7 they are two planes of any shape, one weight each; on v8, and where a
 * plane would grow too long, each channel of the sum has a kernel with two weights.
 */
export function lowerAddition(plan: AdditionPlan, workshop: Workshop): void {
  const pair = workshop.claims.pairs.get(workshop.operator);
  for (let i = 0; i < 2; i++) {
    const operand = plan.inputs[i];
    const from = workshop.require(operand, workshop.claims.operandOrder(operand));
    workshop.bring(from, pair.plus(i * operand.elements), operand);
  }
  const output = workshop.homes.fill(plan.output, Order.PLANAR);
  workshop.add(additionJob(plan, pair, output, workshop));
}

const LONGEST_SIDE = 8191;

function additionJob(
  plan: AdditionPlan,
  pair: Access,
  output: Access,
  workshop: Workshop,
): ConvolutionJob {
  const rows = plan.output.fromLast(3);
  const columns = plan.output.fromLast(2);
  const elements = plan.output.elements as i32;
  const width = flatWidth(rows * columns);
  const isFlat = workshop.core.architecture < 8 && elements / width <= LONGEST_SIDE;
  const c = isFlat ? twoPlanes(plan) : twoWeights(plan);
  const job = new ConvolutionJob(pair, output, new Kernels(c, new ChannelGroup(0, c.outputChannels)));
  job.purpose = Purpose.ADDITION;
  const isTurned = workshop.settings.compatMesa && rows > columns;
  job.inputX = isFlat ? max(width, elements / width) : isTurned ? rows : columns;
  job.inputY = isFlat ? min(width, elements / width) : isTurned ? columns : rows;
  job.inputZ = job.kernels.planes;
  job.outputX = job.inputX;
  job.outputY = job.inputY;
  job.outputZ = c.outputChannels;
  // The tiling takes the flattened sizes in both forms.
  job.outputRows = width;
  job.outputColumns = elements / width;
  job.pointwise = !isFlat;
  job.relu = plan.relu;
  job.inputZero = zeroByte(plan.inputs[0]);
  job.outputZero = zeroByte(plan.output);
  job.scale = plan.scale;
  job.macs = plan.macs;
  job.inputBytes = 2 * elements;
  job.outputBytes = elements;
  return job;
}

/** How wide the elements lie: as 128, 64 or 32, or what else divides a plane of the image. */
function flatWidth(plane: i32): i32 {
  for (let width = 128; width >= 32; width >>= 1) if (plane % width == 0) return width;
  let width = min(plane, 63);
  while (plane % width != 0) width--;
  return width;
}

/** 2×2 taps over two planes; only the first tap of each has a weight. */
function twoPlanes(plan: AdditionPlan): Convolution {
  const c = new Convolution();
  c.inputChannels = 2;
  c.outputChannels = 1;
  c.side = 2;
  c.weights = weightsOf(plan, 1);
  return c;
}

/** Channel o of the sum takes channel o of either operand. */
function twoWeights(plan: AdditionPlan): Convolution {
  const c = new Convolution();
  const channels = plan.output.fromLast(1);
  c.inputChannels = 2 * channels;
  c.outputChannels = channels;
  c.side = 1;
  c.weights = weightsOf(plan, channels);
  return c;
}

/** [output channel][2 × channels], biases alike. */
function weightsOf(plan: AdditionPlan, channels: i32): Weights {
  const zero = plan.weightZero;
  const bytes = new StaticArray<u8>(channels * channels * 2).fill(zero as u8);
  const biases = new StaticArray<i32>(channels).fill(plan.bias);
  for (let o = 0; o < channels; o++) {
    bytes[o * 2 * channels + o] = (zero + plan.weightA) as u8;
    bytes[o * 2 * channels + channels + o] = (zero + plan.weightB) as u8;
  }
  const weights = new Weights();
  weights.data = changetype<usize>(bytes);
  weights.bias = changetype<usize>(biases);
  weights.zero = zero as u8;
  weights.channelPitch = 1;
  weights.kernelPitch = 2 * channels;
  weights.tapPitch = 2 * channels;
  return weights;
}
