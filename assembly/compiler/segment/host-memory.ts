import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { MOST_HOST_BYTES } from "../../targets/limits";
import { DTYPE_BYTES } from "../../tflite/schema";
import { Graph } from "../graph";
import { Segment } from "./segments";

/**
 * Whether a session can hold what stays outside of the NPU's memory: inputs and outputs of the model
 * and of segments, states, and all that operators on the CPU read or compute. False with a fault
 * recorded.
 */
export function fitsHost(graph: Graph, segments: Segment[]): bool {
  const held = new StaticArray<bool>(graph.tensors.length);
  hold(held, graph.inputs);
  hold(held, graph.outputs);
  for (let i = 0; i < graph.states.length; i++) {
    hold(held, [graph.states[i].input, graph.states[i].output]);
  }
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i];
    hold(held, segment.inputValues);
    hold(held, segment.outputValues);
    for (let j = 0; !segment.onNpu && j < segment.operators.length; j++) {
      const operator = graph.operators[segment.operators[j]];
      hold(held, operator.inputs);
      hold(held, operator.outputs);
    }
  }
  let bytes: u64 = 0;
  for (let i = 0; i < held.length; i++) {
    const tensor = graph.tensors[i];
    if (held[i]) bytes += (tensor.elements as u64) * (DTYPE_BYTES[tensor.dtype] as u64);
  }
  if (bytes <= MOST_HOST_BYTES) return true;
  const expected = "at most 768 MiB of tensors outside the NPU's memory";
  return fail(Code.TOO_LARGE, LocationKind.NONE, 0, expected, `${bytes} bytes`);
}

function hold(held: StaticArray<bool>, tensors: i32[]): void {
  for (let i = 0; i < tensors.length; i++) if (tensors[i] >= 0) held[tensors[i]] = true;
}
