import { Builtin, Dtype } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Graph, hasManyScales, Node, Quantization, Value } from "../graph/graph";
import { inBytes, inReals, inScale, moved } from "./constants";
import { dataInput, isLayer, quantizeLayer, realLayer } from "./layers";

/**
 * Settles in which numbers each node computes: in 8 bits where all that it reads and writes has a
 * scale, else in real numbers, with DEQUANTIZE before and QUANTIZE after it. One type of 8 bits
 * serves the whole model: int8 where weights have a scale for each channel, else the one wanted.
 */
export function settle(graph: Graph, wanted: Dtype): void {
  spread(graph);
  if (!isQuantized(graph)) return;
  const dtype = hasChannelScales(graph) ? Dtype.INT8 : wanted;
  unify(graph, dtype);
  const settled = new Settling(dtype);
  for (let i = 0; i < graph.nodes.length; i++) settled.add(graph.nodes[i]);
  graph.nodes = settled.nodes;
}

/** Whether any value that is given or computed has a scale. */
export function isQuantized(graph: Graph): bool {
  for (let i = 0; i < graph.inputs.length; i++) {
    if (graph.inputs[i].quantization != null) return true;
  }
  for (let i = 0; i < graph.nodes.length; i++) {
    if (graph.nodes[i].output.quantization != null) return true;
  }
  return false;
}

function hasChannelScales(graph: Graph): bool {
  for (let i = 0; i < graph.nodes.length; i++) {
    const node = graph.nodes[i];
    if (!isLayer(node.code)) continue;
    if (hasManyScales((node.inputs[1] as Value).quantization)) return true;
  }
  return false;
}

/** Operators that move values, or choose among them: what they write has the scale of what they read. */
export function keepsScale(code: i32): bool {
  return (
    code == Builtin.RESHAPE ||
    code == Builtin.TRANSPOSE ||
    code == Builtin.SLICE ||
    code == Builtin.STRIDED_SLICE ||
    code == Builtin.GATHER ||
    code == Builtin.PAD ||
    code == Builtin.PADV2 ||
    code == Builtin.MIRROR_PAD ||
    code == Builtin.MAX_POOL_2D ||
    code == Builtin.AVERAGE_POOL_2D ||
    code == Builtin.RESIZE_BILINEAR ||
    code == Builtin.RESIZE_NEAREST_NEIGHBOR ||
    code == Builtin.TILE ||
    code == Builtin.DEPTH_TO_SPACE ||
    code == Builtin.SPACE_TO_DEPTH ||
    code == Builtin.BROADCAST_TO ||
    code == Builtin.REDUCE_MAX ||
    code == Builtin.REDUCE_MIN
  );
}

/** Gives values between such operators the scales of their neighbours. */
function spread(graph: Graph): void {
  for (let i = 0; i < graph.nodes.length; i++) {
    const node = graph.nodes[i];
    const input = node.inputs[0];
    if (!keepsScale(node.code) || input == null || node.output.quantization != null) continue;
    node.output.quantization = input.quantization;
  }
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    const input = node.inputs[0];
    if (!keepsScale(node.code) || input == null || input.quantization != null) continue;
    if (input.constant == null) input.quantization = node.output.quantization;
  }
}

/** Moves the scales of all computed values to one type. */
function unify(graph: Graph, dtype: Dtype): void {
  for (let i = 0; i < graph.inputs.length; i++) moveTo(graph.inputs[i], dtype);
  for (let i = 0; i < graph.nodes.length; i++) {
    const outputs = graph.nodes[i].outputs;
    for (let j = 0; j < outputs.length; j++) moveTo(outputs[j], dtype);
  }
}

function moveTo(value: Value, dtype: Dtype): void {
  const quantization = value.quantization;
  if (quantization == null) return;
  value.quantization = moved(quantization, dtype);
  value.dtype = dtype;
}

/** The nodes settled so far, and conversions between them. */
class Settling {
  nodes: Node[] = [];
  /** What stands for a value of the graph where it is read as real numbers. */
  private reals: Map<Value, Value> = new Map<Value, Value>();

  constructor(private dtype: Dtype) {}

  add(node: Node): void {
    if (node.code == Builtin.QUANTIZE) this.nodes.push(node);
    else if (this.isInBytes(node)) this.addInBytes(node);
    else this.addInReals(node);
  }

  /** Whether all computed values that a node reads and writes have a scale. */
  private isInBytes(node: Node): bool {
    if (node.output.quantization == null || node.output.dtype == Dtype.INT32) return false;
    for (let i = 0; i < node.inputs.length; i++) {
      const value = node.inputs[i];
      if (value != null && value.constant == null && value.quantization == null) return false;
    }
    return true;
  }

