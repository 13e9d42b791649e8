import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** Elements fetched in the order of a nest of loops, and stored in that of another. */
export class StridedCopy extends Kernel {
  /**
   * Loops from the outermost on: how often each is gone round, and how many bytes source and
   * destination advance with it.
   */
  constructor(
    private from: usize,
    private to: usize,
    private counts: i32[],
    private fromSteps: isize[],
    private toSteps: isize[],
    private elementBytes: i32,
  ) {
    super();
  }

  run(): void {
    this.loop(0, this.from, this.to);
  }

  private loop(depth: i32, from: usize, to: usize): void {
    if (depth == this.counts.length) {
      copyElement(from, to, this.elementBytes);
      return;
    }
    const fromStep = this.fromSteps[depth];
    const toStep = this.toSteps[depth];
    const count = this.counts[depth];
    const bytes = this.elementBytes as isize;
    if (depth == this.counts.length - 1 && fromStep == bytes && toStep == bytes) {
      memory.copy(to, from, (count as usize) * this.elementBytes);
      return;
    }
    for (let i = 0; i < count && !isLate(1); i++) {
      this.loop(depth + 1, from, to);
      from += fromStep;
      to += toStep;
    }
  }
}

export function copyElement(from: usize, to: usize, bytes: i32): void {
  if (bytes == 1) store<u8>(to, load<u8>(from));
  else if (bytes == 2) store<u16>(to, load<u16>(from));
  else if (bytes == 4) store<u32>(to, load<u32>(from));
  else store<u64>(to, load<u64>(from));
}
