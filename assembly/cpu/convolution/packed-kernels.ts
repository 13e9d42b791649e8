import { takeMemory } from "../memory";
import { Tensor } from "../tensor";
import { widen } from "./widen";

/** Kernels whose sums are formed together. */
export const GROUP = 4;

/**
 * The weights of a convolution as 16-bit distances from their zero point, in stretches that
 * `addStretch` can walk: each a run of taps that lie side by side in the image, too, filled up
 * with zeros to whole vectors. Absent kernels of the last group are zeros.
 *
 *    kernel 0  │ stretch 0 │ 0 0 │ stretch 1 │ 0 0 │ …
 *    kernel 1  │ …
 */
export class PackedKernels {
  pointer: usize;
  stretchBytes: i32;
  /** Bytes from one kernel to the next. */
  pitch: usize;

  /** `pointer` is 0 with a failure recorded where the memory does not suffice. */
  constructor(
    weights: Tensor,
    public count: i32,
    public stretches: i32,
    public elements: i32,
  ) {
    this.stretchBytes = ((elements + 7) & ~7) << 1;
    this.pitch = (stretches as usize) * this.stretchBytes;
    this.pointer = takeMemory((this.groups as u64) * GROUP * (this.pitch as u64));
    const filled = this.pointer == 0 ? 0 : count * stretches;
    for (let i = 0; i < filled; i++) {
      const from = weights.pointer + (i as usize) * elements;
      widen(from, this.pointer + (i as usize) * this.stretchBytes, elements, weights);
    }
  }

  get groups(): i32 {
    return (this.count + GROUP - 1) / GROUP;
  }

  group(index: i32): usize {
    return this.pointer + (index as usize) * GROUP * this.pitch;
  }
}
