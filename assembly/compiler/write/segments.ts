import { Builder } from "../../flatbuffers/builder";
import { SegmentMemory } from "../allocate/allocate";
import { EncodedJob } from "../encode/encode";
import { Graph } from "../graph";
import { BufferSlice, ConvolutionJob, TpJob } from "../lower/jobs";
import { Lowering } from "../lower/lower";
import { Segment } from "../segment/segments";
import { Linked, link, Region } from "./link";
import { BindingSlot, JobSlot, SegmentSlot } from "./slots.generated";

/** A segment on the NPU: its stream, its jobs, and where its tensors lie in the arena. */
export function writeNpuSegment(
  builder: Builder,
  segment: Segment,
  lowering: Lowering,
  jobs: EncodedJob[],
  plan: SegmentMemory,
  graph: Graph,
): u32 {
  const linked = link(jobs, plan);
  const operators = builder.integers(segment.operators);
  const inputs = writeBindings(
    builder,
    segment.inputs,
    segment.inputValues,
    lowering.inputs,
    plan,
    graph,
  );
  const outputs = writeBindings(
    builder,
    segment.outputs,
    segment.outputValues,
    lowering.outputs,
    plan,
    graph,
  );
  const jobTables = writeJobs(builder, jobs, plan);
  const stream = builder.vector(linked.stream.words.dataStart, linked.stream.words.length, 4);
  const relocations = writeRelocations(builder, linked);
  const buffers = writeBuffers(builder, lowering, plan);
  builder.table();
  builder.field8(SegmentSlot.PLACEMENT, 0);
  builder.child(SegmentSlot.OPERATORS, operators);
  builder.child(SegmentSlot.INPUTS, inputs);
  builder.child(SegmentSlot.OUTPUTS, outputs);
  builder.child(SegmentSlot.JOBS, jobTables);
  builder.child(SegmentSlot.STREAM, stream);
  builder.child(SegmentSlot.RELOCATIONS, relocations);
  builder.child(SegmentSlot.BUFFERS, buffers);
  builder.field8(SegmentSlot.SIGNED_BYTES, lowering.isSigned ? 1 : 0);
  return builder.endTable();
}

function writeBindings(
  builder: Builder,
  tensors: i32[],
  values: i32[],
  slices: BufferSlice[],
  plan: SegmentMemory,
  graph: Graph,
): u32 {
  const positions: u32[] = [];
  for (let i = 0; i < tensors.length; i++) {
    builder.table();
    builder.field32(BindingSlot.TENSOR, tensors[i]);
    builder.field32(BindingSlot.OFFSET, plan.buffers[slices[i].buffer.id] + slices[i].offset);
    builder.field32(BindingSlot.BYTES, graph.tensors[tensors[i]].elements);
    // Tensor 0 is none to leave out.
    if (values[i] != tensors[i]) store<i32>(builder.slot(BindingSlot.VALUES, 4), values[i]);
    positions.push(builder.endTable());
  }
  return builder.references(positions);
}

/** The schema's struct Relocation: eight bytes each, as `Linked` keeps them. */
function writeRelocations(builder: Builder, linked: Linked): u32 {
  return builder.vector(linked.relocations.dataStart, linked.relocations.length, 8, 4);
}

/** The schema's struct BufferLifetime: five words each. Those that no job touches are left out. */
function writeBuffers(builder: Builder, lowering: Lowering, plan: SegmentMemory): u32 {
  const words: i32[] = [];
  for (let i = 0; i < lowering.buffers.length; i++) {
    const first = plan.lifetimes.first[i];
    const last = plan.lifetimes.last[i];
    if (first > last) continue;
    const buffer = lowering.buffers[i];
    if (buffer.constant != null) continue;
    words.push(plan.buffers[i]);
    words.push(buffer.bytes);
    words.push(first);
    words.push(last);
    words.push(buffer.tensor);
  }
  return builder.vector(words.dataStart, words.length / LIFETIME_WORDS, 4 * LIFETIME_WORDS, 4);
}

const LIFETIME_WORDS = 5;

function writeJobs(builder: Builder, jobs: EncodedJob[], plan: SegmentMemory): u32 {
  const positions: u32[] = [];
  for (let i = 0; i < jobs.length; i++) positions.push(writeJob(builder, jobs[i], i, plan));
  return builder.references(positions);
}

function writeJob(builder: Builder, encoded: EncodedJob, index: i32, plan: SegmentMemory): u32 {
  const job = encoded.job;
  const coefficients = encoded.coefficients;
  builder.table();
  builder.field8(JobSlot.KIND, job instanceof TpJob ? 1 : 0);
  builder.field8(JobSlot.PURPOSE, job.purpose);
  builder.field32(JobSlot.OPERATOR, job.operator);
  builder.field8(JobSlot.MARK, job.mark);
  builder.field32(JobSlot.DESCRIPTOR, plan.descriptors[index]);
  if (job.input.buffer.constant == null) writePlace(builder, JobSlot.INPUT, job.input, plan);
  else writeConstantPlace(builder, JobSlot.INPUT, plan.coefficients[index] + job.input.offset);
  writePlace(builder, JobSlot.OUTPUT, job.output, plan);
  builder.field32(JobSlot.INPUT_BYTES, job.inputBytes);
  builder.field32(JobSlot.OUTPUT_BYTES, job.outputBytes);
  if (coefficients != null) {
    builder.field32(JobSlot.COEFFICIENTS, plan.coefficients[index]);
    builder.field32(JobSlot.COEFFICIENT_BYTES, coefficients.bytes);
  }
  if (job instanceof ConvolutionJob) {
    builder.field64(JobSlot.MACS, (job as ConvolutionJob).macs);
  } else {
    builder.field8(JobSlot.CORE, (job as TpJob).core);
    builder.field8(JobSlot.CORES, (job as TpJob).cores);
  }
  return builder.endTable();
}

function writeConstantPlace(builder: Builder, slot: i32, offset: u32): void {
  const address = builder.slot(slot, 8, 4);
  store<u8>(address, Region.CONSTANTS);
  store<u32>(address + 4, offset);
}

/** The schema's struct Place: the buffer's number, then the offset. */
function writePlace(builder: Builder, slot: i32, slice: BufferSlice, plan: SegmentMemory): void {
  const address = builder.slot(slot, 8, 4);
  store<u8>(address, Region.ARENA);
  store<u32>(address + 4, plan.buffers[slice.buffer.id] + slice.offset);
}
