import { Core } from "../../targets/cores";
import { refuse } from "../descriptor";
import { noteRange, RecordRange } from "../extents";
import { isDryRun } from "../jobs";
import { outOfBounds } from "../memory/buffers";
import { dropOverwrittenKernels } from "../memory/sram";
import { filling, prepareAlu, results } from "./alu";
import { outAddress, tileSequence } from "./fields";
import { executeFullyConnected } from "./fully_connected_job";
import { TpJob } from "./job";
import { OutputLoops } from "./loops";
import { poolRow } from "./pooling";

/**
 * The TP unit: fetches the elements of a window of the input, tile by tile, and sends each to
 * the place that the output loops tell. Elements go in *runs*, stretches in which both sides
 * advance by a fixed step.
 */

const job = new TpJob();
const loops = new OutputLoops();

/** The buffer offsets that have been written. */
let lowest: i64 = 0;
let highest: i64 = 0;

/**
 * Executes the job whose descriptor lies at an address; `continued` where its operation goes on, and
 * `isConnected` where states say that it is a fully connected layer.
 */
export function executeTp(descriptor: u32, core: Core, continued: bool, isConnected: bool): bool {
  if (!job.read(descriptor, core.architecture, continued)) return false;
  if (job.isFullyConnected != isConnected) {
    return refuse(tileSequence, isConnected ? "3 with GL_TP_CONFIG 2" : "0 with GL_TP_CONFIG 0");
  }
  if (job.elements == 0) return true;
  if (job.isFullyConnected) return executeFullyConnected(job, core.coding);
  if (!prepareAlu(job)) return false;
  loops.begin(job);
  if (isDryRun()) return foretell();
  lowest = i64.MAX_VALUE;
  highest = -1;
  for (let z = -job.slicesBefore; z < job.depth + job.slicesBehind; z++) {
    for (let y = job.top; y <= job.bottom; y += job.pitchY) {
      if (!emitTiles(z, y)) return false;
    }
  }
  noteOutput();
  return isApart() || refuse(outAddress, "apart from the input");
}

/** Where the job would write: the loops' bounds tell it of nearly all, a walk over them of others. */
function foretell(): bool {
  loops.bound(job);
  if (!keepsToBuffer() || !isApart()) {
    loops.begin(job);
    if (!loops.walk(job)) return false;
  }
  if (!keepsToBuffer()) {
    const first = <u64>(lowest + <i64>job.output.address);
    return outOfBounds(first, highest - lowest + 1, "the output image", job.output);
  }
  noteOutput();
  return isApart() || refuse(outAddress, "apart from the input");
}

/** Takes what the loops have found out. */
function keepsToBuffer(): bool {
  lowest = job.outputBase + loops.least;
  highest = job.outputBase + loops.greatest + job.outputBytes - 1;
  return job.outputRing.isUsed ? keepsToRing() : lowest >= 0 && highest < <i64>job.output.bytes;
}

/** An image that wraps may be anywhere in the ring. */
function keepsToRing(): bool {
  const ring = job.outputRing;
  const start = <i64>ring.start - job.output.address;
  const end = <i64>ring.end - job.output.address;
  if (lowest < start || highest >= end + <i64>ring.bytes) return false;
  if (highest < end) return true;
  lowest = start;
  highest = end - 1;
  return true;
}

function noteOutput(): void {
  const first = <u64>(lowest + <i64>job.output.address);
  dropOverwrittenKernels(first, first + (highest - lowest) + 1);
  noteRange(RecordRange.OUTPUT, <u64>job.output.address + lowest, highest - lowest + 1);
}

/** The tiles of slice z whose first row is y. */
function emitTiles(z: i32, y: i32): bool {
  const height = min(job.tileHeight, job.bottom - y + 1);
  if (job.tileWidth == 1 && height == 1 && job.rowReset < 0 && job.tileReset < 0) {
    return emitRow(z, y, job.left, job.right - job.left + 1);
  }
  for (let x = job.left; x <= job.right; x += job.pitchX) {
    const width = min(job.tileWidth, job.right - x + 1);
    if (!emitTile(z, y, x, width, height)) return false;
    if (job.tileReset >= 0) loops.reset(job.tileReset);
  }
  return true;
}

function emitTile(z: i32, y: i32, x: i32, width: i32, height: i32): bool {
  if (width == 1 && job.rowReset < 0) return emitColumn(z, y, x, height);
  const rows = job.emitted(height);
  for (let row = 0; row < rows; row++) {
    const sent = job.isPooling
      ? emitMaxima(z, y + row * job.poolStep, x, width)
      : emitRow(z, y + row, x, width);
    if (!sent) return false;
    // At the end of a tile its own reset, if any, decides.
    const last = row == rows - 1 && job.tileReset >= 0;
    if (job.rowReset >= 0 && !last) loops.reset(job.rowReset);
  }
  return true;
}

