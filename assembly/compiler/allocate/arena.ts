import { MOST_ARENA_BYTES } from "../../targets/limits";
import { Lowering } from "../lower/lower";

/** Where each value lies while it lives. */
export class Arena {
  bytes: u64 = 0;
  /** By the values' ids. */
  offsets: StaticArray<u32>;

  constructor(
    values: i32,
    public lives: Lives,
  ) {
    this.offsets = new StaticArray<u32>(values);
  }
}

const ALIGNMENT: u64 = 64;

/**
 * Shares one arena among the values of a segment: the largest first, each as low as those
 * that live at the same time allow. Ends early where `bytes` exceeds MOST_ARENA_BYTES.
 * Determinism: values of equal size go by their ids.
 */
export function allocateArena(lowering: Lowering): Arena {
  const lives = new Lives(lowering);
  const arena = new Arena(lowering.values.length, lives);
  const order = bySize(lowering);
  const placed: i32[] = [];
  for (let i = 0; i < order.length; i++) {
    const id = order[i];
    const offset = lowestGap(id, placed, arena, lives, lowering);
    arena.bytes = max(arena.bytes, offset + (lowering.values[id].bytes as u64));
    if (arena.bytes > MOST_ARENA_BYTES) return arena;
    arena.offsets[id] = offset as u32;
    insert(id, placed, arena);
  }
  return arena;
}

/** Keeps the placed values in the order of their offsets. */
function insert(id: i32, placed: i32[], arena: Arena): void {
  let i = placed.length;
  placed.push(id);
  while (i > 0 && arena.offsets[placed[i - 1]] > arena.offsets[id]) {
    placed[i] = placed[i - 1];
    i--;
  }
  placed[i] = id;
}

/** The first and last job that touch each value; −1 and the number of jobs stand for the host. */
export class Lives {
  first: StaticArray<i32>;
  last: StaticArray<i32>;

  constructor(lowering: Lowering) {
    const count = lowering.values.length;
    this.first = new StaticArray<i32>(count).fill(i32.MAX_VALUE);
    this.last = new StaticArray<i32>(count).fill(-1);
    const jobs = lowering.jobs;
    for (let i = 0; i < jobs.length; i++) {
      this.touch(jobs[i].input.value.id, i);
      this.touch(jobs[i].output.value.id, i);
    }
    // Inputs are written before the first job, outputs read after the last.
    for (let i = 0; i < lowering.inputs.length; i++) this.touch(lowering.inputs[i].value.id, -1);
    for (let i = 0; i < lowering.outputs.length; i++)
      this.touch(lowering.outputs[i].value.id, jobs.length);
  }

  meet(a: i32, b: i32): bool {
    return this.first[a] <= this.last[b] && this.first[b] <= this.last[a];
  }

  private touch(value: i32, job: i32): void {
    this.first[value] = min(this.first[value], job);
    this.last[value] = max(this.last[value], job);
  }
}

function bySize(lowering: Lowering): i32[] {
  // A key for each value: size above, the id's complement below, so that it sorts downwards.
  const keys: u64[] = [];
  for (let id = 0; id < lowering.values.length; id++) {
    keys.push(((lowering.values[id].bytes as u64) << 32) | (~id as u32));
  }
  keys.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  const order: i32[] = [];
  for (let i = 0; i < keys.length; i++) order.push(~(keys[i] as u32) as i32);
  return order;
}

/** The lowest offset where a value fits between the placed ones that live at the same time. */
function lowestGap(id: i32, placed: i32[], arena: Arena, lives: Lives, lowering: Lowering): u64 {
  const bytes = lowering.values[id].bytes as u64;
  let offset: u64 = 0;
  for (let i = 0; i < placed.length; i++) {
    const other = placed[i];
    if (!lives.meet(id, other)) continue;
    const start = arena.offsets[other] as u64;
    if (offset + bytes <= start) break;
    const end = start + (lowering.values[other].bytes as u64);
    offset = max(offset, (end + ALIGNMENT - 1) & ~(ALIGNMENT - 1));
  }
  return offset;
}
