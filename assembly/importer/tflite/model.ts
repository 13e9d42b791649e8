import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { FlatBuffer, Table, Vector } from "../../flatbuffers/reader";
import { OPERATOR_NAMES } from "../../tflite/operators";
import { Builtin, DTYPE_BYTES, DTYPE_NAMES, Dtype } from "../../tflite/schema";
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
import { Constant, elementsOf } from "../graph/constant";
import { Graph, Node, Quantization, Value } from "../graph/graph";
import { layoutOf } from "../graph/options";
import { realsOf } from "../graph/reals";
import { fits } from "./shapes";

/** Element types in the order of the schema's numbers; others are not of real networks. */
// biome-ignore format: by number
const TYPES: StaticArray<Dtype> = [
  Dtype.FLOAT32, Dtype.FLOAT16, Dtype.INT32, Dtype.UINT8, Dtype.INT64, Dtype.STRING, Dtype.BOOL,
  Dtype.INT16, Dtype.OTHER, Dtype.INT8,
];

/** What is computed and quantized here, in messages. */
export const REAL_MODEL = "a model of real numbers";

/** More than any network for such a core has. */
const MOST_PARTS: u32 = 20000;
const MOST_ELEMENTS: i64 = 1 << 28;

/** Whether bytes say that they are a `.tflite`. */
export function isTflite(pointer: usize, bytes: u32): bool {
  return bytes >= 8 && load<u32>(pointer, 4) == IDENTIFIER;
}

/**
 * Reads a `.tflite` of real numbers: its graph, with constants of 16 bits or of scales as float32.
 * Null after a fault.
 */
export function readTflite(pointer: usize, bytes: u32): Graph | null {
  const root = new FlatBuffer(pointer, bytes).root;
  if (root == null) return null;
  const subgraphs = root.vector(ModelSlot.SUBGRAPHS, 4);
  if (subgraphs.count != 1) {
    fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, "one subgraph", `${subgraphs.count}`);
    return null;
  }
  const subgraph = subgraphs.table(0);
  if (subgraph == null) return null;
  const reader = new Reader(
    root.vector(ModelSlot.BUFFERS, 4),
    root.vector(ModelSlot.OPERATOR_CODES, 4),
  );
  reader.read(subgraph);
  return failed() ? null : reader.graph;
}

class Reader {
  graph: Graph = new Graph();
  private values: Value[] = [];

  constructor(
    private buffers: Vector,
    private codes: Vector,
  ) {}

  read(subgraph: Table): bool {
    const tensors = subgraph.vector(SubgraphSlot.TENSORS, 4);
    const operators = subgraph.vector(SubgraphSlot.OPERATORS, 4);
    if (tensors.count > MOST_PARTS || operators.count > MOST_PARTS) {
      const found = `${max(tensors.count, operators.count)}`;
      return fail(
        Code.TOO_LARGE,
        LocationKind.NONE,
        0,
        `at most ${MOST_PARTS} tensors and operators`,
        found,
      );
    }
    for (let i: u32 = 0; i < tensors.count; i++) {
      const table = tensors.table(i);
      if (table == null || !this.addTensor(table, i)) return false;
    }
    const inputs = subgraph.vector(SubgraphSlot.INPUTS, 4);
    for (let i: u32 = 0; i < inputs.count; i++) {
      const value = this.value(inputs.int(i));
      if (value == null) return false;
      if (value.dtype != Dtype.FLOAT32) return notReal(inputs.int(i), value.dtype);
      this.graph.inputs.push(value);
    }
    for (let i: u32 = 0; i < operators.count; i++) {
      const table = operators.table(i);
      if (table == null || !this.addOperator(table, i)) return false;
    }
    const outputs = subgraph.vector(SubgraphSlot.OUTPUTS, 4);
    for (let i: u32 = 0; i < outputs.count; i++) {
      const value = this.value(outputs.int(i));
      if (value == null) return false;
      this.graph.outputs.push(value);
    }
    return !failed();
  }

