import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Builder } from "../../flatbuffers/builder";
import { Graph } from "../graph";
import { hasKernel } from "../legalize/cpu-coverage";
import { displayName } from "../read/names";
import { Segment } from "../segment/segments";
import { SegmentSlot } from "./slots.generated";
import { extract, Submodel } from "./submodel";

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
    if (!byKernels && submodel.file == null) {
      const expected = `${displayName(graph.operators[run[0]])} as a model of its own for LiteRT`;
      const found = "types or options that such a model cannot tell";
      fail(Code.UNSUPPORTED_OPERATOR, LocationKind.OPERATOR, run[0], expected, found);
      return;
    }
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
