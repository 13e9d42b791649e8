import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { Dtype } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { ByteSpan, Message, Wire } from "./protobuf";
import {
  AttributeField,
  DimensionField,
  dtypeOf,
  GraphField,
  InfoField,
  ModelField,
  NodeField,
  OpsetField,
  ShapeField,
  TensorTypeField,
  TypeField,
} from "./schema";
import { readTensor } from "./tensor";

export class Attribute {
  name: string = "";
  float: f32 = 0;
  integer: i64 = 0;
  text: string = "";
  tensor: Constant | null = null;
  floats: f32[] = [];
  integers: i64[] = [];
}

export class OnnxNode {
  index: i32 = 0;
  name: string = "";
  operator: string = "";
  domain: string = "";
  /** Names of tensors; empty for those left out. */
  inputs: string[] = [];
  outputs: string[] = [];
  attributes: Attribute[] = [];

  /** The attribute of that name, or null. */
  attribute(name: string): Attribute | null {
    for (let i = 0; i < this.attributes.length; i++) {
      if (this.attributes[i].name == name) return this.attributes[i];
    }
    return null;
  }

  int(name: string, otherwise: i32): i32 {
    const attribute = this.attribute(name);
    return attribute == null ? otherwise : clamp(attribute.integer);
  }

  float(name: string, otherwise: f32): f32 {
    const attribute = this.attribute(name);
    return attribute == null ? otherwise : attribute.float;
  }

  text(name: string, otherwise: string): string {
    const attribute = this.attribute(name);
    return attribute == null ? otherwise : attribute.text;
  }

  /** A list, or null where there is none. */
  ints(name: string): i32[] | null {
    const attribute = this.attribute(name);
    if (attribute == null) return null;
    const values: i32[] = [];
    for (let i = 0; i < attribute.integers.length; i++) values.push(clamp(attribute.integers[i]));
    return values;
  }

  /** "Conv (node 3, "conv1")", for messages. */
  get label(): string {
    const domain = this.domain == "" ? "" : `${this.domain}.`;
    return `${domain}${this.operator} (node ${this.index}, "${this.name}")`;
  }
}

function clamp(value: i64): i32 {
  return min(max(value, i32.MIN_VALUE as i64), i32.MAX_VALUE as i64) as i32;
}

/** An input or output of the graph. */
export class Info {
  name: string = "";
  dtype: Dtype = Dtype.OTHER;
  /** −1 for an extent that the file leaves open. */
  shape: i32[] = [];
}

/** A model as the file has it. */
export class OnnxModel {
  nodes: OnnxNode[] = [];
  inputs: Info[] = [];
  outputs: Info[] = [];
  initializers: Map<string, Constant> = new Map<string, Constant>();
  /** The version of each domain's operators; ONNX' own domain is "". */
  opsets: Map<string, i32> = new Map<string, i32>();

  get opset(): i32 {
    return this.opsets.has("") ? this.opsets.get("") : 1;
  }
}

const OLDEST_OPSET = 1;
const NEWEST_OPSET = 21;

/** Reads a ModelProto; null after a fault. */
export function readOnnx(pointer: usize, bytes: u32): OnnxModel | null {
  const model = new OnnxModel();
  const message = new Message(pointer, new ByteSpan(pointer, bytes));
  let graph: Message | null = null;
  while (message.next()) {
    if (message.is(ModelField.GRAPH, Wire.BYTES)) graph = message.message;
    else if (message.is(ModelField.OPSET_IMPORT, Wire.BYTES)) readOpset(message.message, model);
    else if (message.number == ModelField.FUNCTIONS) {
      unsupported("a model without functions of its own", "functions");
    }
  }
  if (failed()) return null;
  if (graph == null) {
    fail(Code.NOT_A_MODEL, LocationKind.NONE, 0, "an ONNX model with a graph", "none");
    return null;
  }
  if (model.opset < OLDEST_OPSET || model.opset > NEWEST_OPSET) {
    unsupported(`an opset from ${OLDEST_OPSET} to ${NEWEST_OPSET}`, `${model.opset}`);
  }
  readGraph(graph, model);
  return failed() ? null : model;
}

function readOpset(message: Message, model: OnnxModel): void {
  let domain = "";
  let version = 1;
  while (message.next()) {
    if (message.is(OpsetField.DOMAIN, Wire.BYTES)) domain = message.text;
    else if (message.is(OpsetField.VERSION, Wire.VARINT)) version = clamp(message.value as i64);
  }
  model.opsets.set(domain == "ai.onnx" ? "" : domain, version);
}

