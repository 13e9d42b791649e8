import { Builder } from "../../flatbuffers/builder";
import { Builtin } from "../../tflite/schema";
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
import { Graph, Operator, Tensor } from "../graph";
import { copyOptions } from "./options-copy";
import { QuantizationSlots, writeQuantization } from "./quantization";

const SCHEMA_VERSION: u32 = 3;
const ALIGNMENT: u32 = 16;
/** The greatest code of the field for early readers, who see it where the code is greater. */
const LAST_EARLY_CODE: i32 = 127;

/** TFLite's numbers of element types, by those of Dtype; -1 for what one number does not tell. */
// biome-ignore format: in the enum's order
const TYPE_NUMBERS: StaticArray<i32> = [3, 9, 7, 2, 4, 1, 0, 10, 6, 5, -1];

const QUANTIZATION = new QuantizationSlots(
  QuantizationSlot.SCALE,
  QuantizationSlot.ZERO_POINT,
  QuantizationSlot.AXIS,
);

/** Some operators of a graph as a `.tflite` of their own. */
export class Submodel {
  /** The file; null where it cannot be told: an element type, or options in parts unknown. */
  file: Builder | null = null;
  /** Indices in the graph of the tensors that are its inputs and outputs, in their order. */
  inputs: i32[] = [];
  outputs: i32[] = [];
}

/** Takes operators that run one after the other, all that they compute being outputs. */
export function extract(graph: Graph, operators: i32[]): Submodel {
  const submodel = new Submodel();
  const tensors: i32[] = [];
  for (let i = 0; i < operators.length; i++) {
    const operator = graph.operators[operators[i]];
    for (let j = 0; j < operator.inputs.length; j++) {
      const index = operator.inputs[j];
      if (index < 0 || tensors.includes(index)) continue;
      tensors.push(index);
      const tensor = graph.tensors[index];
      if (!tensor.isConstant && !tensor.isVariable) submodel.inputs.push(index);
    }
    for (let j = 0; j < operator.outputs.length; j++) {
      if (tensors.includes(operator.outputs[j])) continue;
      tensors.push(operator.outputs[j]);
      submodel.outputs.push(operator.outputs[j]);
    }
  }
  submodel.file = write(graph, operators, tensors, submodel);
  return submodel;
}

function write(graph: Graph, operators: i32[], tensors: i32[], submodel: Submodel): Builder | null {
  let constants: u32 = 0;
  for (let i = 0; i < tensors.length; i++) constants += graph.tensors[tensors[i]].data.bytes;
  const builder = new Builder(constants + (1 << 16));
  const buffers = writeBuffers(builder, graph, tensors);
  const codes: u32[] = [];
  const operatorTables: u32[] = [];
  for (let i = 0; i < operators.length; i++) {
    const operator = graph.operators[operators[i]];
    if (!operator.storedOptions.isKnown) return null;
    const options = copyOptions(builder, operator.storedOptions);
    codes.push(writeCode(builder, operator));
    operatorTables.push(writeOperator(builder, operator, i, options, tensors));
  }
  const tensorTables: u32[] = [];
  let buffer = 0;
  for (let i = 0; i < tensors.length; i++) {
    const tensor = graph.tensors[tensors[i]];
    if (TYPE_NUMBERS[tensor.dtype] < 0) return null;
    if (tensor.isConstant) buffer++;
    tensorTables.push(writeTensor(builder, tensor, tensor.isConstant ? buffer : 0));
  }
  const tensorList = builder.references(tensorTables);
  const inputs = builder.integers(renumbered(submodel.inputs, tensors));
  const outputs = builder.integers(renumbered(submodel.outputs, tensors));
  const operatorList = builder.references(operatorTables);
  builder.table();
  builder.child(SubgraphSlot.TENSORS, tensorList);
  builder.child(SubgraphSlot.INPUTS, inputs);
  builder.child(SubgraphSlot.OUTPUTS, outputs);
  builder.child(SubgraphSlot.OPERATORS, operatorList);
  const subgraphs = builder.references([builder.endTable()]);
  const codeList = builder.references(codes);
  builder.table();
  builder.field32(ModelSlot.VERSION, SCHEMA_VERSION);
  builder.child(ModelSlot.OPERATOR_CODES, codeList);
  builder.child(ModelSlot.SUBGRAPHS, subgraphs);
  builder.child(ModelSlot.BUFFERS, buffers);
  builder.finish(builder.endTable(), IDENTIFIER, ALIGNMENT);
  return builder;
}

