import { toByte } from "../../diagnostics/narrow";
import { Core } from "../../targets/cores";
import { generationOf } from "../generations/generations";
import { Convolution } from "../plan/convolution";
import { flatWidth } from "../plan/flat-image";
import { AdditionForm, AdditionPlan } from "../plan/plan";
import { zeroByte } from "../plan/tensors";
import { flatWidthAsMesa } from "./compat";
import { LoweringContext } from "./context";
import { BufferSlice, ConvolutionJob, Purpose } from "./jobs";
import { Kernels } from "./kernels";

/** A sum is a convolution over both operands, which lie one after the other like one image. */
export function lowerAddition(plan: AdditionPlan, context: LoweringContext): void {
  const difference = plan.difference;
  if (difference != null) lowerAddition(difference, context);
  const pair = context.coalescing.pairs.get(plan.output.index);
  for (let i = 0; i < 2; i++) {
    const operand = plan.inputs[i];
    const from = context.require(operand, context.coalescing.operandLayout(plan, i));
    context.copyIfNeeded(from, pair.plus(i * operand.elements), operand);
  }
  const output = context.buffers.fill(plan.output, context.coalescing.layoutOfSum(plan));
  context.add(additionJob(plan, pair, output, context));
}

/** How the operands and their sum lie as images. */
function additionJob(
  plan: AdditionPlan,
  pair: BufferSlice,
  output: BufferSlice,
  context: LoweringContext,
): ConvolutionJob {
  const c = convolutionFor(plan, context.core);
  const kernels = new Kernels(c, c.allChannels);
  const job = new ConvolutionJob(pair, output, kernels);
  job.purpose = Purpose.ADDITION;
  if (plan.form == AdditionForm.CHANNELS) layChannels(job, plan, context.settings.compatMesa);
  else if (context.settings.compatMesa) layPlanesAsMesa(job, plan);
  else layPlanes(job, plan);
  job.inputZ = kernels.planes;
  job.outputZ = c.outputChannels;
  job.relu = plan.relu;
  job.inputZero = zeroByte(plan.inputs[0]);
  job.outputZero = zeroByte(plan.output);
  job.scale = plan.scale;
  job.macs = plan.macs;
  job.inputBytes = 2 * plan.output.elements;
  job.outputBytes = plan.output.elements;
  return job;
}

/** x is the flattened width. */
function layPlanes(job: ConvolutionJob, plan: AdditionPlan): void {
  const elements = plan.output.elements as i32;
  job.inputX = job.outputX = flatWidth(elements);
  job.inputY = job.outputY = elements / job.inputX;
}

/** Mesa makes x the longer side, but not for the tiling. */
function layPlanesAsMesa(job: ConvolutionJob, plan: AdditionPlan): void {
  setFlatTiling(job, plan);
  job.inputX = job.outputX = max(job.outputColumns, job.outputRows);
  job.inputY = job.outputY = min(job.outputColumns, job.outputRows);
}

function layChannels(job: ConvolutionJob, plan: AdditionPlan, isCompat: bool): void {
  setFlatTiling(job, plan);
  const rows = plan.output.fromLast(3);
  const columns = plan.output.fromLast(2);
  const isTurned = isCompat && rows > columns;
  job.inputX = job.outputX = isTurned ? rows : columns;
  job.inputY = job.outputY = isTurned ? columns : rows;
  job.pointwise = true;
}

/** Mesa's tiling takes the flattened sizes even where the job does not. */
function setFlatTiling(job: ConvolutionJob, plan: AdditionPlan): void {
  job.outputRows = flatWidthAsMesa(plan.output.fromLast(3) * plan.output.fromLast(2));
  job.outputColumns = (plan.output.elements as i32) / job.outputRows;
}

/** The order of so few single-pixel kernels is not known on v7: there the kernel has 2×2 taps. */
function convolutionFor(plan: AdditionPlan, core: Core): Convolution {
  if (plan.form == AdditionForm.CHANNELS) return weighted(plan, plan.output.fromLast(1), 1);
  return weighted(plan, 1, generationOf(core).unknownOrderUpTo == 0 ? 1 : 2);
}

/**
 * Kernel o has two weights, for part o of either operand: [kernel][2 × kernels]. The square kernel has
 * the side given.
 */
function weighted(plan: AdditionPlan, kernels: i32, side: i32): Convolution {
  const zero = plan.weightZero;
  const bytes = new StaticArray<u8>(kernels * kernels * 2).fill(zero as u8);
  for (let o = 0; o < kernels; o++) {
    bytes[o * 2 * kernels + o] = toByte(zero + plan.weightA, "the weight of an operand");
    bytes[o * 2 * kernels + kernels + o] = toByte(zero + plan.weightB, "the weight of an operand");
  }
  const c = new Convolution();
  c.inputChannels = 2 * kernels;
  c.outputChannels = kernels;
  c.side = side;
  c.weights.data = changetype<usize>(bytes);
  c.weights.bias = changetype<usize>(new StaticArray<i32>(kernels).fill(plan.bias));
  c.weights.zero = zero as u8;
  c.weights.tapPitch = 1;
  c.weights.channelPitch = 1;
  c.weights.kernelPitch = 2 * kernels;
  return c;
}
