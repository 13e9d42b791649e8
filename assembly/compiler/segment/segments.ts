import { Graph, Operator } from "../graph";
import { Placement } from "../plan/placement";

/** Operators that run in one go: one submission on the NPU, or one after the other on the CPU. */
export class Segment {
  /** Indices, in the model's order. */
  operators: i32[] = [];
  /** Computed tensors and graph inputs that it reads from outside, in the order of first use. */
  inputs: i32[] = [];
  /** Tensors that it computes for others: later segments, the caller, or the next run. */
  outputs: i32[] = [];

  constructor(public onNpu: bool) {}
}

/** Keeps submissions short; `link` refuses streams that are too long all the same. */
const MOST_OPERATORS = 200;

const NOWHERE = -1;

/**
 * Gathers maximal segments: alternately everything on the NPU whose inputs are there, until
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
    gather(segment, segments.length, first, graph, placements, segmentOf);
    left -= segment.operators.length;
    if (segment.operators.length > 0) segments.push(segment);
    // A full segment is followed by another of its kind.
    if (segment.operators.length < MOST_OPERATORS) onNpu = !onNpu;
  }
  for (let i = 0; i < segments.length; i++) {
    findBorders(segments[i], i, graph, placements, segmentOf);
  }
  return segments;
}

/** Operators come in execution order, so one pass finds all that can run. */
function gather(
  segment: Segment,
  number: i32,
  first: i32,
  graph: Graph,
  placements: Placement[],
  segmentOf: StaticArray<i32>,
): void {
  for (let i = first; i < graph.operators.length; i++) {
    if (segment.operators.length == MOST_OPERATORS) return;
    if (segmentOf[i] != NOWHERE || placements[i].isOnNpu != segment.onNpu) continue;
    if (!isReady(graph.operators[i], graph, segmentOf)) continue;
    segmentOf[i] = number;
    segment.operators.push(i);
  }
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

function findBorders(
  segment: Segment,
  number: i32,
  graph: Graph,
  placements: Placement[],
  segmentOf: StaticArray<i32>,
): void {
  for (let i = 0; i < segment.operators.length; i++) {
    const operator = graph.operators[segment.operators[i]];
    const plan = placements[operator.index].plan;
    for (let j = 0; j < operator.inputs.length; j++) {
      const index = operator.inputs[j];
      if (index < 0 || segment.inputs.includes(index)) continue;
      const tensor = graph.tensors[index];
      // What only carries a shape, or a list of axes, is no input of the plan.
      if (plan != null && !plan.inputs.includes(tensor)) continue;
      const outside = tensor.producer < 0 || segmentOf[tensor.producer] != number;
      if (outside && !tensor.isConstant) segment.inputs.push(index);
    }
    for (let j = 0; j < operator.outputs.length; j++) {
      const index = operator.outputs[j];
      if (isReadOutside(index, number, graph, segmentOf)) segment.outputs.push(index);
    }
  }
}

function isReadOutside(index: i32, number: i32, graph: Graph, segmentOf: StaticArray<i32>): bool {
  if (graph.leaves(index)) return true;
  const consumers = graph.tensors[index].consumers;
  for (let i = 0; i < consumers.length; i++) {
    if (segmentOf[consumers[i]] != number) return true;
  }
  return false;
}
