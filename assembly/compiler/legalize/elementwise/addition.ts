import { Builtin, Dtype } from "../../../tflite/schema";
import { generationOf } from "../../generations/generations";
import { Graph, Operator, Span, Tensor } from "../../graph";
import { flatWidth } from "../../plan/flat-image";
import { Legalization } from "../../plan/legalization";
import { LARGEST_TENSOR, LONGEST_SIDE } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { AdditionForm, AdditionPlan } from "../../plan/plan";
import {
  isRectified,
  sameQuantization,
  sameShape,
  whyNoImage,
  whyNotFused,
  zeroByte,
} from "../../plan/tensors";
import { Context } from "../context";
import { whyNotScaled } from "../conv/rules";
import { provenSize } from "../conv/strategy";
import { PlanSequence } from "../sequence";
import { OperandPair } from "./operand";
import { isWithVector, legalizeVectorSum } from "./vectors";

/** ADD and SUB of two tensors, either of which may be repeated along axes; one may be constant. */
export function legalizeAddition(operator: Operator, context: Context): Legalization {
  const graph = context.graph;
  const a = graph.tensors[operator.inputs[0]];
  const b = graph.tensors[operator.inputs[1]];
  const output = graph.tensors[operator.outputs[0]];
  if (context.settings.compatMesa) return addTensors(operator, a, b, output, context);
  if (isWithVector(operator, graph)) {
    const legalization = legalizeVectorSum(operator, context);
    if (legalization.isOnNpu) return legalization;
  }
  return prepared(operator, output, context, addTensors);
}

type Legalize = (
  operator: Operator,
  a: Tensor,
  b: Tensor,
  output: Tensor,
  context: Context,
) => Legalization;

/** Brings both operands to the output's shape first. */
function prepared(
  operator: Operator,
  output: Tensor,
  context: Context,
  legalize: Legalize,
): Legalization {
  const operands = new OperandPair(operator, context);
  if (operands.reason != "") return Legalization.onCpu(operands.reason);
  const first = operands.first;
  const second = operands.second;
  const legalization = legalize(operator, first.tensor, second.tensor, output, context);
  if (first.preparation == null && second.preparation == null) return legalization;
  const sequence = new PlanSequence(context);
  sequence.addMoves(first.preparation);
  sequence.addMoves(second.preparation);
  sequence.add(legalization);
  return sequence.legalizationOfAll([first.source, second.source], output);
}

function addTensors(
  operator: Operator,
  a: Tensor,
  b: Tensor,
  output: Tensor,
  context: Context,
): Legalization {
  const compat = context.settings.compatMesa;
  const reason = whyNotAdded(operator, a, b, output, compat);
  if (reason != "") return Legalization.onCpu(reason);
  const plan = new AdditionPlan(a, b, output);
  plan.macs = output.elements;
  plan.relu = !compat && isRectified(operator.options.activation);
  if (compat) weighAsMesa(plan, context);
  else weigh(plan, operator.code == Builtin.SUB);
  const unformed = form(plan, context);
  if (unformed != "") return Legalization.onCpu(unformed);
  const isUsual = operator.code == Builtin.ADD && !plan.relu && isProvenImage(output);
  const mark = isUsual && isProvenForm(plan, context) ? Mark.PROVEN : Mark.EXPECTED;
  return Legalization.onNpu(plan, context.capped(mark));
}

/**
 * MAXIMUM and MINIMUM of two tensors, which are quantized alike. With d = relu(a − b), which is exact in
 * bytes, they are b + d and a − d.
 */
export function legalizeExtreme(operator: Operator, context: Context): Legalization {
  return prepared(operator, context.graph.tensors[operator.outputs[0]], context, chooseExtreme);
}

function chooseExtreme(
  operator: Operator,
  a: Tensor,
  b: Tensor,
  output: Tensor,
  context: Context,
): Legalization {
  const reason = whyNotAdded(operator, a, b, output, false);
  if (reason != "") return Legalization.onCpu(reason);
  if (!sameQuantization(a, output) || !sameQuantization(b, output))
    return Legalization.onCpu("its tensors are not quantized alike");
  const distance = distanceLike(a, context.graph);
  const difference = new AdditionPlan(a, b, distance);
  weigh(difference, true);
  difference.relu = true;
  const isMaximum = operator.code == Builtin.MAXIMUM;
  const plan = new AdditionPlan(isMaximum ? b : a, distance, output);
  weigh(plan, !isMaximum);
  plan.inputs.push(isMaximum ? a : b);
  plan.difference = difference;
  difference.macs = output.elements;
  plan.macs = 2 * (output.elements as u64);
  const first = form(difference, context);
  if (first != "") return Legalization.onCpu(first);
  const second = form(plan, context);
  if (second != "") return Legalization.onCpu(second);
  return Legalization.onNpu(plan, context.capped(Mark.EXPECTED));
}

/** An extra tensor for the NPU, numbered after the model's: steps of another one, from 0 on. */
function distanceLike(tensor: Tensor, graph: Graph): Tensor {
  const zeroPoints: StaticArray<i64> = [tensor.dtype == Dtype.INT8 ? -128 : 0];
  const distance = new Tensor(graph.tensors.length);
  distance.shape = tensor.shape;
  distance.dtype = tensor.dtype;
  distance.quantization.count = 1;
  distance.quantization.scales = tensor.quantization.scales;
  distance.quantization.zeroPoints = new Span(changetype<usize>(zeroPoints), 8);
  graph.tensors.push(distance);
  return distance;
}

