import { Activation, Builtin } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Graph, Node, Value } from "../graph/graph";

/**
 * Writes averages over a whole image as MEAN. Averages lie far below the greatest pixel, and MEAN may
 * have a scale of its own, unlike AVERAGE_POOL_2D.
 */
export function meansOfImages(graph: Graph): void {
  for (let i = 0; i < graph.nodes.length; i++) {
    const node = graph.nodes[i];
    if (!isOfImage(node)) continue;
    node.code = Builtin.MEAN;
    node.inputs.push(Value.known("axes", Constant.integers([1, 2])));
    node.options = [1];
  }
}

function isOfImage(node: Node): bool {
  if (node.code != Builtin.AVERAGE_POOL_2D) return false;
  // Options: padding, columns and rows of the stride, of the window, activation.
  const image = (node.inputs[0] as Value).shape;
  const result = node.output.shape;
  const isWhole = node.options[3] == image[2] && node.options[4] == image[1];
  return isWhole && result[1] == 1 && result[2] == 1 && node.options[5] == Activation.NONE;
}
