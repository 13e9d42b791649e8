import { Dtype } from "../../tflite/schema";
import { Graph, Operator, Tensor } from "../graph";
import { Legalization } from "../plan/legalization";
import { ConversionPlan, Plan, PlanKind } from "../plan/plan";

/** Operators that run in one go: one submission on the NPU, or one after the other on the CPU. */
export class Segment {
  /** Indices, in the model's order. */
  operators: i32[] = [];
  /** Computed tensors and graph inputs that it reads from outside, in the order of first use. */
  inputs: i32[] = [];
  /** Tensors that it computes for others: later segments, the caller, or the next run. */
  outputs: i32[] = [];
  /** What the host has of each of them: the tensor itself, or float32 values that it converts. */
  inputValues: i32[] = [];
  outputValues: i32[] = [];

  constructor(public onNpu: bool) {}

  addInput(tensor: i32, values: i32): void {
    this.inputs.push(tensor);
    this.inputValues.push(values);
  }

  addOutput(tensor: i32, values: i32): void {
    this.outputs.push(tensor);
    this.outputValues.push(values);
  }

  /** All tensors that it takes or gives are int8. */
  isSigned(graph: Graph): bool {
    for (let i = 0; i < this.inputs.length; i++)
      if (graph.tensors[this.inputs[i]].dtype != Dtype.INT8) return false;
    for (let i = 0; i < this.outputs.length; i++)
      if (graph.tensors[this.outputs[i]].dtype != Dtype.INT8) return false;
    return true;
  }
}

/**
 * A command stream holds about 3,200 jobs, eight for each of so many operators, where networks have
 * two or three; `link` refuses longer ones. The driver's hang check spares a submission as long as
 * its jobs go on.
 */
const MOST_OPERATORS = 400;

const NOWHERE = -1;

/**
 * Gathers maximal segments, by a topological sort that takes the processors in turn (after Kahn,
 * "Topological sorting of large networks", 1962): everything on the NPU whose inputs are there, until
 * nothing more can run, then the same for the CPU. Ties are taken in the model's order.
 */
export function collectSegments(graph: Graph, legalizations: Legalization[]): Segment[] {
  const segments: Segment[] = [];
  const segmentOf = new StaticArray<i32>(graph.operators.length).fill(NOWHERE);
  let left = graph.operators.length;
  let first = 0;
  let onNpu = true;
  while (left > 0) {
    while (segmentOf[first] != NOWHERE) first++;
    const segment = new Segment(onNpu);
    const isFull = gather(segment, segments.length, first, graph, legalizations, segmentOf);
    left -= segment.operators.length;
    if (segment.operators.length > 0) segments.push(segment);
    // A full segment is followed by another of its kind.
    if (!isFull) onNpu = !onNpu;
  }
  const isHandedOn = new StaticArray<bool>(graph.tensors.length);
  for (let i = 0; i < segments.length; i++) {
    findInputs(segments[i], i, graph, legalizations, segmentOf, isHandedOn);
  }
  for (let i = 0; i < segments.length; i++)
    findOutputs(segments[i], graph, legalizations, isHandedOn);
  return segments;
}

/** Operators come in execution order, so one pass finds all that can run. True if no more may be taken. */
function gather(
  segment: Segment,
  number: i32,
  first: i32,
  graph: Graph,
  legalizations: Legalization[],
  segmentOf: StaticArray<i32>,
): bool {
  let working = 0;
  for (let i = first; i < graph.operators.length; i++) {
    if (working == MOST_OPERATORS) return true;
    if (segmentOf[i] != NOWHERE || legalizations[i].isOnNpu != segment.onNpu) continue;
    if (isEntry(legalizations[i]) || !isReady(graph.operators[i], graph, legalizations, segmentOf))
      continue;
    takeEntries(segment, number, graph.operators[i], graph, segmentOf);
    segmentOf[i] = number;
    segment.operators.push(i);
    if (!isFused(legalizations[i])) working++;
  }
  return working == MOST_OPERATORS;
}