  /** The tensor of a number; null after a fault. */
  private value(index: i32): Value | null {
    if (index >= 0 && index < this.values.length) return this.values[index];
    fail(
      Code.MALFORMED,
      LocationKind.NONE,
      0,
      `one of ${this.values.length} tensors`,
      `tensor ${index}`,
    );
    return null;
  }

  private addTensor(table: Table, index: u32): bool {
    const number = table.byte(TensorSlot.TYPE);
    const dtype = number < (TYPES.length as u8) ? TYPES[number] : Dtype.OTHER;
    const extents = table.vector(TensorSlot.SHAPE, 4);
    const shape: i32[] = [];
    for (let i: u32 = 0; i < extents.count && i < 8; i++) {
      const isOpen = i == 0 && extents.int(i) == -1;
      shape.push(isOpen ? 1 : extents.int(i));
      if (shape[i] < 0) {
        return fail(Code.MALFORMED, LocationKind.TENSOR, index, "extents from 0", `${shape[i]}`);
      }
    }
    if (extents.count > 8 || elementsOf(shape) > MOST_ELEMENTS) {
      return fail(
        Code.TOO_LARGE,
        LocationKind.TENSOR,
        index,
        "tensors of at most 2^28 elements",
        shape.join(" × "),
      );
    }
    const name = table.span(TensorSlot.NAME);
    const value = new Value(String.UTF8.decodeUnsafe(name.pointer, name.bytes), dtype, shape);
    this.values.push(value);
    if (table.has(TensorSlot.SPARSITY)) {
      return fail(
        Code.UNSUPPORTED_MODEL,
        LocationKind.TENSOR,
        index,
        "dense constants",
        "sparse ones",
      );
    }
    return this.addData(value, table, index) && !failed();
  }

  private addData(value: Value, table: Table, index: u32): bool {
    const at: u32 = table.int(TensorSlot.BUFFER);
    if (at == 0 || at >= this.buffers.count) return this.isReal(value, table, index);
    const buffer = this.buffers.table(at);
    if (buffer == null) return false;
    const data = buffer.span(BufferSlot.DATA);
    if (data.bytes == 0) return this.isReal(value, table, index);
    const wanted = (elementsOf(value.shape) as u64) * (DTYPE_BYTES[value.dtype] as u64);
    if ((data.bytes as u64) < wanted || DTYPE_BYTES[value.dtype] == 0) {
      const found = `${data.bytes} of type ${DTYPE_NAMES[value.dtype]}`;
      return fail(Code.MALFORMED, LocationKind.TENSOR, index, `${wanted} bytes of elements`, found);
    }
    const constant = new Constant(value.dtype, value.shape, data.pointer);
    const quantization = quantizationOf(table, value);
    const isReal = constant.isReal || quantization != null;
    value.constant = isReal ? realsOf(constant, quantization) : constant;
    value.dtype = (value.constant as Constant).dtype;
    return true;
  }

  /** Refuses a computed tensor of 8 bits: such a model is quantized already. */
  private isReal(value: Value, table: Table, index: u32): bool {
    const isByte = value.dtype == Dtype.UINT8 || value.dtype == Dtype.INT8;
    if (!isByte || quantizationOf(table, value) == null) return !failed();
    return notReal(index, value.dtype);
  }

  private addOperator(table: Table, index: u32): bool {
    const codes: u32 = table.int(OperatorSlot.CODE_INDEX);
    if (codes >= this.codes.count) {
      const found = `code ${codes}`;
      return fail(
        Code.MALFORMED,
        LocationKind.OPERATOR,
        index,
        "an operator code of the model",
        found,
      );
    }
    const code = this.codes.table(codes);
    if (code == null) return false;
    const builtin = max(
      code.int(OperatorCodeSlot.BUILTIN_CODE),
      code.byte(OperatorCodeSlot.DEPRECATED_BUILTIN_CODE) as i32,
    );
    const node = new Node(builtin, []);
    if (!this.readOperands(node, table)) return false;
    if (isCopy(node)) return this.copyConstant(node);
    this.readOptions(node, table);
    const named =
      builtin >= 0 && builtin < OPERATOR_NAMES.length ? OPERATOR_NAMES[builtin] : `${builtin}`;
    if (!this.isInOrder(node) || !fits(node)) {
      return fail(
        Code.UNSUPPORTED_OPERATOR,
        LocationKind.OPERATOR,
        index,
        "operators and shapes that quantizing knows",
        named,
      );
    }
    for (let i = 0; i < node.outputs.length; i++) node.outputs[i].producer = node;
    this.graph.nodes.push(node);
    return true;
  }