/** `count` elements of slice z along x, from (y, x) on. */
function emitRow(z: i32, y: i32, x: i32, count: i32): bool {
  if (isBorder(z) || y < 0 || y >= job.height) return fill(count);
  return emitLine(elementAt(z, y, 0), 1, job.width, x, count);
}

/** `count` elements of slice z along y, from (y, x) on. */
function emitColumn(z: i32, y: i32, x: i32, count: i32): bool {
  if (isBorder(z) || x < 0 || x >= job.width) return fill(count);
  return emitLine(elementAt(z, 0, x), job.stride, job.height, y, count);
}

/** Whether slice z lies before or after the image. */
function isBorder(z: i32): bool {
  return z < 0 || z >= job.depth;
}

/** Elements `from` to `from + count - 1` of a line of `length`, which may stick out of it. */
function emitLine(line: i64, step: i64, length: i32, from: i32, count: i32): bool {
  const before = min(count, max(0, -from));
  const inside = max(0, min(count, length - from) - before);
  const first = line + (from + before) * step;
  return fill(before) && copy(<usize>first, inside, step) && fill(count - before - inside);
}

function elementAt(z: i32, y: i32, x: i32): i64 {
  return <i64>job.input + z * job.slice + y * job.stride + x;
}

/** The maxima of slice z over rows y and y + 1, from column x on over `count` columns. */
function emitMaxima(z: i32, y: i32, x: i32, count: i32): bool {
  const maxima = poolRow(job, elementAt(z, y, x), y, x, count);
  return maxima != 0 && copy(maxima, job.emitted(count), 1);
}

/** Sends `count` positions outside the image. */
function fill(count: i32): bool {
  for (let done: i64 = 0; done < count; ) {
    const length = reach(count - done);
    if (length == 0) return false;
    for (let i: i64 = 0; i < length; i++) {
      const place = target + <usize>(i * loops.step);
      if (job.outputIsFloat) store<u16>(place, filling);
      else store<u8>(place, <u8>filling);
    }
    loops.take(length);
    done += length;
  }
  return true;
}

/** Sends `count` elements that lie `step` apart. */
function copy(source: usize, count: i32, step: i64): bool {
  for (let done: i64 = 0; done < count; ) {
    const length = reach(count - done);
    if (length == 0) return false;
    if (job.outputIsFloat) copyFloats(source, length, step);
    else copyBytes(source, length, step);
    source += <usize>(length * step);
    loops.take(length);
    done += length;
  }
  return true;
}

function copyBytes(source: usize, length: i64, step: i64): void {
  let place = target;
  for (let i: i64 = 0; i < length; i++) {
    store<u8>(place, load<u8>(results + ((<usize>load<u8>(source)) << 1)));
    source += <usize>step;
    place += <usize>loops.step;
  }
}

function copyFloats(source: usize, length: i64, step: i64): void {
  let place = target;
  for (let i: i64 = 0; i < length; i++) {
    store<u16>(place, load<u16>(results + ((<usize>load<u8>(source)) << 1)));
    source += <usize>step;
    place += <usize>loops.step;
  }
}

/** Pointer to where the next element goes. */
let target: usize = 0;

/**
 * Sets `target`; gives how many of `wanted` elements lie `step` apart from there on, all of them
 * checked, or 0 where they may not go there.
 */
function reach(wanted: i64): i64 {
  let length = loops.run(wanted);
  let first = job.outputBase + loops.offset;
  let last = first + (length - 1) * loops.step;
  let start: i64 = 0;
  let end: i64 = job.output.bytes;
  const ring = job.outputRing;
  if (ring.isUsed) {
    start = <i64>ring.start - job.output.address;
    end = <i64>ring.end - job.output.address;
    if (first >= end != last >= end) length = 1;
    if (first >= end) first -= <i64>ring.bytes;
    last = first + (length - 1) * loops.step;
  }
  const low = min(first, last);
  const high = max(first, last) + job.outputBytes - 1;
  const buffer = job.output;
  if (low < start || high >= end) {
    outOfBounds(<u64>(low + buffer.address), high - low + 1, "the output image", buffer);
    return 0;
  }
  lowest = min(lowest, low);
  highest = max(highest, high);
  target = buffer.pointer + <usize>first;
  if (buffer.written != 0) markElements(buffer.written + <usize>first, length);
  return length;
}

function markElements(written: usize, length: i64): void {
  for (let i: i64 = 0; i < length; i++) {
    const place = written + <usize>(i * loops.step);
    if (job.outputIsFloat) store<u16>(place, 0x101);
    else store<u8>(place, 1);
  }
}

/** A job that writes into its own input has no known result. */
function isApart(): bool {
  const first = <u64>(lowest + <i64>job.output.address);
  const last = <u64>(highest + <i64>job.output.address);
  return last < job.fetched.first || first >= job.fetched.end;
}
