import { Counter } from "./counter";
import { Walk } from "./walk";

/**
 * An order of kernels that gives all cores streams of about one length: the longest kernel first,
 * each to the core with the least so far that has room (after Graham, "Bounds on multiprocessing
 * timing anomalies", 1969). A core keeps its kernels in their own order. `bits` is what each kernel
 * takes. By position in the walk, the kernel.
 */
export function balancedOrder(walk: Walk, bits: StaticArray<u32>): StaticArray<i32> {
  const count = bits.length;
  const room = new StaticArray<i32>(walk.used);
  for (let p = 0; p < count; p++) room[walk.coreAt(p)]++;
  const coreOf = deal(bits, room);
  const kernels: i32[][] = [];
  for (let c = 0; c < walk.used; c++) kernels.push([]);
  for (let k = count - 1; k >= 0; k--) kernels[coreOf[k]].push(k);
  const order = new StaticArray<i32>(count);
  for (let p = 0; p < count; p++) order[p] = kernels[walk.coreAt(p)].pop();
  return order;
}

/** What each kernel takes alone, in runs of `width` bits. */
export function bitsOfKernels(
  walk: Walk,
  count: i32,
  width: i32,
  counter: Counter,
): StaticArray<u32> {
  const bits = new StaticArray<u32>(count);
  let before: u64 = 0;
  for (let k = 0; k < count; k++) {
    walk.kernel(k, counter);
    const all = counter.bits(width);
    bits[k] = (all - before) as u32;
    before = all;
  }
  return bits;
}

/** The core of each kernel. Of equally long ones the first is dealt first, to the first core. */
function deal(bits: StaticArray<u32>, room: StaticArray<i32>): StaticArray<i32> {
  const kernels = byFallingBits(bits);
  const load = new StaticArray<u64>(room.length);
  const coreOf = new StaticArray<i32>(bits.length);
  for (let i = 0; i < kernels.length; i++) {
    let core = -1;
    for (let c = 0; c < room.length; c++)
      if (room[c] > 0 && (core < 0 || load[c] < load[core])) core = c;
    coreOf[kernels[i]] = core;
    load[core] += bits[kernels[i]];
    room[core]--;
  }
  return coreOf;
}

function byFallingBits(bits: StaticArray<u32>): i32[] {
  const keys: u64[] = [];
  for (let k = 0; k < bits.length; k++) keys.push(((bits[k] as u64) << 32) | (~k as u32));
  keys.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  const kernels: i32[] = [];
  for (let i = 0; i < keys.length; i++) kernels.push(~(keys[i] as i32));
  return kernels;
}
