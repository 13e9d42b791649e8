import { Core } from "../../targets/cores";
import { Graph } from "../graph";
import { Mark } from "../plan/mark";
import { Settings } from "../settings";

/** Of all operators together. */
const MOST_KERNEL_BYTES: u64 = 64 << 20;

/** Whose results are compared with TFLite's for all pairs of bytes. */
const MOST_PRODUCTS = 512;

/** The context of every decision about an operator. */
export class Context {
  private kernelBytes: u64 = 0;
  /** How many have been named. */
  intermediates: i32 = 0;
  private products: i32 = 0;

  constructor(
    public graph: Graph,
    public core: Core,
    public settings: Settings,
  ) {}

  /** Whether there is room for kernels that are laid out in memory, whole and with their zeros. */
  hasRoomFor(kernelBytes: u64): bool {
    if (this.kernelBytes + kernelBytes > MOST_KERNEL_BYTES) return false;
    this.kernelBytes += kernelBytes;
    return true;
  }

  /** Counts products, each of which takes time to judge; false if there are too many. */
  takesProduct(): bool {
    return this.products++ < MOST_PRODUCTS;
  }

  /** The index of a tensor that is not in the graph, but lies between the jobs of one operator. */
  nameIntermediate(): i32 {
    this.intermediates++;
    return -1 - this.intermediates;
  }

  /** A mark no stronger than the core's own. */
  capped(mark: Mark): Mark {
    return max<i32>(mark, this.core.mark) as Mark;
  }
}
