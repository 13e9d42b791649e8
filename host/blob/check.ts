import {
  MOST_ARENA_BYTES,
  MOST_CONSTANT_BYTES,
  MOST_HOST_BYTES,
} from "../../assembly/targets/limits.ts";
import { DTYPES, elementsOf } from "../dtype.ts";
import { type Location, NolfetError } from "../errors.ts";
import {
  type Binding,
  type Blob,
  type Buffer,
  type BufferLifetime,
  DESCRIPTOR_WORDS,
  type Job,
  type Operator,
  type Relocation,
  type Segment,
  type State,
  type Tensor,
} from "./blob.ts";
import { ADDRESS_SPACE_BYTES, PAGE_BYTES, wholePages } from "./pages.ts";

const MAXIMUM_RANK = 8;
/** Where the kernel driver's softpin addresses begin. */
const LEAST_ADDRESS = 0x400000;
const MAXIMUM_SHIFT = 31;

/**
 * Checks everything in a blob that refers to something else in it: indices, spans of the two
 * buffers, addresses, sizes that follow from shapes, and that the segments in their order
 * compute all that they read. Throws BAD_BLOB with the tensor, operator or job.
 */
export function checkReferences(blob: Blob): void {
  blob.tensors.forEach(checkTensor);
  for (const operator of blob.operators) checkOperator(blob, operator);
  for (const tensor of blob.inputs) checkValues(blob, tensor, "an input of the model");
  for (const tensor of blob.outputs) checkValues(blob, tensor, "an output of the model");
  checkAddresses(blob);
  blob.segments.forEach((segment, i) => {
    checkSegment(blob, segment, `segment ${i}`);
  });
  for (const state of blob.states) checkState(blob, state);
  checkDataFlow(blob);
}

function refuse(expected: string, found: unknown, location?: Location): never {
  throw new NolfetError("BAD_BLOB", expected, `${found}`, location);
}

/** Refuses a span that does not lie inside `limit` bytes. */
function inside(offset: number, bytes: number, limit: number, what: string, location?: Location) {
  if (offset + bytes > limit) {
    refuse(`${what} inside ${limit} bytes`, `${bytes} bytes from ${offset} on`, location);
  }
}

function indices(values: number[], count: number, what: string, least = 0, location?: Location) {
  for (const value of values) {
    if (value < least || value >= count) refuse(`${what} below ${count}`, value, location);
  }
}

function checkTensor({ index, shape, dtype, quantization, data }: Tensor): void {
  const location: Location = { kind: "TENSOR", at: index };
  if (shape.length > MAXIMUM_RANK)
    refuse(`at most ${MAXIMUM_RANK} dimensions`, shape.length, location);
  const negative = shape.find((extent) => extent < 0);
  if (negative !== undefined) refuse("extents from 0 on", negative, location);
  const bytes = elementsOf(shape) * DTYPES[dtype].bytes;
  if (bytes > MOST_HOST_BYTES) refuse("a tensor of at most 768 MiB", `${bytes} bytes`, location);
  const isSized = DTYPES[dtype].bytes !== 0;
  if (isSized && data.length !== 0 && data.length !== bytes) {
    refuse(`${bytes} bytes of data`, `${data.length} bytes`, location);
  }
  const { scales, zeroPoints } = quantization;
  if (zeroPoints.length !== scales.length) {
    refuse(`${scales.length} zero points, as many as scales`, zeroPoints.length, location);
  }
  const scale = scales.find((value) => !(value > 0 && Number.isFinite(value)));
  if (scale !== undefined) refuse("scales above 0", scale, location);
}

/** Texts and types that are not known have no bytes to copy. */
function checkValues({ tensors }: Blob, tensor: number, what: string): void {
  indices([tensor], tensors.length, what);
  const { dtype } = tensors[tensor] as Tensor;
  const location: Location = { kind: "TENSOR", at: tensor };
  if (!DTYPES[dtype].array) refuse(`${what} of a type whose values are known`, dtype, location);
}

function checkOperator({ tensors }: Blob, { index, inputs, outputs }: Operator): void {
  const location: Location = { kind: "OPERATOR", at: index };
  indices(inputs, tensors.length, "an input tensor", -1, location);
  indices(outputs, tensors.length, "an output tensor", 0, location);
}

