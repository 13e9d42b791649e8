import { Builtin } from "../../tflite/schema";
import { Graph, Tensor } from "../graph";
import { matchesAxis } from "./quantization";

/** Operators whose weights, the second input, may have a scale for each output channel. */
class Weighted {
  constructor(
    public code: i32,
    /** The dimension of output channels. */
    public axis: i32,
  ) {}
}

const WEIGHTED: Weighted[] = [
  new Weighted(Builtin.CONV_2D, 0),
  new Weighted(Builtin.DEPTHWISE_CONV_2D, 3),
  new Weighted(Builtin.FULLY_CONNECTED, 0),
  new Weighted(Builtin.TRANSPOSE_CONV, 0),
];

/**
 * Settles which dimension several scales belong to. For weights TFLite's kernels take that of the
 * output channels, whatever the model says, if there are as many. Elsewhere the axis that the model
 * names must fit. False with a fault recorded.
 */
export function settleAxes(graph: Graph): bool {
  for (let i = 0; i < graph.operators.length; i++) {
    const operator = graph.operators[i];
    const axis = weightAxis(operator.code);
    if (axis < 0 || operator.inputs.length < 2 || operator.inputs[1] < 0) continue;
    settle(graph.tensors[operator.inputs[1]], axis);
  }
  for (let i = 0; i < graph.tensors.length; i++) {
    if (!matchesAxis(graph.tensors[i])) return false;
  }
  return true;
}

function weightAxis(code: i32): i32 {
  for (let i = 0; i < WEIGHTED.length; i++) if (WEIGHTED[i].code == code) return WEIGHTED[i].axis;
  return -1;
}

function settle(weights: Tensor, axis: i32): void {
  const quantization = weights.quantization;
  if (quantization.count <= 1 || axis >= weights.shape.length) return;
  if (weights.shape[axis] == quantization.count) quantization.axis = axis;
}
