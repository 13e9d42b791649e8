import { Builder } from "../../flatbuffers/builder";
import { Graph, Operator, Span, Tensor } from "../graph";
import { Legalization } from "../plan/legalization";
import { ConvolutionsPlan, weightedPlans } from "../plan/plan";
import { displayName } from "../read/names";
import { CpuOptions, cpuOptionsOf, writeCpuOptions } from "./cpu-options";
import { entropyOf } from "./entropy";
import { macsOf } from "./macs";
import { QuantizationSlots, writeQuantization } from "./quantization";
import { OperatorSlot, QuantizationSlot, StateSlot, TensorSlot } from "./slots.generated";

const QUANTIZATION = new QuantizationSlots(
  QuantizationSlot.SCALES,
  QuantizationSlot.ZERO_POINTS,
  QuantizationSlot.AXIS,
);

/** The model's side of a blob: its tensors and operators, where these run and why. */

/**
 * Constants are kept only where an operator on the CPU reads them, or where they are outputs of the
 * model; those in a model of their own have theirs there.
 */
export function writeTensors(
  builder: Builder,
  graph: Graph,
  legalizations: Legalization[],
  isInModel: StaticArray<bool>,
): u32 {
  const keepsData = readByHost(graph, legalizations, isInModel);
  const positions: u32[] = [];
  for (let i = 0; i < graph.tensors.length; i++) {
    positions.push(writeTensor(builder, graph.tensors[i], keepsData[i]));
  }
  return builder.references(positions);
}

function readByHost(
  graph: Graph,
  legalizations: Legalization[],
  isInModel: StaticArray<bool>,
): StaticArray<bool> {
  const read = new StaticArray<bool>(graph.tensors.length);
  for (let i = 0; i < graph.operators.length; i++) {
    if (legalizations[i].isOnNpu || isInModel[i]) continue;
    const inputs = graph.operators[i].inputs;
    for (let j = 0; j < inputs.length; j++) if (inputs[j] >= 0) read[inputs[j]] = true;
  }
  for (let i = 0; i < graph.outputs.length; i++) read[graph.outputs[i]] = true;
  for (let i = 0; i < graph.states.length; i++) read[graph.states[i].output] = true;
  return read;
}

function writeTensor(builder: Builder, tensor: Tensor, keepsData: bool): u32 {
  const name = builder.bytes(tensor.name.pointer, tensor.name.bytes);
  const shape = builder.integers(tensor.shape);
  const quantization = writeQuantization(builder, tensor.quantization, QUANTIZATION);
  const data = keepsData && tensor.isConstant ? writeData(builder, tensor.data) : 0;
  builder.table();
  builder.child(TensorSlot.NAME, name);
  builder.child(TensorSlot.SHAPE, shape);
  builder.field8(TensorSlot.DTYPE, tensor.dtype);
  builder.child(TensorSlot.QUANTIZATION, quantization);
  builder.child(TensorSlot.DATA, data);
  return builder.endTable();
}

function writeData(builder: Builder, data: Span): u32 {
  return builder.vector(data.pointer, data.bytes, 1, 16);
}

/** What a session keeps between runs; 0 for nothing. */
export function writeStates(builder: Builder, graph: Graph): u32 {
  if (graph.states.length == 0) return 0;
  const positions: u32[] = [];
  for (let i = 0; i < graph.states.length; i++) {
    const state = graph.states[i];
    const initial = state.initial.bytes == 0 ? 0 : writeData(builder, state.initial);
    builder.table();
    builder.field32(StateSlot.INPUT, state.input);
    builder.field32(StateSlot.OUTPUT, state.output);
    builder.child(StateSlot.INITIAL, initial);
    positions.push(builder.endTable());
  }
  return builder.references(positions);
}

/** `coefficients`: bytes by operator. */
export function writeOperators(
  builder: Builder,
  graph: Graph,
  legalizations: Legalization[],
  coefficients: StaticArray<u32>,
): u32 {
  const positions: u32[] = [];
  for (let i = 0; i < graph.operators.length; i++) {
    const operator = graph.operators[i];
    positions.push(writeOperator(builder, operator, graph, legalizations[i], coefficients[i]));
  }
  return builder.references(positions);
}

/** Of all layers that an operator becomes: their groups, the most copies, and their mean error. */
function writeRequantization(builder: Builder, layers: ConvolutionsPlan[]): void {
  let groups = 0;
  let copies = 0;
  let squares: f64 = 0;
  for (let i = 0; i < layers.length; i++) {
    groups += layers[i].channelGroups;
    copies = max(copies, layers[i].inputCopies);
    squares += (layers[i].error as f64) * (layers[i].error as f64);
  }
  if (groups == 0) return;
  const isSingle = layers.length == 1;
  const error = isSingle ? layers[0].error : (Math.sqrt(squares / (layers.length as f64)) as f32);
  builder.field32(OperatorSlot.CHANNEL_GROUPS, groups);
  builder.field32(OperatorSlot.ERROR, reinterpret<u32>(error));
  builder.field32(OperatorSlot.INPUT_COPIES, copies);
}

function writeOperator(
  builder: Builder,
  operator: Operator,
  graph: Graph,
  legalization: Legalization,
  coefficientBytes: u32,
): u32 {
  const name = builder.text(displayName(operator));
  const inputs = builder.integers(operator.inputs);
  const outputs = builder.integers(operator.outputs);
  const reason = legalization.isOnNpu ? 0 : builder.text(legalization.reason);
  const kind = legalization.isOnNpu ? CpuOptions.NONE : cpuOptionsOf(operator);
  const options = writeCpuOptions(builder, kind, operator);
  const plan = legalization.plan;
  builder.table();
  builder.field32(OperatorSlot.CODE, operator.code);
  builder.child(OperatorSlot.NAME, name);
  builder.child(OperatorSlot.INPUTS, inputs);
  builder.child(OperatorSlot.OUTPUTS, outputs);
  builder.field8(OperatorSlot.PLACEMENT, legalization.isOnNpu ? 0 : 1);
  builder.child(OperatorSlot.REASON, reason);
  builder.field8(OperatorSlot.MARK, legalization.mark);
  builder.field8(OperatorSlot.OPTIONS_TYPE, kind);
  builder.child(OperatorSlot.OPTIONS, options);
  builder.field64(OperatorSlot.MACS, plan != null ? plan.macs : macsOf(operator, graph));
  const layers: ConvolutionsPlan[] = plan == null ? [] : weightedPlans(plan);
  if (layers.length > 0) writeRequantization(builder, layers);
  else if (plan != null) builder.field32(OperatorSlot.ERROR, reinterpret<u32>(plan.error));
  if (plan != null) {
    builder.field32(OperatorSlot.WEIGHT_BYTES, plan.weightBytes);
    builder.field32(OperatorSlot.COEFFICIENT_BYTES, coefficientBytes);
    if (plan.weightBytes != 0)
      builder.field32(OperatorSlot.ENTROPY_BYTES, entropyOf(operator, graph));
  }
  return builder.endTable();
}
