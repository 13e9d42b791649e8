import { SegmentLayout } from "../allocate/allocate";
import { EncodedJob } from "../encode/encode";
import { Graph } from "../graph";
import { Access, ConvolutionJob, MoveJob } from "../lower/jobs";
import { Lowering } from "../lower/lower";
import { Segment } from "../segment/segments";
import { Builder } from "./builder";
import { Buffer, Linked, link } from "./link";
import { BindingSlot, JobSlot, SegmentSlot } from "./slots.generated";

/** A segment on the NPU: its stream, its jobs, and where its tensors lie in the arena. */
export function writeNpuSegment(
  builder: Builder,
  segment: Segment,
  lowering: Lowering,
  jobs: EncodedJob[],
  layout: SegmentLayout,
  graph: Graph,
): u32 {
  const linked = link(jobs, layout);
  const operators = builder.integers(segment.operators);
  const inputs = writeBindings(builder, segment.inputs, lowering, true, layout, graph);
  const outputs = writeBindings(builder, segment.outputs, lowering, false, layout, graph);
  const jobTables = writeJobs(builder, jobs, layout);
  const stream = builder.vector(linked.stream.words.dataStart, linked.stream.words.length, 4);
  const relocations = writeRelocations(builder, linked);
  const values = writeValues(builder, lowering, layout);
  builder.table();
  builder.field8(SegmentSlot.PLACEMENT, 0);
  builder.child(SegmentSlot.OPERATORS, operators);
  builder.child(SegmentSlot.INPUTS, inputs);
  builder.child(SegmentSlot.OUTPUTS, outputs);
  builder.child(SegmentSlot.JOBS, jobTables);
  builder.child(SegmentSlot.STREAM, stream);
  builder.child(SegmentSlot.RELOCATIONS, relocations);
  builder.child(SegmentSlot.VALUES, values);
  return builder.endTable();
}

function writeBindings(
  builder: Builder,
  tensors: i32[],
  lowering: Lowering,
  isInput: bool,
  layout: SegmentLayout,
  graph: Graph,
): u32 {
  const accesses = isInput ? lowering.inputs : lowering.outputs;
  const positions: u32[] = [];
  for (let i = 0; i < tensors.length; i++) {
    builder.table();
    builder.field32(BindingSlot.TENSOR, tensors[i]);
    builder.field32(BindingSlot.OFFSET, layout.values[accesses[i].value.id] + accesses[i].offset);
    builder.field32(BindingSlot.BYTES, graph.tensors[tensors[i]].elements);
    positions.push(builder.endTable());
  }
  return builder.references(positions);
}

/** The schema's struct Relocation: eight bytes each, as `Linked` keeps them. */
function writeRelocations(builder: Builder, linked: Linked): u32 {
  return builder.vector(linked.relocations.dataStart, linked.relocations.length, 8, 4);
}

/** The schema's struct Value: five words each. Those that no job touches are left out. */
function writeValues(builder: Builder, lowering: Lowering, layout: SegmentLayout): u32 {
  const words: i32[] = [];
  for (let i = 0; i < lowering.values.length; i++) {
    const first = layout.lives.first[i];
    const last = layout.lives.last[i];
    if (first > last) continue;
    const value = lowering.values[i];
    words.push(layout.values[i]);
    words.push(value.bytes);
    words.push(first);
    words.push(last);
    words.push(value.tensor);
  }
  return builder.vector(words.dataStart, words.length / VALUE_WORDS, 4 * VALUE_WORDS, 4);
}

const VALUE_WORDS = 5;

function writeJobs(builder: Builder, jobs: EncodedJob[], layout: SegmentLayout): u32 {
  const positions: u32[] = [];
  for (let i = 0; i < jobs.length; i++) positions.push(writeJob(builder, jobs[i], i, layout));
  return builder.references(positions);
}

function writeJob(builder: Builder, encoded: EncodedJob, index: i32, layout: SegmentLayout): u32 {
  const job = encoded.job;
  const coefficients = encoded.coefficients;
  builder.table();
  builder.field8(JobSlot.KIND, job instanceof MoveJob ? 1 : 0);
  builder.field8(JobSlot.PURPOSE, job.purpose);
  builder.field32(JobSlot.OPERATOR, job.operator);
  builder.field8(JobSlot.MARK, job.mark);
  builder.field32(JobSlot.DESCRIPTOR, layout.descriptors[index]);
  writePlace(builder, JobSlot.INPUT, job.input, layout);
  writePlace(builder, JobSlot.OUTPUT, job.output, layout);
  builder.field32(JobSlot.INPUT_BYTES, job.inputBytes);
  builder.field32(JobSlot.OUTPUT_BYTES, job.outputBytes);
  if (coefficients != null) {
    builder.field32(JobSlot.COEFFICIENTS, layout.coefficients[index]);
    builder.field32(JobSlot.COEFFICIENT_BYTES, coefficients.bytes);
  }
  if (job instanceof ConvolutionJob) {
    builder.field64(JobSlot.MACS, (job as ConvolutionJob).macs);
  } else {
    builder.field8(JobSlot.CORE, (job as MoveJob).core);
    builder.field8(JobSlot.CORES, (job as MoveJob).cores);
  }
  return builder.endTable();
}

/** The schema's struct Place: the buffer's number, then the offset. */
function writePlace(builder: Builder, slot: i32, access: Access, layout: SegmentLayout): void {
  const address = builder.slot(slot, 8, 4);
  store<u8>(address, Buffer.ARENA);
  store<u32>(address + 4, layout.values[access.value.id] + access.offset);
}
