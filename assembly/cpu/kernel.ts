import { isLate } from "./clock";

/**
 * An operator ready to run: it knows where its tensors lie, and overwrites its outputs whole, or
 * returns before that where the time is over (clock.ts).
 */
export abstract class Kernel {
  abstract run(): void;
}

/** Runs kernels one after the other, over parts of one operator. */
export class KernelSequence extends Kernel {
  constructor(private kernels: Kernel[]) {
    super();
  }

  run(): void {
    for (let i = 0; i < this.kernels.length && !isLate(0); i++) this.kernels[i].run();
  }
}