function readGraph(message: Message, model: OnnxModel): void {
  while (message.next()) {
    if (message.is(GraphField.NODE, Wire.BYTES)) readNode(message.message, model);
    else if (message.is(GraphField.INITIALIZER, Wire.BYTES)) {
      const tensor = readTensor(message.message);
      // What is missing in files beside the model is asked for all at once.
      if (tensor == null) continue;
      model.initializers.set(tensor.name, tensor.constant);
    } else if (message.is(GraphField.INPUT, Wire.BYTES)) {
      model.inputs.push(readInfo(message.message));
    } else if (message.is(GraphField.OUTPUT, Wire.BYTES)) {
      model.outputs.push(readInfo(message.message));
    } else if (message.number == GraphField.SPARSE_INITIALIZER) {
      unsupported("dense initializers", "a sparse one");
    }
  }
}

function readNode(message: Message, model: OnnxModel): void {
  const node = new OnnxNode();
  node.index = model.nodes.length;
  while (message.next()) {
    if (message.is(NodeField.INPUT, Wire.BYTES)) node.inputs.push(message.text);
    else if (message.is(NodeField.OUTPUT, Wire.BYTES)) node.outputs.push(message.text);
    else if (message.is(NodeField.NAME, Wire.BYTES)) node.name = message.text;
    else if (message.is(NodeField.OPERATOR, Wire.BYTES)) node.operator = message.text;
    else if (message.is(NodeField.DOMAIN, Wire.BYTES)) node.domain = domainOf(message.text);
    else if (message.is(NodeField.ATTRIBUTE, Wire.BYTES)) {
      node.attributes.push(readAttribute(message.message));
    }
  }
  model.nodes.push(node);
}

function domainOf(name: string): string {
  return name == "ai.onnx" ? "" : name;
}

function readAttribute(message: Message): Attribute {
  const attribute = new Attribute();
  while (message.next()) {
    if (message.is(AttributeField.NAME, Wire.BYTES)) attribute.name = message.text;
    else if (message.is(AttributeField.FLOAT, Wire.FIXED32)) {
      attribute.float = reinterpret<f32>(message.value as u32);
    } else if (message.is(AttributeField.INTEGER, Wire.VARINT)) {
      attribute.integer = message.value as i64;
    } else if (message.is(AttributeField.TEXT, Wire.BYTES)) attribute.text = message.text;
    else if (message.is(AttributeField.TENSOR, Wire.BYTES)) {
      const tensor = readTensor(message.message);
      if (tensor != null) attribute.tensor = tensor.constant;
    } else if (message.number == AttributeField.FLOATS) message.addFloats(attribute.floats);
    else if (message.number == AttributeField.INTEGERS) message.addIntegers(attribute.integers);
  }
  return attribute;
}

function readInfo(message: Message): Info {
  const info = new Info();
  while (message.next()) {
    if (message.is(InfoField.NAME, Wire.BYTES)) info.name = message.text;
    else if (message.is(InfoField.TYPE, Wire.BYTES)) readType(message.message, info);
  }
  return info;
}

function readType(message: Message, info: Info): void {
  while (message.next()) {
    if (message.is(TypeField.TENSOR, Wire.BYTES)) readTensorType(message.message, info);
  }
}

function readTensorType(message: Message, info: Info): void {
  while (message.next()) {
    if (message.is(TensorTypeField.ELEMENT, Wire.VARINT)) info.dtype = dtypeOf(message.value);
    else if (message.is(TensorTypeField.SHAPE, Wire.BYTES)) readShape(message.message, info);
  }
}

function readShape(message: Message, info: Info): void {
  while (message.next()) {
    if (message.is(ShapeField.DIMENSION, Wire.BYTES)) {
      info.shape.push(readExtent(message.message));
    }
  }
}

/** −1 for a symbol, for none, and for what no tensor has. */
function readExtent(message: Message): i32 {
  let extent = -1;
  while (message.next()) {
    if (message.is(DimensionField.EXTENT, Wire.VARINT)) extent = clamp(message.value as i64);
  }
  return max(extent, -1);
}

function unsupported(expected: string, found: string): void {
  fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, expected, found);
}
