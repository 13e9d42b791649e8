import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Builder } from "../../flatbuffers/builder";
import {
  BufferSlot,
  IDENTIFIER,
  ModelSlot,
  OperatorCodeSlot,
  OperatorSlot,
  QuantizationSlot,
  SubgraphSlot,
  TensorSlot,
} from "../../tflite/slots";
import { Constant } from "../graph/constant";
import { Graph, Node, Quantization, Value } from "../graph/graph";
import { optionsTypeOf, writeOptions } from "./options";

const VERSION = 3;

/** Numbers of the schema's TensorType in the order of `Dtype`. */
// biome-ignore format: in the enum's order
const TENSOR_TYPES: StaticArray<i32> = [3, 9, 7, 2, 4, 1, 0, 10, 6, 5, 0];

/** What a file may have: more than any network for such a core. */
const MOST_BYTES: u64 = 512 << 20;
/** Room for what is said of a value or a node: its name, shape, scale and options. */
const ABOUT_ONE: u64 = 512;

/** Writes a graph as a `.tflite`; null after a fault. */
export function writeModel(graph: Graph): Builder | null {
  const bytes = mostBytes(graph);
  if (bytes > MOST_BYTES) {
    const expected = `a model of at most ${MOST_BYTES >> 20} MiB`;
    fail(Code.TOO_LARGE, LocationKind.NONE, 0, expected, `one of ${bytes >> 20} MiB`);
    return null;
  }
  return new ModelWriter(graph, new Builder(bytes as u32)).write();
}

/** Memory that a builder outgrows is lost, so it begins with nearly all. */
function mostBytes(graph: Graph): u64 {
  let bytes: u64 = 1 << 12;
  for (let i = 0; i < graph.nodes.length; i++) {
    const inputs = graph.nodes[i].inputs;
    for (let j = 0; j < inputs.length; j++) {
      const value = inputs[j];
      if (value == null) continue;
      const constant = value.constant;
      bytes += ABOUT_ONE + (constant == null ? 0 : (constant.bytes as u64));
    }
    bytes += 2 * ABOUT_ONE;
  }
  return bytes;
}

class ModelWriter {
  private values: Value[] = [];
  private codes: i32[] = [];
  private buffers: u32[] = [];

  constructor(
    private graph: Graph,
    private builder: Builder,
  ) {
    this.number();
  }

  write(): Builder {
    const builder = this.builder;
    // Buffer 0 is that of tensors without data.
    builder.table();
    this.buffers.push(builder.endTable());
    const tensors: u32[] = [];
    for (let i = 0; i < this.values.length; i++) tensors.push(this.tensor(this.values[i]));
    const operators: u32[] = [];
    for (let i = 0; i < this.graph.nodes.length; i++) {
      operators.push(this.operator(this.graph.nodes[i]));
    }
    const subgraph = this.subgraph(builder.references(tensors), builder.references(operators));
    const subgraphs = builder.references([subgraph]);
    const codes = this.operatorCodes();
    const buffers = builder.references(this.buffers);
    builder.table();
    builder.field32(ModelSlot.VERSION, VERSION);
    builder.child(ModelSlot.OPERATOR_CODES, codes);
    builder.child(ModelSlot.SUBGRAPHS, subgraphs);
    builder.child(ModelSlot.BUFFERS, buffers);
    builder.finish(builder.endTable(), IDENTIFIER, 16);
    return builder;
  }

