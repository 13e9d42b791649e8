import { Builtin } from "../../tflite/schema";
import { Graph, Operator } from "../graph";

/** Multiply-accumulates of a convolution or a fully connected layer, 0 of anything else. */
export function macsOf(operator: Operator, graph: Graph): u64 {
  const isLayer =
    operator.code == Builtin.CONV_2D ||
    operator.code == Builtin.DEPTHWISE_CONV_2D ||
    operator.code == Builtin.FULLY_CONNECTED;
  if (!isLayer) return 0;
  const weights = graph.tensors[operator.inputs[1]];
  const output = graph.tensors[operator.outputs[0]];
  // Each weight counts once for each position of the output channel (or channels) it belongs to.
  const channels = max(output.fromLast(1), 1);
  return (weights.elements as u64) * ((output.elements / channels) as u64);
}
