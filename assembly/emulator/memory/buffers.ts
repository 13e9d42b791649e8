import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { decimal, hex, phrase } from "../../diagnostics/text";
import { currentJob, isDryRun } from "../jobs";
import { giveBack, takeBlock, takeZeroBlock } from "./pool";

/**
 * The GPU's address space: what is mapped where. Every unit asks here once for each range that
 * it is going to touch, and keeps to the range it asked for.
 */

const PAGE: u32 = 4096;

/** A buffer object at its GPU virtual address; one of constants is never written to by a job. */
export class Buffer {
  constructor(
    public address: u32,
    public bytes: u32,
    public pointer: usize,
    public constant: bool = false,
    /** A byte for each that tells whether it has been written; 0 if that is not watched. */
    public written: usize = 0,
  ) {}

  get end(): u64 {
    return <u64>this.address + <u64>this.bytes;
  }
}

/** By ascending address; the first `count` are mapped, the rest are records to use again. */
const buffers: Buffer[] = [];
let count: i32 = 0;

/**
 * Maps `bytes` bytes at a page's address and returns their pointer; 0 and a failure recorded where
 * that cannot be. They are zero, but for constants: those are whatever was there.
 */
export function mapBuffer(address: u32, bytes: u32, constant: bool): usize {
  const index = indexFor(address, bytes);
  if (index < 0) return 0;
  const pointer = memoryFor(address, bytes, constant);
  if (pointer != 0) insert(index, address, bytes, pointer, constant);
  return pointer;
}

/** Maps a range that has no memory yet: what verifies does not look into it. */
export function reserveBuffer(address: u32, bytes: u32): bool {
  const index = indexFor(address, bytes);
  if (index < 0) return false;
  insert(index, address, bytes, 0, false);
  return true;
}

/** Gives the buffer reserved at an address its memory; 0 and a failure recorded where it cannot. */
export function backBuffer(address: u32): usize {
  const buffer = bufferAt(address);
  if (buffer == null || buffer.address != address || buffer.pointer != 0) {
    return refuse(address, "a reserved buffer", "none");
  }
  buffer.pointer = memoryFor(address, buffer.bytes, false);
  return buffer.pointer;
}

/** Whether every buffer has its memory. */
export function isBacked(): bool {
  for (let i = 0; i < count; i++) if (buffers[i].pointer == 0) return false;
  return true;
}

/** Where a range belongs among the buffers; -1 and a failure recorded where it cannot be mapped. */
function indexFor(address: u32, bytes: u32): i32 {
  const end = <u64>address + <u64>bytes;
  if (address % PAGE != 0 || address == 0 || bytes == 0 || end > 1 << 32) {
    refuse(address, "a page's address and a size within 4 GiB", inBytes(bytes));
    return -1;
  }
  const index = firstBehind(address);
  if (index < count && <u64>buffers[index].address < end) {
    refuse(address, phrase(inBytes(bytes), " that are free"), "another buffer in them");
    return -1;
  }
  if (index > 0 && buffers[index - 1].end > <u64>address) {
    refuse(address, "an address that is free", "another buffer that covers it");
    return -1;
  }
  return index;
}

/** Bytes that are zero, but for those of constants; 0 and a failure recorded where there are none. */
function memoryFor(address: u32, bytes: u32, constant: bool): usize {
  const pointer = constant ? takeBlock(bytes) : takeZeroBlock(bytes);
  if (pointer == 0) {
    fail(Code.OUT_OF_MEMORY, LocationKind.ADDRESS, address, inBytes(bytes), "fewer left");
    return 0;
  }
  return pointer;
}

export function unmapAllBuffers(): void {
  for (let i = 0; i < count; i++) {
    if (buffers[i].pointer != 0) giveBack(buffers[i].pointer, buffers[i].bytes);
    if (buffers[i].written != 0) giveBack(buffers[i].written, buffers[i].bytes);
  }
  count = 0;
}