function checkAddresses(blob: Blob): void {
  const { constantsAddress, constants, arenaAddress, arenaBytes } = blob;
  if (constants.length > MOST_CONSTANT_BYTES) {
    refuse(`constants of at most ${MOST_CONSTANT_BYTES} bytes`, constants.length);
  }
  if (arenaBytes > MOST_ARENA_BYTES) {
    refuse(`an arena of at most ${MOST_ARENA_BYTES} bytes`, arenaBytes);
  }
  const ends = [
    [constantsAddress, constants.length, "constants"] as const,
    [arenaAddress, arenaBytes, "arena"] as const,
  ].map(([address, bytes, what]) => {
    if (address % PAGE_BYTES !== 0) refuse(`the address of ${what} to begin a page`, address);
    if (address < LEAST_ADDRESS) refuse(`an address of ${what} from 4 MiB on`, address);
    inside(address, wholePages(bytes), ADDRESS_SPACE_BYTES, what);
    return address + wholePages(bytes);
  });
  const [constantsEnd = 0, arenaEnd = 0] = ends;
  if (constantsAddress < arenaEnd && arenaAddress < constantsEnd) {
    refuse("constants and arena apart", "that they overlap");
  }
}

function checkSegment(blob: Blob, segment: Segment, name: string): void {
  indices(segment.operators, blob.operators.length, `an operator of ${name}`);
  for (const index of segment.operators) {
    const operator = blob.operators[index] as Operator;
    if (operator.placement !== segment.placement) {
      const location: Location = { kind: "OPERATOR", at: index };
      refuse(`the placement of ${name}, ${segment.placement}`, operator.placement, location);
    }
  }
  for (const binding of [...segment.inputs, ...segment.outputs]) checkBinding(blob, binding, name);
  const modelTensors = [...segment.modelInputs, ...segment.modelOutputs];
  indices(modelTensors, blob.tensors.length, `a tensor of the model of ${name}`);
  if (segment.placement === "CPU" && segment.jobs.length + segment.stream.length !== 0) {
    refuse(`no jobs in ${name} on the CPU`, `${segment.jobs.length} jobs`);
  }
  if (segment.placement === "NPU" && segment.stream.length * blob.init.length === 0) {
    refuse(`streams that set the NPU up and run ${name}`, "an empty one");
  }
  segment.jobs.forEach((job, i) => {
    checkJob(blob, job, { kind: "JOB", at: i });
  });
  for (const buffer of segment.buffers) checkLifetime(blob, segment, buffer, name);
  for (const relocation of segment.relocations) {
    checkRelocation(blob, segment, relocation, name);
  }
}

function checkBinding(blob: Blob, binding: Binding, name: string): void {
  const { tensor, offset, bytes, values } = binding;
  const location: Location = { kind: "TENSOR", at: tensor };
  checkValues(blob, tensor, `a tensor bound in ${name}`);
  const { shape, dtype } = blob.tensors[tensor] as Tensor;
  const expected = elementsOf(shape) * DTYPES[dtype].bytes;
  if (bytes !== expected) refuse(`${expected} bytes bound in ${name}`, `${bytes} bytes`, location);
  inside(offset, bytes, blob.arenaBytes, `the arena in ${name}`, location);
  if (values !== tensor) checkConversion(blob, binding, name);
}

/** Float32 values become as many bytes of one scale, or these become values. */
function checkConversion(blob: Blob, { tensor, values }: Binding, name: string): void {
  checkValues(blob, values, `a tensor converted in ${name}`);
  const real = blob.tensors[values] as Tensor;
  const stored = blob.tensors[tensor] as Tensor;
  const location: Location = { kind: "TENSOR", at: values };
  if (real.dtype !== "float32") refuse("float32 values to convert", real.dtype, location);
  const { dtype, quantization, shape } = stored;
  if ((dtype !== "uint8" && dtype !== "int8") || quantization.scales.length !== 1) {
    refuse("a tensor of 8 bits and one scale to convert", dtype, { kind: "TENSOR", at: tensor });
  }
  const elements = elementsOf(shape);
  if (elementsOf(real.shape) !== elements) {
    refuse(`${elements} values to convert`, elementsOf(real.shape), location);
  }
}

