import { Dtype } from "../../tflite/schema";
import { Op } from "../graph/codes";
import { Constant } from "../graph/constant";
import { Graph, hasManyScales, Node, Quantization, Value } from "../graph/graph";
import { inBytes, inReals, moved } from "./constants";
import { dataInput, isLayer, quantizeLayer, realLayer } from "./layers";

/**
 * Settles in which numbers each node computes: in 8 bits where all that it reads and writes has a
 * scale, else in real numbers, with DEQUANTIZE before and QUANTIZE behind it. One type of 8 bits
 * serves the whole model: int8 where weights have a scale for each channel, else uint8.
 */
export function settle(graph: Graph): void {
  spread(graph);
  if (!isQuantized(graph)) return;
  const dtype = hasChannelScales(graph) ? Dtype.INT8 : Dtype.UINT8;
  unify(graph, dtype);
  const settled = new Settling(dtype);
  for (let i = 0; i < graph.nodes.length; i++) settled.add(graph.nodes[i]);
  graph.nodes = settled.nodes;
}

function isQuantized(graph: Graph): bool {
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
    code == Op.RESHAPE ||
    code == Op.TRANSPOSE ||
    code == Op.SLICE ||
    code == Op.STRIDED_SLICE ||
    code == Op.GATHER ||
    code == Op.PAD ||
    code == Op.PADV2 ||
    code == Op.MIRROR_PAD ||
    code == Op.MAX_POOL_2D ||
    code == Op.AVERAGE_POOL_2D ||
    code == Op.RESIZE_BILINEAR ||
    code == Op.RESIZE_NEAREST_NEIGHBOR ||
    code == Op.TILE ||
    code == Op.DEPTH_TO_SPACE ||
    code == Op.SPACE_TO_DEPTH ||
    code == Op.BROADCAST_TO ||
    code == Op.REDUCE_MAX ||
    code == Op.REDUCE_MIN
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
    if (node.code == Op.QUANTIZE) this.nodes.push(node);
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
    if (isLayer(node.code)) quantizeLayer(node, this.dtype);
    else this.constantsInBytes(node);
    const wanted = node.output.quantization as Quantization;
    const given = scaleGiven(node, this.dtype);
    if (node.code == Op.CONCATENATION || node.code == Op.MAXIMUM || node.code == Op.MINIMUM) {
      for (let i = 0; i < node.inputs.length; i++) {
        node.inputs[i] = this.requantized(node.inputs[i] as Value, wanted);
      }
    }
    this.nodes.push(node);
    if (given != null && !given.equals(wanted)) this.convertOutput(node, given, Op.QUANTIZE);
  }

  /** Real constants of a node that computes in 8 bits. */
  private constantsInBytes(node: Node): void {
    for (let i = 0; i < node.inputs.length; i++) {
      const value = node.inputs[i];
      if (value == null || value.constant == null) continue;
      if ((value.constant as Constant).isReal || value.quantization != null) {
        node.inputs[i] = isBorder(node, i) ? this.border(node, value) : inBytes(value, this.dtype);
      }
    }
  }

  /** The value of a border has the image's scale; below its least it is that. */
  private border(node: Node, value: Value): Value {
    const scale = (node.inputs[0] as Value).quantization as Quantization;
    const low: f64 = scale.dtype == Dtype.INT8 ? -128 : 0;
    const steps =
      (value.constant as Constant).get(0) / (scale.scales[0] as f64) + (scale.zeroPoints[0] as f64);
    const stored = Math.min(Math.max(Math.round(steps), low), low + 255);
    const zero = Quantization.one(scale.dtype, scale.scales[0], scale.zeroPoints[0]);
    const result = inBytes(value, scale.dtype);
    (result.constant as Constant).set(0, stored);
    result.quantization = zero;
    return result;
  }

  private requantized(value: Value, wanted: Quantization): Value {
    if ((value.quantization as Quantization).equals(wanted) || value.constant != null) return value;
    const node = new Node(Op.QUANTIZE, [value]);
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
    if (node.output.quantization != null) this.convertOutput(node, null, Op.QUANTIZE);
  }

  private real(value: Value): Value {
    if (this.reals.has(value)) return this.reals.get(value);
    const node = new Node(Op.DEQUANTIZE, [value]);
    const result = new Value(`${value.name} as reals`, Dtype.FLOAT32, value.shape);
    result.producer = node;
    node.outputs.push(result);
    this.nodes.push(node);
    this.reals.set(value, result);
    return result;
  }

  /** Lets a node write a value of another scale, or of real numbers, and converts it behind it. */
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

function isBorder(node: Node, input: i32): bool {
  return node.code == Op.PADV2 && input == 2;
}

/** The scale that an operator writes whatever one would like; null where it writes any. */
function scaleGiven(node: Node, dtype: Dtype): Quantization | null {
  const zero = dtype == Dtype.INT8 ? -128 : 0;
  const middle = dtype == Dtype.INT8 ? 0 : 128;
  if (node.code == Op.SOFTMAX || node.code == Op.LOGISTIC) {
    return Quantization.one(dtype, 1.0 / 256.0, zero);
  }
  if (node.code == Op.TANH) return Quantization.one(dtype, 1.0 / 128.0, middle);
  return keepsScale(node.code) ? (node.inputs[0] as Value).quantization : null;
}