/** The buffer that holds the address, or null. */
export function bufferAt(address: u32): Buffer | null {
  const index = firstBehind(address);
  if (index == 0) return null;
  const buffer = buffers[index - 1];
  return <u64>address < buffer.end ? buffer : null;
}

/**
 * Pointer to `bytes` mapped bytes at an address; 0 and a failure recorded where they are not.
 * `wanted` says what of the current job lies there. In a range without memory, which a dry run
 * does not look into, it is any number but 0.
 */
export function resolve(address: u64, bytes: u64, wanted: string): usize {
  const buffer = address >> 32 == 0 ? bufferAt(<u32>address) : null;
  if (buffer != null && address + bytes <= buffer.end) {
    if (buffer.pointer == 0) return usize.MAX_VALUE;
    return buffer.pointer + <usize>(address - <u64>buffer.address);
  }
  outOfBounds(address, bytes, wanted, buffer);
  return 0;
}

/**
 * The same for words that tell a job what to do. When a stream is verified they must be constant:
 * what a job may still write has not been seen yet.
 */
export function resolveWords(address: u64, bytes: u64, wanted: string): usize {
  const pointer = resolve(address, bytes, wanted);
  if (pointer == 0 || !isDryRun() || isConstant(<u32>address)) return pointer;
  return refuseKind(<u32>address, phrase(wanted, " among the constants"), "a buffer to be written");
}

/** The same for what a job writes, which is never a constant. */
export function resolveOutput(address: u64, bytes: u64, wanted: string): usize {
  const pointer = resolve(address, bytes, wanted);
  if (pointer == 0 || !isConstant(<u32>address)) return pointer;
  return refuseKind(<u32>address, phrase(wanted, " apart from the constants"), "them");
}

function isConstant(address: u32): bool {
  const buffer = bufferAt(address);
  return buffer == null ? false : buffer.constant;
}

/** Records that a buffer is none of the kind that a job needs there. */
export function refuseKind(address: u32, expected: string, found: string): usize {
  const job = phrase(expected, " in job ", decimal(currentJob()));
  fail(Code.OUT_OF_BOUNDS, LocationKind.ADDRESS, address, job, found);
  return 0;
}

/** Records an access outside the buffers; `buffer` is the one that it begins in, if any. */
export function outOfBounds(address: u64, bytes: u64, wanted: string, buffer: Buffer | null): bool {
  const found =
    buffer != null
      ? phrase("a buffer that ends at ", hex(buffer.end))
      : address >> 32 == 0
        ? "nothing mapped there"
        : "an address beyond 4 GiB";
  const job = phrase(" of job ", decimal(currentJob()));
  const expected = phrase(decimal(bytes), " mapped bytes for ", wanted, job);
  return fail(Code.OUT_OF_BOUNDS, LocationKind.ADDRESS, <u32>address, expected, found);
}

/** How many buffers are mapped, and the one at an index of them. */
export function mappedBuffers(): i32 {
  return count;
}

export function mappedBuffer(index: i32): Buffer {
  return buffers[index];
}

/** Index of the first buffer whose address is greater. */
function firstBehind(address: u32): i32 {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (buffers[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(index: i32, address: u32, bytes: u32, pointer: usize, constant: bool): void {
  const record = count < buffers.length ? buffers[count] : new Buffer(0, 0, 0);
  if (count == buffers.length) buffers.push(record);
  for (let i = count; i > index; i--) buffers[i] = buffers[i - 1];
  buffers[index] = record;
  record.address = address;
  record.bytes = bytes;
  record.pointer = pointer;
  record.constant = constant;
  record.written = 0;
  count++;
}

function refuse(address: u32, expected: string, found: string): usize {
  fail(Code.BAD_OPTION, LocationKind.ADDRESS, address, expected, found);
  return 0;
}

function inBytes(count: u32): string {
  return phrase(decimal(count), " bytes");
}
