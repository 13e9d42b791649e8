import { covers, firstDataInput } from "../../cpu/coverage";
import { Graph, Operator } from "../graph";
import { Segment } from "../partition/segments";
import { Builder } from "./builder";
import { nameOf } from "./names";
import { SegmentSlot } from "./slots.generated";
import { extract, Submodel } from "./submodel";

/** Whether a CPU kernel runs the operator. */
function hasKernel(operator: Operator, graph: Graph): bool {
  const name = nameOf(operator);
  const input = firstDataInput(name);
  if (input >= operator.inputs.length || operator.inputs[input] < 0) return false;
  return covers(name, graph.tensors[operator.inputs[input]].dtype);
}

/**
 * Writes a segment on the CPU as one segment or several, by who runs what: the kernels, to which
 * the operators alone tell what to do, or LiteRT, which needs a model. Adds their positions, and
 * marks the operators that a model holds.
 */
export function writeCpuSegments(
  builder: Builder,
  segment: Segment,
  graph: Graph,
  positions: u32[],
  isInModel: StaticArray<bool>,
): void {
  const operators = segment.operators;
  let start = 0;
  while (start < operators.length) {
    const byKernels = hasKernel(graph.operators[operators[start]], graph);
    let end = start + 1;
    while (
      end < operators.length &&
      hasKernel(graph.operators[operators[end]], graph) == byKernels
    ) {
      end++;
    }
    const run = operators.slice(start, end);
    const submodel = byKernels ? new Submodel() : extract(graph, run);
    positions.push(writeSegment(builder, run, submodel));
    for (let i = 0; i < run.length; i++) isInModel[run[i]] = submodel.file != null;
    start = end;
  }
}

function writeSegment(builder: Builder, operators: i32[], submodel: Submodel): u32 {
  const list = builder.integers(operators);
  let model: u32 = 0;
  let inputs: u32 = 0;
  let outputs: u32 = 0;
  const file = submodel.file;
  if (file != null) {
    model = builder.vector(file.pointer, file.size, 1, 16);
    inputs = builder.integers(submodel.inputs);
    outputs = builder.integers(submodel.outputs);
  }
  builder.table();
  builder.field8(SegmentSlot.PLACEMENT, 1);
  builder.child(SegmentSlot.OPERATORS, list);
  builder.child(SegmentSlot.MODEL, model);
  builder.child(SegmentSlot.MODEL_INPUTS, inputs);
  builder.child(SegmentSlot.MODEL_OUTPUTS, outputs);
  return builder.endTable();
}