function checkJob(blob: Blob, job: Job, location: Location): void {
  const constants = blob.constants.length;
  const bytes: Record<Buffer, number> = { constants, arena: blob.arenaBytes };
  indices([job.operator], blob.operators.length, "an operator", 0, location);
  inside(job.descriptor, 4 * DESCRIPTOR_WORDS[job.kind], constants, "the descriptor", location);
  inside(job.coefficients, job.coefficientBytes, constants, "the coefficients", location);
  inside(job.input.offset, 0, bytes[job.input.buffer], "the input", location);
  inside(job.output.offset, 0, bytes[job.output.buffer], "the output", location);
}

function checkLifetime(blob: Blob, { jobs }: Segment, buffer: BufferLifetime, name: string): void {
  const { offset, bytes, first, last, tensor } = buffer;
  inside(offset, bytes, blob.arenaBytes, `a buffer in the arena in ${name}`);
  indices([tensor], blob.tensors.length, `the tensor of a buffer in ${name}`, -1);
  if (first < -1 || first > last || last > jobs.length) {
    refuse(`a buffer kept between jobs of ${name}`, `from ${first} to ${last}`);
  }
}

function checkRelocation(blob: Blob, segment: Segment, relocation: Relocation, name: string): void {
  const { inStream, position, shift } = relocation;
  const bytes = inStream ? 4 * segment.stream.length : blob.constants.length;
  inside(position, 4, bytes, `a relocated word of ${name}`);
  if (position % 4 !== 0) refuse(`a relocated word of ${name} at a multiple of 4`, position);
  if (shift > MAXIMUM_SHIFT) refuse(`a shift of at most ${MAXIMUM_SHIFT} bits`, shift);
}

/** What ends a run must fit where the next begins, and so must the first value. */
function checkState({ tensors }: Blob, { input, output, initial }: State): void {
  indices([input, output], tensors.length, "a tensor that is kept between runs");
  const location: Location = { kind: "TENSOR", at: input };
  const [first, last] = [tensors[input] as Tensor, tensors[output] as Tensor];
  const bytesOf = ({ shape, dtype }: Tensor) => elementsOf(shape) * DTYPES[dtype].bytes;
  const bytes = bytesOf(first);
  if (last.dtype !== first.dtype || bytesOf(last) !== bytes) {
    refuse(
      `${bytes} bytes of ${first.dtype} to keep`,
      `${bytesOf(last)} of ${last.dtype}`,
      location,
    );
  }
  if (initial.length !== 0 && initial.length !== bytes) {
    refuse(`${bytes} bytes of a first value`, initial.length, location);
  }
}

/** Walks the segments in order: whatever one reads must be there by then, and is computed once. */
function checkDataFlow(blob: Blob): void {
  const known = new Set<number>();
  for (const { index, data } of blob.tensors) if (data.length !== 0) known.add(index);

  const read = (tensor: number, where: string) => {
    const { shape } = blob.tensors[tensor] as Tensor;
    if (known.has(tensor) || elementsOf(shape) === 0) return;
    const location: Location = { kind: "TENSOR", at: tensor };
    refuse(`what ${where} reads to be computed before`, "no segment that does", location);
  };
  const write = (tensor: number, where: string) => {
    if (known.has(tensor)) {
      const location: Location = { kind: "TENSOR", at: tensor };
      refuse("one value of every tensor", `another from ${where}`, location);
    }
    known.add(tensor);
  };
  for (const tensor of blob.inputs) write(tensor, "the model's input");
  for (const { input } of blob.states) write(input, "the run before");
  blob.segments.forEach((segment, i) => {
    if (segment.placement === "NPU") {
      for (const { values } of segment.inputs) read(values, `segment ${i}`);
      for (const { values } of segment.outputs) write(values, `segment ${i}`);
      return;
    }
    if (segment.model.length > 0) {
      for (const tensor of segment.modelInputs) read(tensor, `segment ${i}`);
      for (const tensor of segment.modelOutputs) write(tensor, `segment ${i}`);
      return;
    }
    for (const index of segment.operators) {
      const { inputs, outputs } = blob.operators[index] as Operator;
      for (const tensor of inputs) if (tensor >= 0) read(tensor, `operator ${index}`);
      for (const tensor of outputs) write(tensor, `operator ${index}`);
    }
  });
  for (const tensor of blob.outputs) read(tensor, "the model's output");
  for (const { output } of blob.states) read(output, "the next run");
}
