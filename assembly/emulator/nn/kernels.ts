import { Scratch } from "../memory/scratch";

/**
 * The kernels of one core as the convolution wants them: each a bias, the position of its output,
 * and its *taps*, of which only those with a weight other than 0 are kept. Weights of an even
 * and the following odd channel at the same position share a tap.
 *
 * Streams deliver weights channel by channel over many kernels. They are collected as they
 * come and then grouped by kernel, in the order of their arrival.
 *
 * ```
 *  collected   │ kernel u32 │ distance u32 │ even i16 │ odd i16 │   12 bytes
 *  tap                      │ distance u32 │ even i16 │ odd i16 │    8 bytes
 *  kernel      │ bias i32 │ taps u32 │ end of taps u32 │ output u32 │   16 bytes
 * ```
 */

const COLLECTED_BYTES: usize = 12;
export const TAP_BYTES: usize = 8;
const KERNEL_BYTES: usize = 16;

/** Where the output of a kernel that is not stored would lie. */
export const NOT_STORED: u32 = 0xffffffff;

/** Kernels in a superblock times taps in a kernel's plane: 127 x 15 x 15. */
const MOST_SLOTS = 127 * 225;

export class KernelSet {
  count: i32 = 0;
  /** Weights other than 0 in all kernels. */
  weights: u32 = 0;
  /** In bytes. */
  private collected: u32 = 0;
  private collection: Scratch = new Scratch();
  private taps: Scratch = new Scratch();
  private kernels: Scratch = new Scratch();
  /** By slot: where the last pair there was collected, u32. Maybe of another kernel or job. */
  private latest: usize = heap.alloc(MOST_SLOTS * 4);

  /** Begins a set of `count` kernels without weights; false where memory is short. */
  begin(count: i32): bool {
    this.count = count;
    this.weights = 0;
    this.collected = 0;
    if (!this.kernels.reserve(<u64>count * KERNEL_BYTES)) return false;
    memory.fill(this.kernels.pointer, 0, <usize>count * KERNEL_BYTES);
    return true;
  }

  setBias(kernel: i32, bias: i32): void {
    store<i32>(this.at(kernel), bias);
  }

  bias(kernel: i32): i32 {
    return load<i32>(this.at(kernel));
  }

  /** Pointers to the first tap and after the last one, once the set is grouped. */
  firstTap(kernel: i32): usize {
    return load<u32>(this.at(kernel), 4);
  }

  endOfTaps(kernel: i32): usize {
    return load<u32>(this.at(kernel), 8);
  }

  /** Where the output plane begins, in bytes from the output image, or NOT_STORED. */
  output(kernel: i32): u32 {
    return load<u32>(this.at(kernel), 12);
  }

  setOutput(kernel: i32, offset: u32): void {
    store<u32>(this.at(kernel), offset, 12);
  }

  /** Makes room for so many weights to be added; false where memory is short. */
  expect(weights: i32): bool {
    const more = <u64>weights * COLLECTED_BYTES;
    return this.collection.reserve(<u64>this.collected + more, this.collected);
  }

  /**
   * Adds a weight other than 0. `slot` gives the positions of a plane and the kernels of a
   * superblock apart; `distance` is the same for both channels of a pair.
   */
  add(kernel: i32, slot: i32, distance: u32, odd: bool, weight: i32): void {
    this.weights++;
    const latest = this.latest + ((<usize>slot) << 2);
    if (odd) {
      const partner = load<u32>(latest);
      const pair = this.collection.pointer + <usize>partner;
      if (
        partner < this.collected &&
        load<u32>(pair) == <u32>kernel &&
        load<u32>(pair, 4) == distance
      ) {
        store<i16>(pair, <i16>weight, 10);
        return;
      }
    }
    const pair = this.collection.pointer + this.collected;
    store<u32>(pair, kernel);
    store<u32>(pair, distance, 4);
    store<u32>(pair, odd ? weight << 16 : weight & 0xffff, 8);
    store<u32>(latest, this.collected);
    this.collected += <u32>COLLECTED_BYTES;
  }

  /** Groups the taps by kernel; false where memory is short. */
  group(): bool {
    const end = this.collection.pointer + this.collected;
    const count = this.collected / <u32>COLLECTED_BYTES;
    if (!this.taps.reserve(<u64>count * TAP_BYTES)) return false;
    for (let pair = this.collection.pointer; pair < end; pair += COLLECTED_BYTES) {
      const kernel = this.at(load<u32>(pair));
      store<u32>(kernel, load<u32>(kernel, 8) + 1, 8);
    }
    // The end of a kernel's taps, which has just counted them, becomes where the next one goes.
    let next = this.taps.pointer;
    for (let kernel = 0; kernel < this.count; kernel++) {
      const record = this.at(kernel);
      const taps = <usize>load<u32>(record, 8);
      store<u32>(record, <u32>next, 4);
      store<u32>(record, <u32>next, 8);
      next += taps * TAP_BYTES;
    }
    for (let pair = this.collection.pointer; pair < end; pair += COLLECTED_BYTES) {
      const kernel = this.at(load<u32>(pair));
      const tap = <usize>load<u32>(kernel, 8);
      store<u64>(tap, load<u64>(pair, 4));
      store<u32>(kernel, <u32>(tap + TAP_BYTES), 8);
    }
    return true;
  }

  private at(kernel: i32): usize {
    return this.kernels.pointer + <usize>kernel * KERNEL_BYTES;
  }
}
