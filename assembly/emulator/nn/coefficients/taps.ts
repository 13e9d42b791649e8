import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet } from "../kernels";

/** Turns the positions of weights, as a stream orders them, into taps over the prepared image. */
export class TapPositions {
  /** Taps in one channel of a kernel. */
  area: i32 = 0;
  private pairBytes: u32 = 0;
  private known: i32 = 0;
  /** By position in the stream's order: the tap's distance within a pair of channels, u32. */
  private distances: usize = heap.alloc(15 * 15 * 4);

  begin(job: NnJob, image: PairedImage): void {
    this.area = job.kernelArea;
    this.pairBytes = image.pairBytes;
    this.known = 0;
  }

  /** The next position of the order is the tap at kernel row y and column x. */
  append(job: NnJob, image: PairedImage, y: i32, x: i32): void {
    store<u32>(this.distances + ((<usize>this.known) << 2), image.tapDistance(job, y, x));
    this.known++;
  }

  /**
   * Adds a weight other than 0 to `kernel`, the `k`-th of its superblock, at a position of a
   * channel.
   */
  add(kernels: KernelSet, kernel: i32, k: i32, channel: i32, position: i32, weight: i32): void {
    const within = load<u32>(this.distances + ((<usize>position) << 2));
    const distance = <u32>(channel >> 1) * this.pairBytes + within;
    kernels.add(kernel, k * this.area + position, distance, (channel & 1) != 0, weight);
  }
}
