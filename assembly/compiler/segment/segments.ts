import { Dtype } from "../../tflite/schema";
import { Graph, Operator, Tensor } from "../graph";
import { Placement } from "../plan/placement";
import { Plan, PlanKind } from "../plan/plan";

/** Operators that run in one go: one submission on the NPU, or one after the other on the CPU. */
export class Segment {
  /** Indices, in the model's order. */
  operators: i32[] = [];
  /** Computed tensors and graph inputs that it reads from outside, in the order of first use. */
  inputs: i32[] = [];
  /** Tensors that it computes for others: later segments, the caller, or the next run. */
  outputs: i32[] = [];

  constructor(public onNpu: bool) {}

  /** All tensors that it takes or gives are int8. */
  isSigned(graph: Graph): bool {
    for (let i = 0; i < this.inputs.length; i++)
      if (graph.tensors[this.inputs[i]].dtype != Dtype.INT8) return false;
    for (let i = 0; i < this.outputs.length; i++)
      if (graph.tensors[this.outputs[i]].dtype != Dtype.INT8) return false;
    return true;
  }
}

/** Keeps submissions short; `link` refuses streams that are too long all the same. */
const MOST_OPERATORS = 200;

const NOWHERE = -1;

/**
 * Gathers maximal segments, by a topological sort that takes the processors in turn (after Kahn,
 * "Topological sorting of large networks", 1962): everything on the NPU whose inputs are there, until
 * nothing more can run, then the same for the CPU. Ties are taken in the model's order.
 */
export function collectSegments(graph: Graph, placements: Placement[]): Segment[] {
  const segments: Segment[] = [];
  const segmentOf = new StaticArray<i32>(graph.operators.length).fill(NOWHERE);
  let left = graph.operators.length;
  let first = 0;
  let onNpu = true;
  while (left > 0) {
    while (segmentOf[first] != NOWHERE) first++;
    const segment = new Segment(onNpu);
    const isFull = gather(segment, segments.length, first, graph, placements, segmentOf);
    left -= segment.operators.length;
    if (segment.operators.length > 0) segments.push(segment);
    // A full segment is followed by another of its kind.
    if (!isFull) onNpu = !onNpu;
  }
  const isHandedOn = new StaticArray<bool>(graph.tensors.length);
  for (let i = 0; i < segments.length; i++) {
    findInputs(segments[i], i, graph, placements, segmentOf, isHandedOn);
  }
  for (let i = 0; i < segments.length; i++) findOutputs(segments[i], graph, isHandedOn);
  return segments;
}

/** Operators come in execution order, so one pass finds all that can run. True if no more may be taken. */
function gather(
  segment: Segment,
  number: i32,
  first: i32,
  graph: Graph,
  placements: Placement[],
  segmentOf: StaticArray<i32>,
): bool {
  let working = 0;
  for (let i = first; i < graph.operators.length; i++) {
    if (working == MOST_OPERATORS) return true;
    if (segmentOf[i] != NOWHERE || placements[i].isOnNpu != segment.onNpu) continue;
    if (!isReady(graph.operators[i], graph, segmentOf)) continue;
    segmentOf[i] = number;
    segment.operators.push(i);
    if (!isFused(placements[i])) working++;
  }
  return working == MOST_OPERATORS;
}

/** Whether the operator itself has nothing to do: what it reads, others read in its place. */
function isFused(placement: Placement): bool {
  const plan = placement.plan;
  return plan != null && plan.kind == PlanKind.FUSED;
}

function isReady(operator: Operator, graph: Graph, segmentOf: StaticArray<i32>): bool {
  for (let i = 0; i < operator.inputs.length; i++) {
    const tensor = operator.inputs[i];
    if (tensor < 0) continue;
    const producer = graph.tensors[tensor].producer;
    if (producer >= 0 && segmentOf[producer] == NOWHERE) return false;
  }
  return true;
}

/** Marks the tensors that a segment reads from outside, too. */
function findInputs(
  segment: Segment,
  number: i32,
  graph: Graph,
  placements: Placement[],
  segmentOf: StaticArray<i32>,
  isHandedOn: StaticArray<bool>,
): void {
  for (let i = 0; i < segment.operators.length; i++) {
    const operator = graph.operators[segment.operators[i]];
    const reads = readBy(operator, placements[operator.index].plan, graph);
    for (let j = 0; j < reads.length; j++) {
      const tensor = reads[j];
      const outside = tensor.producer < 0 || segmentOf[tensor.producer] != number;
      if (!outside || tensor.isConstant || segment.inputs.includes(tensor.index)) continue;
      segment.inputs.push(tensor.index);
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

function findOutputs(segment: Segment, graph: Graph, isHandedOn: StaticArray<bool>): void {
  for (let i = 0; i < segment.operators.length; i++) {
    const outputs = graph.operators[segment.operators[i]].outputs;
    for (let j = 0; j < outputs.length; j++) {
      if (graph.leaves(outputs[j]) || isHandedOn[outputs[j]]) segment.outputs.push(outputs[j]);
    }
  }
}
