import { Core } from "../../../targets/cores";
import { Words } from "../../fields/field";
import {
  KERNELS_ON_V7,
  RUN_WIDTH,
  STREAM_BYTES,
  V7_HEADER,
  ZERO_RUNS,
  ZERO_RUNS_BITS,
} from "../../fields/streams";
import { ConvolutionJob, Purpose } from "../../lower/jobs";
import { copyOf } from "../../plan/copy";
import { Settings } from "../../settings";
import { Choices } from "../choices";
import { Coefficients } from "../coefficients";
import { Tiling } from "../tiling";
import { balancedOrder, bitsOfKernels } from "./balance";
import { Counter } from "./counter";
import { Walk } from "./walk";
import { Writer } from "./writer";

/**
 * A v7 coefficient buffer:
 *
 *  ┌────────────────────────────┐ 0
 *  │ stream sizes, one u32 for  │   bytes, multiples of 64; 0 for a core without kernels
 *  │ each NN core               │
 *  ├────────────────────────────┤ 64 or the next multiple
 *  │ stream of core 0           │   u8 run width, u16 kernels, then tokens and words
 *  ├────────────────────────────┤
 *  │ stream of core 1 …         │
 *  └────────────────────────────┘
 */
const ALIGNMENT: u64 = 64;

/** `bias` is added to that of every output channel. */
export function encodeZeroRuns(
  job: ConvolutionJob,
  tiling: Tiling,
  bias: i32,
  core: Core,
  settings: Settings,
  choices: Choices,
): Coefficients | null {
  const splitRows = !settings.compatMesa || splitsRowsInMesa(job);
  const walk = new Walk(job, tiling, bias, core, splitRows, choices);
  const counters = count(job, walk);
  const width = widthFor(job, counters, core, settings, choices);
  const keepsOrder = settings.compatMesa || choices.outputs != null || isEven(counters, width);
  if (keepsOrder) return write(job, walk, counters, width, core);
  const bits = bitsOfKernels(walk, job.kernels.count, width, counterFor(job));
  const sorting = copyOf<Choices>(choices);
  sorting.outputs = balancedOrder(walk, bits);
  const sorted = new Walk(job, tiling, bias, core, splitRows, sorting);
  const balanced = count(job, sorted);
  if (longest(balanced, width) >= longest(counters, width))
    return write(job, walk, counters, width, core);
  const coefficients = write(job, sorted, balanced, width, core);
  if (coefficients != null) coefficients.sortsKernels = true;
  return coefficients;
}

/** All cores wait for the one with the longest stream: those within a sixteenth are alike. */
function isEven(counters: Counter[], width: i32): bool {
  const total = totalBytes(counters, width, ALIGNMENT);
  const waiting = longest(counters, width) * (counters.length as u64) - total;
  return waiting <= total >> 4;
}

function longest(counters: Counter[], width: i32): u64 {
  let most: u64 = 0;
  for (let c = 0; c < counters.length; c++)
    most = max(most, streamBytes(counters[c], width, ALIGNMENT));
  return most;
}

/** Of the stream of each core. */
function count(job: ConvolutionJob, walk: Walk): Counter[] {
  const counters: Counter[] = [];
  for (let c = 0; c < walk.used; c++) {
    const counter = counterFor(job);
    walk.core(c, counter);
    counters.push(counter);
  }
  return counters;
}

function counterFor(job: ConvolutionJob): Counter {
  const flip = job.flip as u8;
  return new Counter(job.kernels.zero ^ flip, job.kernels.flip ^ flip);
}

function widthFor(
  job: ConvolutionJob,
  counters: Counter[],
  core: Core,
  settings: Settings,
  choices: Choices,
): i32 {
  if (choices.runWidth >= 0) return choices.runWidth;
  if (!settings.compatMesa) return bestWidth(counters, core);
  return mesaWidth(counters, core, job.pointwise || job.purpose == Purpose.ADDITION);
}

/** Fault: a single plane of 5×5 taps over a small image is not split. */
function splitsRowsInMesa(job: ConvolutionJob): bool {
  return job.inputZ > 1 || job.depthwise || job.inputX > 64;
}

function streamBytes(counter: Counter, width: i32, alignment: u64): u64 {
  const bytes = (counter.bits(width) + ZERO_RUNS_BITS + 7) >> 3;
  return (bytes + alignment - 1) & ~(alignment - 1);
}

function totalBytes(counters: Counter[], width: i32, alignment: u64): u64 {
  let total: u64 = 0;
  for (let c = 0; c < counters.length; c++) total += streamBytes(counters[c], width, alignment);
  return total;
}

/** The run width with the smallest buffer; of several, the one with the shortest streams. */
function bestWidth(counters: Counter[], core: Core): i32 {
  let best = 0;
  for (let width = 1; width <= (core.zeroRunBits as i32); width++) {
    if (costs(counters, width) < costs(counters, best)) best = width;
  }
  return best;
}

/** Bytes of the buffer above, of the streams as such below. */
function costs(counters: Counter[], width: i32): u64 {
  return (totalBytes(counters, width, ALIGNMENT) << 32) | totalBytes(counters, width, 1);
}

/** Mesa takes no runs in pointwise jobs and additions, and else narrows them until the cost first rises. */
function mesaWidth(counters: Counter[], core: Core, isPlain: bool): i32 {
  if (isPlain) return 0;
  let width = core.zeroRunBits as i32;
  while (width > 0 && totalBytes(counters, width - 1, 4) <= totalBytes(counters, width, 4)) width--;
  return width;
}

function write(
  job: ConvolutionJob,
  walk: Walk,
  counters: Counter[],
  width: i32,
  core: Core,
): Coefficients | null {
  const header = (4 * core.nnCores + 63) & ~63;
  const total = totalBytes(counters, width, ALIGNMENT) + (header as u64);
  const coefficients = Coefficients.allocate(total, job.operator);
  if (coefficients == null) return null;
  let position = coefficients.pointer + header;
  let longest: u32 = 0;
  const flip = job.flip as u8;
  const head = new Words(ZERO_RUNS, job.operator);
  head.set(RUN_WIDTH, width);
  head.set(KERNELS_ON_V7, walk.perCore);
  for (let c = 0; c < walk.used; c++) {
    const bytes = streamBytes(counters[c], width, ALIGNMENT) as u32;
    const size = new Words(V7_HEADER, job.operator);
    size.set(STREAM_BYTES, bytes);
    store<u32>(coefficients.pointer + (c << 2), size.at(0));
    const writer = new Writer(job.kernels.zero ^ flip, job.kernels.flip ^ flip, width, position);
    writer.put(head.at(0), ZERO_RUNS_BITS);
    walk.core(c, writer);
    writer.finish();
    position += bytes;
    longest = max(longest, bytes);
  }
  coefficients.streamBytes = longest * walk.used;
  return coefficients;
}
