import { clearFailure, failureCode } from "../../diagnostics/failure";
import { CORES } from "../../targets/cores";
import { Builtin } from "../../tflite/schema";
import { Field, WordLayout, Words } from "../fields/field";
import * as nn from "../fields/nn";
import * as streams from "../fields/streams";
import * as tp from "../fields/tp";
import { Buffer, BufferSlice, ConvolutionJob, Purpose, TpJob } from "../lower/jobs";
import { Kernels } from "../lower/kernels";
import { Convolution } from "../plan/convolution";
import { ELEMENTWISE, ElementwiseFunction } from "../plan/elementwise";
import { FunctionTable } from "../plan/table";
import { Settings } from "../settings";
import { Caching } from "./caching";
import { encodeConvolution } from "./nn-descriptor";
import { Requantization } from "./requantization";
import { Tiling } from "./tiling";
import { encodeTp } from "./tp-descriptor";

/** An entry of its own for the tests of the table of fields and of the encoders that write them. */

export {
  failureCode,
  failureLocation,
  failureLocationKind,
  failureText,
} from "../../diagnostics/failure";

const LAYOUTS: WordLayout[] = [
  nn.NN,
  tp.TP,
  streams.COMMAND,
  streams.START,
  streams.ZERO_RUNS,
  streams.V7_HEADER,
  streams.HUFFMAN,
  streams.V8_HEADER,
  streams.V8_STREAM,
];

/** The whole table as JSON: pieces as [word, high bit, low bit]. */
export function describe(): string {
  return `[${LAYOUTS.map<string>((layout) => layoutJson(layout)).join(",")}]`;
}

function layoutJson(layout: WordLayout): string {
  const fields = layout.fields.map<string>((field) => fieldJson(field)).join(",");
  return `{"name":"${layout.name}","words":${layout.length},"fields":[${fields}]}`;
}

function fieldJson(field: Field): string {
  const pieces = field.pieces
    .map<string>((piece) => `[${piece.word},${piece.high},${piece.low}]`)
    .join(",");
  const range = `"least":${field.least},"most":${field.most},"unit":${field.unit}`;
  return `{"name":"${field.name}","signed":${field.isSigned},${range},"pieces":[${pieces}]}`;
}

let words: Words = new Words(nn.NN);

/** Writes one field of words that are 0. Gives 0, or a code. */
export function write(layout: i32, field: i32, value: f64): i32 {
  clearFailure();
  words = new Words(LAYOUTS[layout]);
  words.set(LAYOUTS[layout].fields[field], value as i64);
  return failureCode();
}

export function word(index: i32): u32 {
  return words.at(index);
}

const PLAIN = new Settings(0);
const MESA = new Settings(1);

const OPERATOR = 7;

// What an encoder takes, by number.

const MOVE: StaticArray<usize> = [
  offsetof<TpJob>("sizeX"),
  offsetof<TpJob>("sizeY"),
  offsetof<TpJob>("sizeZ"),
  offsetof<TpJob>("rowPitch"),
  offsetof<TpJob>("windowX0"),
  offsetof<TpJob>("windowY0"),
  offsetof<TpJob>("windowX1"),
  offsetof<TpJob>("windowY1"),
  offsetof<TpJob>("tileX"),
  offsetof<TpJob>("tileY"),
  offsetof<TpJob>("zero"),
  offsetof<TpJob>("outputZero"),
];

const CONVOLUTION: StaticArray<usize> = [
  offsetof<ConvolutionJob>("kernelX"),
  offsetof<ConvolutionJob>("kernelY"),
  offsetof<ConvolutionJob>("inputX"),
  offsetof<ConvolutionJob>("inputY"),
  offsetof<ConvolutionJob>("inputZ"),
  offsetof<ConvolutionJob>("outputX"),
  offsetof<ConvolutionJob>("outputY"),
  offsetof<ConvolutionJob>("outputZ"),
  offsetof<ConvolutionJob>("offsetX"),
  offsetof<ConvolutionJob>("offsetY"),
  offsetof<ConvolutionJob>("inputZero"),
  offsetof<ConvolutionJob>("outputZero"),
];

const TILING: StaticArray<usize> = [
  offsetof<Tiling>("tileX"),
  offsetof<Tiling>("tileY"),
  offsetof<Tiling>("kernelsPerCore"),
];

/** Encodes a job for the TP unit with another value in one member, or of a loop's rounds. */
export function move(member: i32, value: i32, asMesa: bool): i32 {
  clearFailure();
  const job = new TpJob(Purpose.COPY, nowhere(), nowhere());
  job.operator = OPERATOR;
  if (member < MOVE.length) store<i32>(changetype<usize>(job) + MOVE[member], value);
  else job.counts[member - MOVE.length] = value;
  words = encodeTp(job, asMesa ? MESA : PLAIN);
  return failureCode();
}

/** The same with a factor after a table. */
export function moveTable(factor: f32): i32 {
  clearFailure();
  const relu = ELEMENTWISE.find(Builtin.RELU) as ElementwiseFunction;
  const job = new TpJob(Purpose.TABLE, nowhere(), nowhere());
  const table = new FunctionTable(relu, 0, 1, 1);
  table.factor = factor;
  job.table = table;
  words = encodeTp(job, PLAIN);
  return failureCode();
}

/** Encodes a job for the NN unit of a core with another value in one member, of the job or of its tiling. */
export function convolution(core: i32, member: i32, value: i32, firstPixel: bool): i32 {
  clearFailure();
  const job = plainConvolution();
  const tiling = Tiling.of(job, CORES[core]);
  job.firstPixel = firstPixel;
  if (member < CONVOLUTION.length) store<i32>(changetype<usize>(job) + CONVOLUTION[member], value);
  else store<i32>(changetype<usize>(tiling) + TILING[member - CONVOLUTION.length], value);
  encodeWith(job, tiling, core);
  return failureCode();
}

/** The same with a factor from sums to outputs. */
export function convolutionScale(core: i32, scale: f32): i32 {
  clearFailure();
  const job = plainConvolution();
  job.scale = scale;
  encodeWith(job, Tiling.of(job, CORES[core]), core);
  return failureCode();
}

function plainConvolution(): ConvolutionJob {
  const c = new Convolution();
  c.inputChannels = 1;
  c.outputChannels = 1;
  c.side = 1;
  const job = new ConvolutionJob(nowhere(), nowhere(), new Kernels(c, c.allChannels));
  job.operator = OPERATOR;
  job.inputX = job.inputY = job.inputZ = 1;
  job.outputX = job.outputY = job.outputZ = 1;
  job.outputRows = job.outputColumns = 1;
  job.scale = 1;
  return job;
}

function encodeWith(job: ConvolutionJob, tiling: Tiling, core: i32): void {
  const scale = Requantization.of(job, CORES[core], PLAIN);
  const caching = new Caching(plainConvolution(), tiling, 64, CORES[core]);
  words = encodeConvolution(job, tiling, caching, scale, CORES[core], PLAIN);
}

function nowhere(): BufferSlice {
  return new BufferSlice(new Buffer(0, 0));
}
