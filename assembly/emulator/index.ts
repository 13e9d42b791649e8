/**
 * The emulator: executes the command streams that a device would get, over the very buffers
 * that it would see. Addresses are GPU virtual addresses; a status is a `Code`, 0 when all
 * went well, and the failure exports tell the rest.
 */

export {
  failureCode,
  failureLocation,
  failureLocationKind,
  failureText,
} from "../diagnostics/failure";
export { extents } from "./extents";
export { executedJobs, executedMultiplications, spentWork } from "./jobs";
export {
  decodeKernels,
  decodeRow,
  kernelBias,
  kernelBytes,
  kernelCount,
  kernelOutput,
  kernelSize,
  kernelWeights,
  openKernels,
  openRows,
  rowBias,
  rowsEnd,
} from "./nn/decode";

import { Code, LocationKind } from "../diagnostics/codes";
import { clearFailure, fail, failureCode } from "../diagnostics/failure";
import { decimal, phrase } from "../diagnostics/text";
import { CORES, Core, NETWORK_CORES } from "../targets/cores";
import { executeStream } from "./frontend/packets";
import { beginSubmission, currentJob } from "./jobs";
import { backBuffer, isBacked, mapBuffer, reserveBuffer, unmapAllBuffers } from "./memory/buffers";
import { Scratch } from "./memory/scratch";
import { forgetSram, placeSram, Sram } from "./memory/sram";
import { areWritten, mark, watchBuffers } from "./memory/written";

let core: Core | null = null;
const stream = new Scratch();
let streamRoom: u32 = 0;

/** Becomes the core at an index of `CORES`, after which those of `NETWORK_CORES` come. */
export function configure(index: i32): i32 {
  clearFailure();
  const others = index - CORES.length;
  if (index < 0 || others >= NETWORK_CORES.length) {
    fail(Code.UNSUPPORTED_TARGET, LocationKind.NONE, 0, "the index of a core", decimal(index));
  } else {
    core = others < 0 ? CORES[index] : NETWORK_CORES[others];
  }
  return failureCode();
}

/**
 * Makes `bytes` zero bytes stand for a buffer object at an address. Returns their pointer, or 0
 * where the address is no page's, the range is taken or the memory does not suffice. Jobs may
 * not write into a buffer of constants, and `verify` wants all that tells them what to do in one;
 * its bytes are not zero, but to be filled.
 */
export function map(address: u32, bytes: u32, constant: bool): usize {
  clearFailure();
  return mapBuffer(address, bytes, constant);
}

/**
 * Makes a range of addresses known as a buffer without memory: enough to verify streams over it.
 * `back` gives it its memory. False where the range cannot be mapped.
 */
export function reserve(address: u32, bytes: u32): bool {
  clearFailure();
  return reserveBuffer(address, bytes);
}

/** Gives the reserved buffer at an address its zero bytes, as `map` would. */
export function back(address: u32): usize {
  clearFailure();
  return backBuffer(address);
}

/**
 * Makes `bytes` zero bytes at a page's address the SRAM of a kind (`Sram`), for tensors in it.
 * Returns their pointer, or 0 as `map` does. Without one of its own, no job reaches it.
 */
export function mapSram(kind: i32, address: u32, bytes: u32): usize {
  clearFailure();
  if (kind < 0 || kind > <i32>Sram.AXI) {
    fail(Code.BAD_OPTION, LocationKind.NONE, 0, "the SRAM 0 or 1", decimal(kind));
    return 0;
  }
  const pointer = mapBuffer(address, bytes, false);
  if (pointer != 0) placeSram(kind, address, bytes);
  return pointer;
}

/**
 * From now on no job may read a byte of the mapped buffers that none has written, unless it is a
 * constant. What the host fills in, it marks. False where memory is short.
 */
export function watch(): bool {
  clearFailure();
  return watchBuffers();
}

/** The host has written these bytes. */
export function markWritten(address: u32, bytes: u32): void {
  mark(address, bytes, true);
}

/** Whether all of these bytes have been written; otherwise a failure is recorded. */
export function requireWritten(address: u32, bytes: u32): bool {
  clearFailure();
  return areWritten(address, bytes, "the host");
}

/** Takes all buffers away; their memory serves the next ones. */
export function unmapAll(): void {
  unmapAllBuffers();
  forgetSram();
}

/** Pointer to room for a stream of so many words, none included; 0 where the memory is used up. */
export function streamBuffer(words: u32): usize {
  clearFailure();
  streamRoom = 0;
  if (!stream.reserve(max<u64>((<u64>words) << 2, 1))) return 0;
  streamRoom = words;
  return stream.pointer;
}

/** Executes the first `words` words of the stream buffer. */
export function submit(words: u32): i32 {
  return play(words, false, 0);
}

/**
 * Reads the first `words` words of the stream buffer as `submit` would, and checks every address
 * that their jobs would touch, but executes nothing. That may take `work`, and has taken `spentWork`.
 * Afterwards `extents` describes `verifiedJobs`.
 */
export function verify(words: u32, work: f64): i32 {
  return play(words, true, <u64>work);
}

/** Jobs in the stream that was verified last. */
export function verifiedJobs(): i32 {
  return currentJob() + 1;
}

function play(words: u32, dry: bool, work: u64): i32 {
  clearFailure();
  beginSubmission(dry, work);
  const present = core;
  if (present == null) {
    fail(Code.UNSUPPORTED_TARGET, LocationKind.NONE, 0, "a configured core", "none");
  } else if (words > streamRoom) {
    const expected = phrase("at most ", decimal(streamRoom), " words");
    fail(Code.BAD_STREAM, LocationKind.NONE, 0, expected, decimal(words));
  } else if (!dry && !isBacked()) {
    fail(Code.BAD_OPTION, LocationKind.NONE, 0, "memory for every buffer", "ranges without");
  } else {
    executeStream(stream.pointer, words, present);
  }
  return failureCode();
}
