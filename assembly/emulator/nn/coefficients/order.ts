import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet } from "../kernels";

/**
 * The order of the weights in a v7 stream. A superblock's weights come in rounds; in each round
 * every kernel of the superblock has its turn:
 *
 * - 1 x 1 kernels: six input channels at a time,
 * - all other kernels (and 1 x 1 ones with at most eight outputs): the taps of one channel.
 *
 * Taps come in bands of two kernel rows, in them first the leftmost three columns of each row
 * and then the others:
 *
 * ```
 *   0  1  2  6  7
 *   3  4  5  8  9
 *  10 11 12 16 17
 *  13 14 15 18 19
 *  20 21 22 23 24
 * ```
 */

const CHANNELS_AT_A_TIME = 6;
const COLUMNS_FIRST = 3;
const MOST_OUTPUTS_BY_CHANNEL = 8;

export class WeightOrder {
  rounds: i32 = 0;
  private channels: i32 = 0;
  private byChannel: bool = false;
  private area: i32 = 0;
  private pairBytes: u32 = 0;
  /** By position in the order: the tap's distance within a pair of channels. */
  private distances: usize = heap.alloc(15 * 15 * 4);
  private known: i32 = 0;

  prepare(job: NnJob, image: PairedImage): void {
    this.channels = job.inputChannels;
    this.area = job.kernelArea;
    this.byChannel = this.area > 1 || job.outputChannels <= MOST_OUTPUTS_BY_CHANNEL;
    const group = this.byChannel ? 1 : CHANNELS_AT_A_TIME;
    this.rounds = (this.channels + group - 1) / group;
    this.pairBytes = image.pairBytes;
    this.known = 0;
    for (let band = 0; band < job.kernelHeight; band += 2) {
      const rows = min(2, job.kernelHeight - band);
      this.addBand(job, image, band, rows, 0, min(COLUMNS_FIRST, job.kernelWidth));
      this.addBand(job, image, band, rows, COLUMNS_FIRST, job.kernelWidth);
    }
  }

  /** Weights that a kernel has in a round. */
  length(round: i32): i32 {
    if (this.byChannel) return this.area;
    return min(CHANNELS_AT_A_TIME, this.channels - round * CHANNELS_AT_A_TIME);
  }

  /** Hands on weight `i` of a round; `k` counts the kernels of the superblock. */
  add(kernels: KernelSet, kernel: i32, k: i32, round: i32, i: i32, weight: i32): void {
    const channel = this.byChannel ? round : round * CHANNELS_AT_A_TIME + i;
    const position = this.byChannel ? i : 0;
    const distance =
      <u32>(channel >> 1) * this.pairBytes + load<u32>(this.distances + ((<usize>position) << 2));
    kernels.add(kernel, k * this.area + position, distance, (channel & 1) != 0, weight);
  }

  private addBand(
    job: NnJob,
    image: PairedImage,
    top: i32,
    rows: i32,
    left: i32,
    right: i32,
  ): void {
    for (let y = top; y < top + rows; y++) {
      for (let x = left; x < right; x++) {
        store<u32>(this.distances + ((<usize>this.known) << 2), image.tapDistance(job, y, x));
        this.known++;
      }
    }
  }
}