/** Buffer 0 is the empty one, as TFLite wants it; then one for each constant. */
function writeBuffers(builder: Builder, graph: Graph, tensors: i32[]): u32 {
  const positions: u32[] = [];
  builder.table();
  positions.push(builder.endTable());
  for (let i = 0; i < tensors.length; i++) {
    const tensor = graph.tensors[tensors[i]];
    if (!tensor.isConstant) continue;
    const data = builder.vector(tensor.data.pointer, tensor.data.bytes, 1, ALIGNMENT);
    builder.table();
    builder.child(BufferSlot.DATA, data);
    positions.push(builder.endTable());
  }
  return builder.references(positions);
}

function writeCode(builder: Builder, operator: Operator): u32 {
  const custom = operator.customName;
  const name = operator.code == Builtin.CUSTOM ? builder.bytes(custom.pointer, custom.bytes) : 0;
  builder.table();
  builder.field8(OperatorCodeSlot.DEPRECATED_BUILTIN_CODE, min(operator.code, LAST_EARLY_CODE));
  builder.child(OperatorCodeSlot.CUSTOM_CODE, name);
  builder.field32(OperatorCodeSlot.VERSION, operator.version);
  builder.field32(OperatorCodeSlot.BUILTIN_CODE, operator.code);
  return builder.endTable();
}

function writeOperator(
  builder: Builder,
  operator: Operator,
  code: i32,
  options: u32,
  tensors: i32[],
): u32 {
  const inputs = builder.integers(renumbered(operator.inputs, tensors));
  const outputs = builder.integers(renumbered(operator.outputs, tensors));
  const own = operator.customOptions;
  const custom = own.bytes == 0 ? 0 : builder.vector(own.pointer, own.bytes, 1, ALIGNMENT);
  builder.table();
  builder.field32(OperatorSlot.CODE_INDEX, code);
  builder.child(OperatorSlot.INPUTS, inputs);
  builder.child(OperatorSlot.OUTPUTS, outputs);
  builder.field8(OperatorSlot.OPTIONS_TYPE, operator.storedOptions.type);
  builder.child(OperatorSlot.OPTIONS, options);
  builder.child(OperatorSlot.CUSTOM_OPTIONS, custom);
  return builder.endTable();
}

function writeTensor(builder: Builder, tensor: Tensor, buffer: u32): u32 {
  const shape = builder.integers(tensor.shape);
  const name = builder.bytes(tensor.name.pointer, tensor.name.bytes);
  const quantization = writeQuantization(builder, tensor.quantization, QUANTIZATION);
  builder.table();
  builder.child(TensorSlot.SHAPE, shape);
  builder.field8(TensorSlot.TYPE, TYPE_NUMBERS[tensor.dtype]);
  builder.field32(TensorSlot.BUFFER, buffer);
  builder.child(TensorSlot.NAME, name);
  builder.child(TensorSlot.QUANTIZATION, quantization);
  builder.field8(TensorSlot.IS_VARIABLE, tensor.isVariable ? 1 : 0);
  return builder.endTable();
}

/** Tensors by their index among those of the submodel, -1 for one that is left out. */
function renumbered(indices: i32[], tensors: i32[]): i32[] {
  const positions: i32[] = [];
  for (let i = 0; i < indices.length; i++) positions.push(tensors.indexOf(indices[i]));
  return positions;
}