/** Whether the operator itself has nothing to do: what it reads, others read instead. */
function isFused(legalization: Legalization): bool {
  const plan = legalization.plan;
  return plan != null && (plan.kind == PlanKind.FUSED || plan.kind == PlanKind.CONVERSION);
}

/** Conversions to bytes go with the first operator that reads these; alone they would be a segment without jobs. */
function isEntry(legalization: Legalization): bool {
  const plan = legalization.plan;
  return plan != null && plan.kind == PlanKind.CONVERSION && (plan as ConversionPlan).isEntry;
}

/** All that an operator on the NPU still waits for are such conversions. */
function takeEntries(
  segment: Segment,
  number: i32,
  operator: Operator,
  graph: Graph,
  segmentOf: StaticArray<i32>,
): void {
  for (let i = 0; i < operator.inputs.length; i++) {
    if (operator.inputs[i] < 0) continue;
    const producer = graph.tensors[operator.inputs[i]].producer;
    if (producer < 0 || segmentOf[producer] != NOWHERE) continue;
    segmentOf[producer] = number;
    segment.operators.push(producer);
  }
}

function isReady(
  operator: Operator,
  graph: Graph,
  legalizations: Legalization[],
  segmentOf: StaticArray<i32>,
): bool {
  for (let i = 0; i < operator.inputs.length; i++) {
    const tensor = operator.inputs[i];
    if (tensor < 0) continue;
    const producer = graph.tensors[tensor].producer;
    if (producer >= 0 && segmentOf[producer] == NOWHERE && !isEntry(legalizations[producer]))
      return false;
  }
  return true;
}

/** Marks the tensors that a segment reads from outside, too. */
function findInputs(
  segment: Segment,
  number: i32,
  graph: Graph,
  legalizations: Legalization[],
  segmentOf: StaticArray<i32>,
  isHandedOn: StaticArray<bool>,
): void {
  for (let i = 0; i < segment.operators.length; i++) {
    const operator = graph.operators[segment.operators[i]];
    const plan = legalizations[operator.index].plan;
    if (isEntry(legalizations[operator.index])) {
      segment.addInput(operator.outputs[0], operator.inputs[0]);
      continue;
    }
    const reads = readBy(operator, plan, graph);
    for (let j = 0; j < reads.length; j++) {
      const tensor = reads[j];
      const outside = tensor.producer < 0 || segmentOf[tensor.producer] != number;
      if (!outside || tensor.isConstant || segment.inputs.includes(tensor.index)) continue;
      segment.addInput(tensor.index, tensor.index);
      isHandedOn[tensor.index] = true;
    }
  }
}

/** On the NPU a plan's inputs. What only carries a shape, or a list of axes, is none. */
function readBy(operator: Operator, plan: Plan | null, graph: Graph): Tensor[] {
  if (plan != null && plan.kind == PlanKind.TABLE) return plan.inputs;
  const reads: Tensor[] = [];
  for (let i = 0; i < operator.inputs.length; i++) {
    if (operator.inputs[i] < 0) continue;
    const tensor = graph.tensors[operator.inputs[i]];
    if (plan == null || plan.inputs.includes(tensor)) reads.push(tensor);
  }
  return reads;
}

function findOutputs(
  segment: Segment,
  graph: Graph,
  legalizations: Legalization[],
  isHandedOn: StaticArray<bool>,
): void {
  for (let i = 0; i < segment.operators.length; i++) {
    const index = segment.operators[i];
    const outputs = graph.operators[index].outputs;
    const plan = legalizations[index].plan;
    const isExit =
      plan != null && plan.kind == PlanKind.CONVERSION && !(plan as ConversionPlan).isEntry;
    for (let j = 0; j < outputs.length; j++) {
      if (!graph.leaves(outputs[j]) && !isHandedOn[outputs[j]]) continue;
      segment.addOutput(isExit ? graph.operators[index].inputs[0] : outputs[j], outputs[j]);
    }
  }
}