  private addInBytes(node: Node): void {
    const wanted = node.output.quantization as Quantization;
    if (isLayer(node.code)) quantizeLayer(node, this.dtype);
    else if (hasOneScale(node.code)) this.rescaleInputs(node, wanted);
    else this.constantsInBytes(node);
    const given = scaleGiven(node, this.dtype);
    this.nodes.push(node);
    if (given != null && !given.equals(wanted)) this.convertOutput(node, given, Builtin.QUANTIZE);
  }

  /** Real constants of a node that computes in 8 bits. */
  private constantsInBytes(node: Node): void {
    for (let i = 0; i < node.inputs.length; i++) {
      const value = node.inputs[i];
      if (value == null || value.constant == null) continue;
      if ((value.constant as Constant).isReal || value.quantization != null) {
        node.inputs[i] = isBorder(node, i)
          ? inScale(value, (node.inputs[0] as Value).quantization as Quantization)
          : inBytes(value, this.dtype);
      }
    }
  }

  private rescaleInputs(node: Node, wanted: Quantization): void {
    for (let i = 0; i < node.inputs.length; i++) {
      const value = node.inputs[i];
      if (value != null) node.inputs[i] = this.requantized(value, wanted);
    }
  }

  private requantized(value: Value, wanted: Quantization): Value {
    if (value.constant != null) return inScale(value, wanted);
    if ((value.quantization as Quantization).equals(wanted)) return value;
    const node = new Node(Builtin.QUANTIZE, [value]);
    const result = new Value(`${value.name} rescaled`, this.dtype, value.shape);
    result.quantization = wanted;
    result.producer = node;
    node.outputs.push(result);
    this.nodes.push(node);
    return result;
  }

  private addInReals(node: Node): void {
    if (isLayer(node.code)) realLayer(node);
    for (let i = 0; i < node.inputs.length; i++) {
      const value = node.inputs[i];
      if (value == null || value.quantization == null) continue;
      if (isLayer(node.code) && i != dataInput(node.code)) continue;
      node.inputs[i] = value.constant != null ? inReals(value) : this.real(value);
    }
    this.nodes.push(node);
    if (node.output.quantization != null) this.convertOutput(node, null, Builtin.QUANTIZE);
  }

  private real(value: Value): Value {
    if (this.reals.has(value)) return this.reals.get(value);
    const node = new Node(Builtin.DEQUANTIZE, [value]);
    const result = new Value(`${value.name} as reals`, Dtype.FLOAT32, value.shape);
    result.producer = node;
    node.outputs.push(result);
    this.nodes.push(node);
    this.reals.set(value, result);
    return result;
  }

  /** Lets a node write a value of another scale, or of real numbers, and converts it afterwards. */
  private convertOutput(node: Node, given: Quantization | null, code: i32): void {
    const output = node.output;
    const dtype = given == null ? Dtype.FLOAT32 : this.dtype;
    const between = new Value(`${output.name} before`, dtype, output.shape);
    between.quantization = given;
    between.producer = node;
    node.outputs[0] = between;
    const conversion = new Node(code, [between]);
    conversion.outputs.push(output);
    output.producer = conversion;
    this.nodes.push(conversion);
  }
}

/** Operators that compute with stored values, so that all that they read has the scale of the result. */
function hasOneScale(code: i32): bool {
  return code == Builtin.CONCATENATION || code == Builtin.MAXIMUM || code == Builtin.MINIMUM;
}

function isBorder(node: Node, input: i32): bool {
  return node.code == Builtin.PADV2 && input == 2;
}

/** The scale that an operator writes whatever one would like; null where it writes any. */
function scaleGiven(node: Node, dtype: Dtype): Quantization | null {
  return keepsScale(node.code) ? (node.inputs[0] as Value).quantization : fixedScale(node, dtype);
}

/** The scale that TFLite gives a function's results; null where the model chooses it. */
export function fixedScale(node: Node, dtype: Dtype): Quantization | null {
  const zero = dtype == Dtype.INT8 ? -128 : 0;
  const middle = dtype == Dtype.INT8 ? 0 : 128;
  if (node.code == Builtin.SOFTMAX || node.code == Builtin.LOGISTIC) {
    return Quantization.one(dtype, 1.0 / 256.0, zero);
  }
  return node.code == Builtin.TANH ? Quantization.one(dtype, 1.0 / 128.0, middle) : null;
}
