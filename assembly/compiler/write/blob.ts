import { Builder } from "../../flatbuffers/builder";
import { Core } from "../../targets/cores";
import { ARENA_ADDRESS, CONSTANTS_ADDRESS, MemoryPlan } from "../allocate/allocate";
import { EncodedJob } from "../encode/encode";
import { Graph } from "../graph";
import { Lowering } from "../lower/lower";
import { Legalization } from "../plan/legalization";
import { Segment } from "../segment/segments";
import { Settings } from "../settings";
import { FORMAT_VERSION, VERSION } from "../version";
import { checksum } from "./checksum";
import { CommandStream } from "./command-stream";
import { writeCpuSegments } from "./cpu-segments";
import { writeOperators, writeStates, writeTensors } from "./model";
import { writeNpuSegment } from "./segments";
import { BlobSlot, OptionsSlot, TargetSlot } from "./slots.generated";

/** "NOLF" */
const IDENTIFIER: u32 = 0x464c4f4e;
/** That of the constants, so that a loader can map the file. */
const ALIGNMENT: u32 = 64;

/** Gives the finished file; `lowerings` and `encoded` go with the NPU segments in order. */
export function writeBlob(
  graph: Graph,
  legalizations: Legalization[],
  segments: Segment[],
  lowerings: Lowering[],
  encoded: EncodedJob[][],
  plan: MemoryPlan,
  core: Core,
  settings: Settings,
): Builder {
  const builder = new Builder(plan.constantBytes + cpuConstants(graph, legalizations) + (1 << 16));
  // Linking comes before the constants are copied: it completes the descriptors.
  const isInModel = new StaticArray<bool>(graph.operators.length);
  const parts = writeSegments(builder, graph, segments, lowerings, encoded, plan, isInModel);
  const constants = writeConstants(builder, encoded, plan);
  const tensors = writeTensors(builder, graph, legalizations, isInModel);
  const bytes = coefficientBytes(graph, encoded);
  const operators = writeOperators(builder, graph, legalizations, bytes);
  const inputs = builder.integers(graph.inputs);
  const outputs = builder.integers(graph.outputs);
  const states = writeStates(builder, graph);
  const init = CommandStream.init().words;
  const initWords = builder.vector(init.dataStart, init.length, 4);
  const version = builder.text(VERSION);
  const target = writeTarget(builder, core);
  const options = writeOptions(builder, settings);
  builder.table();
  builder.field32(BlobSlot.VERSION, FORMAT_VERSION);
  builder.child(BlobSlot.COMPILER, version);
  const _sum = builder.slot(BlobSlot.CHECKSUM, 4);
  const sumPosition = builder.size;
  builder.child(BlobSlot.TARGET, target);
  builder.child(BlobSlot.OPTIONS, options);
  builder.child(BlobSlot.TENSORS, tensors);
  builder.child(BlobSlot.OPERATORS, operators);
  builder.child(BlobSlot.SEGMENTS, parts);
  builder.child(BlobSlot.INPUTS, inputs);
  builder.child(BlobSlot.OUTPUTS, outputs);
  builder.field32(BlobSlot.CONSTANTS_ADDRESS, CONSTANTS_ADDRESS);
  builder.field32(BlobSlot.ARENA_ADDRESS, ARENA_ADDRESS);
  builder.field32(BlobSlot.ARENA_BYTES, plan.arenaBytes);
  builder.child(BlobSlot.CONSTANTS, constants);
  builder.child(BlobSlot.INIT, initWords);
  builder.child(BlobSlot.STATES, states);
  builder.finish(builder.endTable(), IDENTIFIER, ALIGNMENT);
  seal(builder, sumPosition);
  return builder;
}

/** Bytes of constants that operators on the CPU read, which the reader keeps below 2^28. */
function cpuConstants(graph: Graph, legalizations: Legalization[]): u32 {
  let sum: u32 = 0;
  for (let i = 0; i < graph.operators.length; i++) {
    if (legalizations[i].isOnNpu) continue;
    const inputs = graph.operators[i].inputs;
    for (let j = 0; j < inputs.length; j++) {
      if (inputs[j] >= 0) sum += graph.tensors[inputs[j]].data.bytes;
    }
  }
  return sum;
}

/** The checksum counts its own field as 0, which it still is. */
function seal(builder: Builder, position: u32): void {
  const field = builder.pointer + builder.size - position;
  store<u32>(field, checksum(builder.pointer, builder.size));
}

function writeSegments(
  builder: Builder,
  graph: Graph,
  segments: Segment[],
  lowerings: Lowering[],
  encoded: EncodedJob[][],
  plan: MemoryPlan,
  isInModel: StaticArray<bool>,
): u32 {
  const positions: u32[] = [];
  let npu = 0;
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i];
    if (segment.onNpu) {
      const addresses = plan.segments[npu];
      positions.push(
        writeNpuSegment(builder, segment, lowerings[npu], encoded[npu], addresses, graph),
      );
      npu++;
    } else {
      writeCpuSegments(builder, segment, graph, positions, isInModel);
    }
  }
  return builder.references(positions);
}

function writeConstants(builder: Builder, encoded: EncodedJob[][], plan: MemoryPlan): u32 {
  builder.align(ALIGNMENT, plan.constantBytes);
  const start = builder.append(plan.constantBytes);
  for (let i = 0; i < encoded.length; i++) {
    for (let j = 0; j < encoded[i].length; j++) {
      const job = encoded[i][j];
      const descriptor = start + plan.segments[i].descriptors[j];
      memory.copy(descriptor, job.words.pointer, job.words.bytes);
      const coefficients = job.coefficients;
      if (coefficients == null) continue;
      const offset = plan.segments[i].coefficients[j];
      memory.copy(start + offset, coefficients.pointer, coefficients.bytes);
    }
  }
  builder.u32(plan.constantBytes);
  return builder.size;
}

function coefficientBytes(graph: Graph, encoded: EncodedJob[][]): StaticArray<u32> {
  const bytes = new StaticArray<u32>(graph.operators.length);
  for (let i = 0; i < encoded.length; i++) {
    for (let j = 0; j < encoded[i].length; j++) {
      const coefficients = encoded[i][j].coefficients;
      // The cores that share a job share its table.
      if (j > 0 && coefficients == encoded[i][j - 1].coefficients) continue;
      if (coefficients != null) bytes[encoded[i][j].job.operator] += coefficients.bytes;
    }
  }
  return bytes;
}

function writeTarget(builder: Builder, core: Core): u32 {
  const name = builder.text(core.name);
  builder.table();
  builder.child(TargetSlot.NAME, name);
  builder.field32(TargetSlot.MODEL, core.model);
  builder.field32(TargetSlot.REVISION, core.revision);
  builder.field32(TargetSlot.PRODUCT, core.product);
  builder.field32(TargetSlot.ECO, core.eco);
  builder.field32(TargetSlot.CUSTOMER, core.customer);
  builder.field8(TargetSlot.ARCHITECTURE, core.architecture);
  return builder.endTable();
}

function writeOptions(builder: Builder, settings: Settings): u32 {
  builder.table();
  builder.field8(OptionsSlot.COMPAT_MESA, settings.compatMesa ? 1 : 0);
  builder.field8(OptionsSlot.STRICT, settings.strict ? 1 : 0);
  builder.field8(OptionsSlot.ALLOW_UNPROVEN, settings.allowUnproven ? 1 : 0);
  builder.field8(OptionsSlot.CPU_ONLY, settings.cpuOnly ? 1 : 0);
  return builder.endTable();
}
