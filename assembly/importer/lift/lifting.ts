import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Builtin, Dtype } from "../../tflite/schema";
import { Constant, elementsOf, identity, isIdentity, permutedShape } from "../graph/constant";
import { Graph, Node, Value } from "../graph/graph";
import { OnnxModel, OnnxNode } from "../onnx/model";
import { NHWC, Operand, realConstant } from "./operand";

/** What lifting has so far: the new graph, and what each name of the old one stands for. */
export class Lifting {
  graph: Graph = new Graph();
  private operands: Map<string, Operand> = new Map<string, Operand>();

  constructor(public model: OnnxModel) {}

  set(name: string, operand: Operand): void {
    this.operands.set(name, operand);
  }

  /** What a name stands for; null after a fault. */
  find(name: string): Operand | null {
    if (this.operands.has(name)) return this.operands.get(name);
    if (this.model.initializers.has(name)) return Operand.known(this.model.initializers.get(name));
    fail(
      Code.MALFORMED,
      LocationKind.NONE,
      0,
      "tensors that are computed before they are used",
      name,
    );
    return null;
  }

  has(node: OnnxNode, index: i32): bool {
    return index < node.inputs.length && node.inputs[index] != "";
  }

  /** An operand that must be there; null after a fault. */
  operand(node: OnnxNode, index: i32): Operand | null {
    if (this.has(node, index)) return this.find(node.inputs[index]);
    this.refuse(node, `an input ${index}`, "none");
    return null;
  }

  /** A known operand; null where it is left out, and after a fault where it is computed. */
  known(node: OnnxNode, index: i32): Constant | null {
    if (!this.has(node, index)) return null;
    const operand = this.find(node.inputs[index]);
    if (operand == null) return null;
    if (operand.constant == null)
      this.refuse(node, `a constant as input ${index}`, "a computed one");
    return operand.constant;
  }

  /** A list of whole numbers: an attribute in old operators, an input in new ones; null for neither. */
  ints(node: OnnxNode, attribute: string, input: i32): i32[] | null {
    const given = node.ints(attribute);
    if (given != null) return given;
    const constant = this.known(node, input);
    return constant == null ? null : constant.ints();
  }

  define(node: OnnxNode, index: i32, operand: Operand): bool {
    if (index < node.outputs.length) this.set(node.outputs[index], operand);
    return true;
  }

  /** Defines the node's first output as a value of the given order. */
  result(node: OnnxNode, value: Value, order: i32[]): bool {
    if (node.outputs.length > 0) value.name = node.outputs[0];
    const shape: i32[] = [];
    for (let i = 0; i < order.length; i++) shape.push(value.shape[order.indexOf(i)]);
    return this.define(node, 0, Operand.of(value, shape, order));
  }

  emit(code: i32, inputs: (Value | null)[], shape: i32[], options: i32[] = []): Value {
    const node = new Node(code, inputs);
    node.options = options;
    const value = new Value(`value ${this.graph.nodes.length}`, Dtype.FLOAT32, shape);
    value.producer = node;
    node.outputs.push(value);
    this.graph.nodes.push(node);
    return value;
  }

  /** The operand stored in another order. */
  stored(operand: Operand, order: i32[]): Value {
    if (operand.constant != null) return constantValue(operand, operand.shape, order);
    const value = operand.value as Value;
    const steps: i32[] = [];
    for (let i = 0; i < order.length; i++) steps.push(operand.storageAxis(order[i]));
    if (isIdentity(steps)) return value;
    const shape = permutedShape(value.shape, steps);
    const moved = movesNothing(steps, value.shape)
      ? this.reshaped(value, shape)
      : this.transposed(value, steps, shape);
    moved.name = `${value.name} in order ${order.join(",")}`;
    return moved;
  }

  /** In ONNX' own order. */
  plain(operand: Operand): Value {
    return this.stored(operand, identity(operand.rank));
  }

  /** An image as TFLite has it. */
  image(operand: Operand): Value {
    return this.stored(operand, NHWC);
  }

  reshaped(value: Value, shape: i32[]): Value {
    const target = Value.known("shape", Constant.integers(shape));
    const result = this.emit(Builtin.RESHAPE, [value, target], shape);
    result.quantization = value.quantization;
    return result;
  }

  private transposed(value: Value, steps: i32[], shape: i32[]): Value {
    const result = this.emit(Builtin.TRANSPOSE, [value, indices("order", steps)], shape);
    result.quantization = value.quantization;
    return result;
  }

  refuse(node: OnnxNode, expected: string, found: string): bool {
    const opset = this.model.opset;
    const where = `${found} in ${node.label}, opset ${opset}`;
    return fail(Code.UNSUPPORTED_OPERATOR, LocationKind.OPERATOR, node.index, expected, where);
  }
}

/** A constant in a shape of as many elements and an order; in 8 bits where it has one scale. */
export function constantValue(operand: Operand, shape: i32[], order: i32[]): Value {
  const quantization = operand.quantization;
  const keepsBytes =
    quantization != null && !quantization.isPerChannel && quantization.dtype != Dtype.INT32;
  const constant = keepsBytes ? (operand.constant as Constant) : realConstant(operand);
  const value = Value.known("constant", constant.reshaped(shape).permuted(order));
  if (keepsBytes) value.quantization = quantization;
  return value;
}

/** Whole numbers that steer an operator. */
export function indices(name: string, values: i32[]): Value {
  return Value.known(name, Constant.integers(values));
}

/** A single real number. */
export function scalar(value: f32): Value {
  return Value.known("number", Constant.floats([value], []));
}

/** Counted from the end where negative; −1 where there is no such axis. */
export function axisOf(axis: i32, rank: i32): i32 {
  const positive = axis < 0 ? axis + rank : axis;
  return positive >= 0 && positive < rank ? positive : -1;
}

/** Whether only axes of one element are exchanged. */
function movesNothing(steps: i32[], shape: i32[]): bool {
  let last = -1;
  for (let i = 0; i < steps.length; i++) {
    if (shape[steps[i]] == 1) continue;
    if (steps[i] < last) return false;
    last = steps[i];
  }
  return true;
}

/** Whether the tensors of a model can be that large. */
export function fits(shape: i32[]): bool {
  for (let i = 0; i < shape.length; i++) if (shape[i] < 0) return false;
  return elementsOf(shape) <= 1 << 28;
}
