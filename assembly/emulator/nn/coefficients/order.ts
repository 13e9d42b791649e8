import { isDryRun } from "../../jobs";
import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet } from "../kernels";
import { TapPositions } from "./taps";

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
  private positions: TapPositions = new TapPositions();

  prepare(job: NnJob, image: PairedImage): void {
    this.channels = job.inputChannels;
    this.byChannel = job.kernelArea > 1 || job.outputChannels <= MOST_OUTPUTS_BY_CHANNEL;
    const group = this.byChannel ? 1 : CHANNELS_AT_A_TIME;
    this.rounds = (this.channels + group - 1) / group;
    this.positions.begin(job, image);
    if (isDryRun()) return;
    for (let top = 0; top < job.kernelHeight; top += 2) {
      this.addBand(job, image, top, 0, min(COLUMNS_FIRST, job.kernelWidth));
      this.addBand(job, image, top, COLUMNS_FIRST, job.kernelWidth);
    }
  }

  /** Weights that a kernel has in a round. */
  length(round: i32): i32 {
    if (this.byChannel) return this.positions.area;
    return min(CHANNELS_AT_A_TIME, this.channels - round * CHANNELS_AT_A_TIME);
  }

  /** Hands on weight `i` of a round; `k` counts the kernels of the superblock. */
  add(kernels: KernelSet, kernel: i32, k: i32, round: i32, i: i32, weight: i32): void {
    if (this.byChannel) this.positions.add(kernels, kernel, k, round, i, weight);
    else this.positions.add(kernels, kernel, k, round * CHANNELS_AT_A_TIME + i, 0, weight);
  }

  /** Columns `left` up to, not with, `right` of the two rows from `top` on. */
  private addBand(job: NnJob, image: PairedImage, top: i32, left: i32, right: i32): void {
    const bottom = min(top + 2, job.kernelHeight);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) this.positions.append(job, image, y, x);
    }
  }
}