  /** Gives each value its number: inputs, then what nodes read and write, as they come. */
  private number(): void {
    const inputs = this.graph.inputs;
    const nodes = this.graph.nodes;
    for (let i = 0; i < nodes.length; i++) {
      for (let j = 0; j < nodes[i].inputs.length; j++) {
        const value = nodes[i].inputs[j];
        if (value != null) value.index = -1;
      }
      for (let j = 0; j < nodes[i].outputs.length; j++) nodes[i].outputs[j].index = -1;
    }
    for (let i = 0; i < inputs.length; i++) inputs[i].index = this.values.push(inputs[i]) - 1;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (this.codes.indexOf(node.code) < 0) this.codes.push(node.code);
      for (let j = 0; j < node.inputs.length; j++) this.take(node.inputs[j]);
      for (let j = 0; j < node.outputs.length; j++) this.take(node.outputs[j]);
    }
  }

  private take(value: Value | null): void {
    if (value != null && value.index < 0) value.index = this.values.push(value) - 1;
  }

  private tensor(value: Value): u32 {
    const builder = this.builder;
    const constant = value.constant;
    const buffer = constant == null ? 0 : this.buffer(constant);
    const name = builder.text(value.name);
    const shape = builder.integers(value.shape);
    const own = value.quantization;
    const quantization = own == null ? 0 : this.quantization(own);
    const dtype = constant == null ? value.dtype : constant.dtype;
    builder.table();
    builder.child(TensorSlot.SHAPE, shape);
    builder.field8(TensorSlot.TYPE, TENSOR_TYPES[dtype]);
    builder.field32(TensorSlot.BUFFER, buffer);
    builder.child(TensorSlot.NAME, name);
    builder.child(TensorSlot.QUANTIZATION, quantization);
    return builder.endTable();
  }

  private buffer(constant: Constant): u32 {
    const builder = this.builder;
    const data = builder.vector(constant.pointer, constant.bytes, 1, 16);
    builder.table();
    builder.child(BufferSlot.DATA, data);
    return this.buffers.push(builder.endTable()) - 1;
  }

  private quantization(own: Quantization): u32 {
    const builder = this.builder;
    const zeroPoints: i64[] = [];
    for (let i = 0; i < own.zeroPoints.length; i++) zeroPoints.push(own.zeroPoints[i]);
    const zeros = builder.vector(zeroPoints.dataStart, zeroPoints.length, 8);
    const scales = builder.vector(own.scales.dataStart, own.scales.length, 4);
    builder.table();
    builder.child(QuantizationSlot.SCALE, scales);
    builder.child(QuantizationSlot.ZERO_POINT, zeros);
    builder.field32(QuantizationSlot.AXIS, own.axis);
    return builder.endTable();
  }

  private operator(node: Node): u32 {
    const builder = this.builder;
    const inputs = builder.integers(indicesOf(node.inputs));
    const outputs: i32[] = [];
    for (let i = 0; i < node.outputs.length; i++) outputs.push(node.outputs[i].index);
    const written = builder.integers(outputs);
    const options = writeOptions(builder, node);
    builder.table();
    builder.field32(OperatorSlot.CODE_INDEX, this.codes.indexOf(node.code));
    builder.child(OperatorSlot.INPUTS, inputs);
    builder.child(OperatorSlot.OUTPUTS, written);
    builder.field8(OperatorSlot.OPTIONS_TYPE, optionsTypeOf(node));
    builder.child(OperatorSlot.OPTIONS, options);
    return builder.endTable();
  }

  private subgraph(tensors: u32, operators: u32): u32 {
    const builder = this.builder;
    const inputs: i32[] = [];
    const outputs: i32[] = [];
    for (let i = 0; i < this.graph.inputs.length; i++) inputs.push(this.graph.inputs[i].index);
    for (let i = 0; i < this.graph.outputs.length; i++) outputs.push(this.graph.outputs[i].index);
    const read = builder.integers(inputs);
    const written = builder.integers(outputs);
    builder.table();
    builder.child(SubgraphSlot.TENSORS, tensors);
    builder.child(SubgraphSlot.INPUTS, read);
    builder.child(SubgraphSlot.OUTPUTS, written);
    builder.child(SubgraphSlot.OPERATORS, operators);
    return builder.endTable();
  }

  private operatorCodes(): u32 {
    const builder = this.builder;
    const positions: u32[] = [];
    for (let i = 0; i < this.codes.length; i++) {
      builder.table();
      builder.field8(OperatorCodeSlot.DEPRECATED_BUILTIN_CODE, min(this.codes[i], 127));
      builder.field32(OperatorCodeSlot.VERSION, 1);
      builder.field32(OperatorCodeSlot.BUILTIN_CODE, this.codes[i]);
      positions.push(builder.endTable());
    }
    return builder.references(positions);
  }
}

function indicesOf(values: (Value | null)[]): i32[] {
  const numbers: i32[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    numbers.push(value == null ? -1 : value.index);
  }
  return numbers;
}