/** Chooses the form of the job; returns why there is none, or "". */
function form(plan: AdditionPlan, context: Context): string {
  const outside = whyNotScaled(plan.scale, context.core);
  if (outside != "") return outside;
  if (!context.settings.compatMesa && dropsTooMuch(plan))
    return "the scales of its inputs are too far apart";
  chooseForm(plan, context);
  if (plan.form != AdditionForm.CHANNELS) return "";
  const channels = plan.output.fromLast(1) as u64;
  if (channels > MOST_CHANNELS) return `it has more than ${MOST_CHANNELS} channels`;
  if (!context.hasRoomFor(2 * channels * channels)) return "its kernels take too much memory";
  return "";
}

/** One kernel over two planes where its image fits the fields; with --strict the form that is proven. */
function chooseForm(plan: AdditionPlan, context: Context): void {
  const proven = generationOf(context.core).addition;
  if (context.settings.compatMesa || (context.settings.strict && proven == AdditionForm.CHANNELS))
    plan.form = proven;
  else if (flatWidth(plan.output.elements) > 0) plan.form = AdditionForm.PLANES;
}

/** Bounds the kernels of a form that has one for each channel, two weights in each. */
const MOST_CHANNELS: u64 = 2048;
const LARGEST_OPERAND: u32 = LARGEST_TENSOR >> 1;

function whyNotAdded(
  operator: Operator,
  a: Tensor,
  b: Tensor,
  output: Tensor,
  compat: bool,
): string {
  if (a.isConstant || b.isConstant) return "one of its inputs is constant";
  const first = whyNoImage(a, "first input");
  if (first != "") return first;
  const second = whyNoImage(b, "second input");
  if (second != "") return second;
  const third = whyNoImage(output, "output");
  if (third != "") return third;
  if (!sameShape(a, b) || !sameShape(a, output)) return "its inputs differ in shape";
  if (output.elements > LARGEST_OPERAND) return `its inputs exceed ${LARGEST_OPERAND} bytes`;
  if (max(output.fromLast(2), output.fromLast(3)) > LONGEST_SIDE)
    return `its image exceeds ${LONGEST_SIDE} pixels on a side`;
  return compat ? "" : whyNotFused(operator.options.activation, output);
}

function isProvenImage(tensor: Tensor): bool {
  const side = tensor.fromLast(2);
  return tensor.shape.length == 4 && side == tensor.fromLast(3) && provenSize(side);
}

function isProvenForm(plan: AdditionPlan, context: Context): bool {
  return plan.form == generationOf(context.core).addition;
}

/**
 * Both weights are whole numbers, whose ratio should be that of the scales: the pair up to `most`
 * that comes nearest. For a subtraction the second is negative, so that both share the range.
 */
export function weigh(plan: AdditionPlan, subtracts: bool, most: i32 = 255): void {
  const a = plan.inputs[0].quantization.scale(0) as f64;
  const b = plan.inputs[1].quantization.scale(0) as f64;
  const larger = max(a, b);
  const smaller = min(a, b);
  let best = 1;
  let bestPartner = 0;
  let bestError: f64 = Infinity;
  for (let weight = 1; weight <= most; weight++) {
    const partner = Math.round((weight as f64) * (smaller / larger)) as i32;
    if (subtracts && weight + partner > 255) break;
    const error = Math.abs((partner as f64) / (weight as f64) - smaller / larger);
    if (error > bestError) continue;
    best = weight;
    bestPartner = partner;
    bestError = error;
  }
  plan.weightA = a >= b ? best : bestPartner;
  plan.weightB = (a >= b ? bestPartner : best) * (subtracts ? -1 : 1);
  plan.weightZero = subtracts ? -plan.weightB : 0;
  plan.scale = (larger / (best as f64) / (plan.output.quantization.scale(0) as f64)) as f32;
  plan.bias = plan.weightB * (zeroByte(plan.inputs[0]) - zeroByte(plan.inputs[1]));
}

/** Whether the rounded weights are more than a step of the output off for the largest operand. */
function dropsTooMuch(plan: AdditionPlan): bool {
  const a = plan.inputs[0].quantization.scale(0) as f64;
  const b = plan.inputs[1].quantization.scale(0) as f64;
  const output = plan.output.quantization.scale(0) as f64;
  const unit = (plan.scale as f64) * output;
  const missed = max(
    Math.abs(a - plan.weightA * unit),
    Math.abs(b - Math.abs(plan.weightB) * unit),
  );
  return missed * 255 > output;
}

/** Mesa makes one weight 255, with float32 for some weights and float64 for others. */
function weighAsMesa(plan: AdditionPlan, context: Context): void {
  const a = plan.inputs[0].quantization.scale(0);
  const b = plan.inputs[1].quantization.scale(0);
  const zeroA = zeroByte(plan.inputs[0]);
  const zeroB = zeroByte(plan.inputs[1]);
  const inPlanes = generationOf(context.core).addition == AdditionForm.PLANES;
  const ratio = b / a;
  const weightScale = ((max(ratio as f64, 1.0) as f32 as f64) / 255.0) as f32;
  const second = inPlanes
    ? roundAway((ratio as f64) / (weightScale as f64))
    : roundAway((ratio / weightScale) as f64);
  const shift = (((zeroA - zeroB) as f32) * b) / (weightScale * a);
  plan.weightA = roundAway(1.0 / (weightScale as f64)) & 0xff;
  plan.weightB = second & 0xff;
  plan.scale = (a * weightScale) / plan.output.quantization.scale(0);
  plan.bias = roundAway(shift as f64) + (inPlanes ? (plan.weightB - second) * zeroA : 0);
}

/** To the nearest whole number, halves away from zero. */
function roundAway(value: f64): i32 {
  return (value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5)) as i32;
}