  private readOperands(node: Node, table: Table): bool {
    const inputs = table.vector(OperatorSlot.INPUTS, 4);
    for (let i: u32 = 0; i < inputs.count; i++) {
      if (inputs.int(i) < 0) node.inputs.push(null);
      else node.inputs.push(this.value(inputs.int(i)));
    }
    const outputs = table.vector(OperatorSlot.OUTPUTS, 4);
    for (let i: u32 = 0; i < outputs.count; i++) {
      const value = this.value(outputs.int(i));
      if (value == null) return false;
      node.outputs.push(value);
    }
    return !failed();
  }

  private copyConstant(node: Node): bool {
    const input = node.inputs[0] as Value;
    const constant = (input.constant as Constant).as(Dtype.FLOAT32);
    if (elementsOf(node.output.shape) != elementsOf(input.shape)) return false;
    node.output.constant = constant;
    node.output.dtype = Dtype.FLOAT32;
    return true;
  }

  private readOptions(node: Node, table: Table): void {
    const layout = layoutOf(node.code);
    const options = table.table(OperatorSlot.OPTIONS);
    if (layout == null) return;
    for (let slot = 0; slot < layout.fields.length; slot++) {
      const isByte = layout.fields.charAt(slot) == "b";
      if (options == null) node.options.push(0);
      else node.options.push(isByte ? (options.byte(slot) as i32) : options.int(slot));
    }
  }

  /** Whether all that a node reads is known, given, or computed before it, and nothing is made twice. */
  private isInOrder(node: Node): bool {
    for (let i = 0; i < node.inputs.length; i++) {
      const value = node.inputs[i];
      if (value == null || value.constant != null || value.producer != null) continue;
      if (!this.graph.inputs.includes(value)) return false;
    }
    for (let i = 0; i < node.outputs.length; i++) {
      const value = node.outputs[i];
      if (value.constant != null || value.producer != null || this.graph.inputs.includes(value))
        return false;
    }
    return node.outputs.length > 0 && node.inputs.length > 0;
  }
}

/** DEQUANTIZE of a constant of 16 bits, which is how files of half the size store weights. */
function isCopy(node: Node): bool {
  if (node.code != Builtin.DEQUANTIZE || node.inputs.length != 1 || node.outputs.length != 1)
    return false;
  const input = node.inputs[0];
  return input == null ? false : input.constant != null && node.output.constant == null;
}

/** Null where a tensor has no scales, or such as do not fit it. */
function quantizationOf(table: Table, value: Value): Quantization | null {
  const own = table.table(TensorSlot.QUANTIZATION);
  if (own == null) return null;
  const scales = own.vector(QuantizationSlot.SCALE, 4);
  const zeros = own.vector(QuantizationSlot.ZERO_POINT, 8);
  const axis = own.int(QuantizationSlot.AXIS);
  if (scales.count == 0) return null;
  const isOne = scales.count == 1;
  if (!isOne && (axis < 0 || axis >= value.rank || value.shape[axis] != (scales.count as i32)))
    return null;
  const all: f32[] = [];
  const zeroPoints: i32[] = [];
  for (let i: u32 = 0; i < scales.count; i++) {
    all.push(load<f32>(scales.pointer + ((i as usize) << 2)));
    zeroPoints.push(i < zeros.count ? (load<i64>(zeros.pointer + ((i as usize) << 3)) as i32) : 0);
  }
  return new Quantization(value.dtype, all, zeroPoints, axis);
}

function notReal(index: i32, dtype: Dtype): bool {
  return fail(
    Code.UNSUPPORTED_MODEL,
    LocationKind.TENSOR,
    index,
    REAL_MODEL,
    `tensors of ${DTYPE_NAMES[dtype]}`,
  );
}
