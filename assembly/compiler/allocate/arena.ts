import { MOST_ARENA_BYTES } from "../../targets/limits";
import { Lowering } from "../lower/lower";

/** Where each buffer lies while it lives. */
export class Arena {
  bytes: u64 = 0;
  /** By the buffers' ids. */
  offsets: StaticArray<u32>;

  constructor(
    buffers: i32,
    public lifetimes: Lifetimes,
  ) {
    this.offsets = new StaticArray<u32>(buffers);
  }
}

const ALIGNMENT: u64 = 64;

/**
 * Greedy-by-size offset assignment (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural
 * Net Inference", 2020): the largest buffer first, each at the lowest offset that the buffers alive
 * at the same time leave. Ends early where `bytes` exceeds MOST_ARENA_BYTES.
 * Determinism: buffers of equal size go by their ids.
 */
export function allocateArena(lowering: Lowering): Arena {
  const lifetimes = new Lifetimes(lowering);
  const arena = new Arena(lowering.buffers.length, lifetimes);
  const order = bySize(lowering);
  const placed: i32[] = [];
  for (let i = 0; i < order.length; i++) {
    const id = order[i];
    if (lowering.buffers[id].constant != null) continue;
    const offset = lowestGap(id, placed, arena, lifetimes, lowering);
    arena.bytes = max(arena.bytes, offset + (lowering.buffers[id].bytes as u64));
    if (arena.bytes > MOST_ARENA_BYTES) return arena;
    arena.offsets[id] = offset as u32;
    insert(id, placed, arena);
  }
  return arena;
}

/** Keeps the placed buffers in the order of their offsets. */
function insert(id: i32, placed: i32[], arena: Arena): void {
  let i = placed.length;
  placed.push(id);
  while (i > 0 && arena.offsets[placed[i - 1]] > arena.offsets[id]) {
    placed[i] = placed[i - 1];
    i--;
  }
  placed[i] = id;
}

/** The first and last job that touch each buffer; −1 and the number of jobs stand for the host. */
export class Lifetimes {
  first: StaticArray<i32>;
  last: StaticArray<i32>;

  constructor(lowering: Lowering) {
    const count = lowering.buffers.length;
    this.first = new StaticArray<i32>(count).fill(i32.MAX_VALUE);
    this.last = new StaticArray<i32>(count).fill(-1);
    const jobs = lowering.jobs;
    for (let i = 0; i < jobs.length; i++) {
      this.touch(jobs[i].input.buffer.id, i);
      this.touch(jobs[i].output.buffer.id, i);
    }
    // Inputs are written before the first job, outputs read after the last.
    for (let i = 0; i < lowering.inputs.length; i++) this.touch(lowering.inputs[i].buffer.id, -1);
    for (let i = 0; i < lowering.outputs.length; i++)
      this.touch(lowering.outputs[i].buffer.id, jobs.length);
  }

  meet(a: i32, b: i32): bool {
    return this.first[a] <= this.last[b] && this.first[b] <= this.last[a];
  }

  private touch(buffer: i32, job: i32): void {
    this.first[buffer] = min(this.first[buffer], job);
    this.last[buffer] = max(this.last[buffer], job);
  }
}

function bySize(lowering: Lowering): i32[] {
  // A key for each buffer: size above, the id's complement below, so that it sorts downwards.
  const keys: u64[] = [];
  for (let id = 0; id < lowering.buffers.length; id++) {
    keys.push(((lowering.buffers[id].bytes as u64) << 32) | (~id as u32));
  }
  keys.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  const order: i32[] = [];
  for (let i = 0; i < keys.length; i++) order.push(~(keys[i] as u32) as i32);
  return order;
}

/** The lowest offset where a buffer fits between the placed ones that live at the same time. */
function lowestGap(
  id: i32,
  placed: i32[],
  arena: Arena,
  lifetimes: Lifetimes,
  lowering: Lowering,
): u64 {
  const bytes = lowering.buffers[id].bytes as u64;
  let offset: u64 = 0;
  for (let i = 0; i < placed.length; i++) {
    const other = placed[i];
    if (!lifetimes.meet(id, other)) continue;
    const start = arena.offsets[other] as u64;
    if (offset + bytes <= start) break;
    const end = start + (lowering.buffers[other].bytes as u64);
    offset = max(offset, (end + ALIGNMENT - 1) & ~(ALIGNMENT - 1));
  }
  return offset;
}
