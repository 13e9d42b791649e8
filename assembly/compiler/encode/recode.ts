/**
 * Encodes kernels that another compiler has coded, with that compiler's choices. An entry of its own
 * that only tests compile.
 */
import { failureCode } from "../../diagnostics/failure";
import { Coding, Core, CoreMark } from "../../targets/cores";
import { Buffer, BufferSlice, ConvolutionJob } from "../lower/jobs";
import { Kernels } from "../lower/kernels";
import { Convolution } from "../plan/convolution";
import { Settings } from "../settings";
import { Choices } from "./choices";
import { Coefficients } from "./coefficients";
import { encodeFullyConnected, FullyConnected } from "./fully-connected";
import { CodeBook } from "./huffman/code-book";
import { encodeHuffman } from "./huffman/coefficients";
import { encodeKernelWords } from "./huffman/kernel-words";
import { RunTable } from "./huffman/runs";
import { Tiling } from "./tiling";
import { encodeZeroRuns } from "./zero-run/coefficients";

/** v8 takes 128 off its input, so this makes a bias stay what it is. */
const UNSHIFTED = 128;

let result: Coefficients | null = null;

export function allocate(bytes: i32): usize {
  return heap.alloc(bytes);
}

/**
 * Encodes `outputs` square kernels over `planes` planes, or over one each if they are `native`; a
 * tile holds `perPass` of them on a core, and their outputs lie `plane` bytes apart. `weights` are
 * bytes by output, plane, row and column, `biases` the words of the streams. `choices`, i32 each:
 *
 *   0 run width  1 average bias  2 symbol map  3 number of run lengths  4 … their zeros
 *   22 … the outputs in the order of kernels
 */
export function recode(
  coding: Coding,
  nnCores: i32,
  outputs: i32,
  planes: i32,
  side: i32,
  native: bool,
  perPass: i32,
  plane: i32,
  zero: i32,
  weights: usize,
  biases: usize,
  choices: usize,
): i32 {
  const isV8 = coding == Coding.HUFFMAN;
  const core = new Core(
    "",
    "",
    CoreMark.UNPROVEN,
    0,
    0,
    0,
    0,
    0,
    isV8 ? 8 : 7,
    coding,
    nnCores,
    1,
    1 << 19,
    0,
    8,
    12,
    64,
  );
  const job = jobOf(outputs, planes, side, native, zero, weights, biases);
  job.outputX = plane;
  job.inputZero = isV8 ? UNSHIFTED : 0;
  const used = min(outputs, nnCores);
  const perCore = (outputs + used - 1) / used;
  const tiling = new Tiling(1, 1, (perCore + perPass - 1) / perPass, perCore);
  const given = choicesAt(choices, coding, outputs);
  const settings = new Settings(0);
  if (isV8) result = encodeHuffman(job, tiling, 0, core, settings, given);
  else if (coding == Coding.ZERO_RUNS)
    result = encodeZeroRuns(job, tiling, 0, core, settings, given);
  else result = encodeKernelWords(job, tiling, 0, core, given);
  return failureCode();
}

/**
 * Encodes a fully connected TP job, whose `weights` are bytes by input and output; `choices` are those
 * above, without outputs.
 */
export function recodeRows(
  coding: Coding,
  inputs: i32,
  outputs: i32,
  zero: i32,
  weights: usize,
  biases: usize,
  choices: usize,
): i32 {
  const layer = new FullyConnected(inputs, outputs, zero, weights, biases);
  const rowCoding = coding == Coding.HUFFMAN ? coding : Coding.ZERO_RUNS;
  result = encodeFullyConnected(layer, coding, choicesAt(choices, rowCoding, 0));
  return failureCode();
}

export function resultPointer(): usize {
  const coefficients = result;
  return coefficients == null ? 0 : coefficients.pointer;
}

export function resultBytes(): u32 {
  const coefficients = result;
  return coefficients == null ? 0 : coefficients.bytes;
}

function jobOf(
  outputs: i32,
  planes: i32,
  side: i32,
  native: bool,
  zero: i32,
  weights: usize,
  biases: usize,
): ConvolutionJob {
  const c = new Convolution();
  c.inputChannels = planes;
  c.outputChannels = outputs;
  c.side = side;
  c.depthwise = c.native = native;
  c.rows.kernel = c.columns.kernel = side;
  c.weights.data = weights;
  c.weights.zero = zero as u8;
  c.weights.bias = biases;
  c.weights.tapPitch = 1;
  c.weights.channelPitch = side * side;
  c.weights.kernelPitch = side * side * (native ? 1 : planes);
  const nowhere = new BufferSlice(new Buffer(0, 0));
  const job = new ConvolutionJob(nowhere, nowhere, new Kernels(c, c.allChannels));
  job.inputX = job.inputY = job.outputY = job.outputRows = job.outputColumns = 1;
  job.inputZ = planes;
  job.outputZ = outputs;
  job.pointwise = side == 1 && planes > 1;
  job.native = native;
  return job;
}

const RUN_LENGTHS = 3;
const OUTPUTS = 22;

function choicesAt(at: usize, coding: Coding, outputs: i32): Choices {
  const choices = new Choices();
  choices.runWidth = load<i32>(at);
  choices.averageBias = load<i32>(at, 4);
  choices.runsPassBiases = true;
  const order = new StaticArray<i32>(outputs);
  for (let i = 0; i < outputs; i++) order[i] = load<i32>(at + (((OUTPUTS + i) as usize) << 2));
  if (coding != Coding.HUFFMAN) choices.outputs = order;
  const lengths = new StaticArray<i32>(8);
  for (let i = 0; i < 8; i++) lengths[i] = (load<u32>(at, 8) >> (4 * i)) & 15;
  const size = load<i32>(at, RUN_LENGTHS * 4);
  const zeros = new StaticArray<i32>(size);
  for (let i = 0; i < size; i++) zeros[i] = load<i32>(at + (((RUN_LENGTHS + 1 + i) as usize) << 2));
  if (coding != Coding.ZERO_RUNS) {
    choices.book = new CodeBook(lengths, size == 0 ? null : new RunTable(zeros));
  }
  return choices;
}
