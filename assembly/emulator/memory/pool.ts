import { MOST_ARENA_BYTES } from "../../targets/limits";

/**
 * Blocks that are taken, given back and taken again. The module's runtime never frees, so
 * this is what keeps an instance from growing with every submission.
 *
 * Blocks come in powers of two; the idle ones of each size are chained through their first word.
 */

const SMALLEST_LOG2: u32 = 12;
/** That of the largest arena. */
const LARGEST_LOG2: u32 = 31 - clz<u32>(MOST_ARENA_BYTES);

/** Bytes after every block that may be read, never written: wide loads run past the end. */
const SLACK: usize = 64;

const idle = new StaticArray<usize>(LARGEST_LOG2 + 1);

/** Memory for at least `bytes`, its content undefined; 0 where there is none left. */
export function takeBlock(bytes: usize): usize {
  if (bytes > (<usize>1) << LARGEST_LOG2) return 0;
  const size = sizeLog2(bytes);
  return idle[size] != 0 ? takeIdle(size) : newBlock(size);
}

/** The same, its content zero. What is new is so already, and not touched: a large block costs nothing. */
export function takeZeroBlock(bytes: usize): usize {
  if (bytes > (<usize>1) << LARGEST_LOG2) return 0;
  const size = sizeLog2(bytes);
  if (idle[size] == 0) return newBlock(size);
  const block = takeIdle(size);
  memory.fill(block, 0, bytes);
  return block;
}

function takeIdle(size: u32): usize {
  const block = idle[size];
  idle[size] = load<usize>(block);
  return block;
}

function newBlock(size: u32): usize {
  const wanted = ((<usize>1) << size) + SLACK;
  return growFor(wanted) ? heap.alloc(wanted) : 0;
}

/** `bytes` as it was when the block was taken. */
export function giveBack(block: usize, bytes: usize): void {
  const size = sizeLog2(bytes);
  store<usize>(block, idle[size]);
  idle[size] = block;
}

/** Bytes that a block taken for `bytes` has room for. */
export function roomFor(bytes: usize): usize {
  return (<usize>1) << sizeLog2(bytes);
}

function sizeLog2(bytes: usize): u32 {
  const log2: u32 = bytes > 1 ? 32 - clz<u32>(<u32>(bytes - 1)) : 0;
  return max(log2, SMALLEST_LOG2);
}

/** Grows the memory in advance, because the runtime traps if it cannot grow it itself. */
function growFor(bytes: usize): bool {
  const probe = heap.alloc(16);
  const end: u64 = <u64>probe + <u64>bytes + 64;
  heap.free(probe);
  const present = (<u64>memory.size()) << 16;
  if (end <= present) return true;
  return memory.grow(<i32>((end - present + 0xffff) >> 16)) >= 0;
}
