import { Tensor } from "../../tflite/tensor";
import { takeMemory } from "../memory";
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

  /**
   * `count` of the weights' kernels from `first` on. `pointer` is 0 with a failure recorded where
   * the memory does not suffice.
   */
  constructor(
    private weights: Tensor,
    private first: i32,
    public count: i32,
    public stretches: i32,
    public elements: i32,
  ) {
    this.stretchBytes = ((elements + 7) & ~7) << 1;
    this.pitch = (stretches as usize) * this.stretchBytes;
    this.pointer = takeMemory((this.groups as u64) * GROUP * (this.pitch as u64));
    if (this.pointer != 0 && weights.isConstant) this.pack();
  }

  /** Packs weights that an operator has computed. */
  refresh(): void {
    if (!this.weights.isConstant) this.pack();
  }

  private pack(): void {
    const from = this.weights.pointer + (this.first as usize) * this.stretches * this.elements;
    const filled = this.count * this.stretches;
    for (let i: usize = 0; i < (filled as usize); i++) {
      const to = this.pointer + i * this.stretchBytes;
      widen(from + i * this.elements, to, this.elements, this.weights);
    }
  }

  get groups(): i32 {
    return (this.count + GROUP - 1) / GROUP;
  }

  group(index: i32): usize {
    return this.pointer + (index as usize) * GROUP * this.pitch;
  }
}
