import { Core } from "../../targets/cores";
import { ConvolutionJob } from "../lower/jobs";
import { Caching, KERNEL_START } from "./caching";
import { Requantization } from "./requantization";
import { Tiling } from "./tiling";

/** The NN unit's descriptor: 34 words; bits that no box below names are 0. */
export const NN_WORDS = 34;
/** Holds the coefficients' address without its low six bits. */
export const NN_KERNEL_ADDRESS = 5;
export const NN_KERNEL_ADDRESS_SHIFT = 6;
export const NN_INPUT_ADDRESS = 6;
export const NN_OUTPUT_ADDRESS = 7;

// The end of a circular buffer that is not used, a constant, and plus and minus infinity.
const NO_CIRCULAR_BUFFER = 0x03ffffff;
const CONSTANT_28 = 0x03ffffff;
const PLUS_INFINITY = 0x7f800000;
const MINUS_INFINITY = 0xff800000;

// Only on v8.
const PLAIN_OUTPUT: u32 = 1 << 1; // word 0: kernels have no output offsets of their own
const NO_FLUSH: u32 = 1 << 3; // word 3
const BORDER_ON_V8: u32 = 0x60000000; // word 18, wherever the image has a border

export function encodeConvolution(
  job: ConvolutionJob,
  tiling: Tiling,
  caching: Caching,
  scale: Requantization,
  core: Core,
): StaticArray<u32> {
  const isV8 = core.architecture >= 8;
  const doubled = job.firstPixel ? 2 : 1;
  const words = new StaticArray<u32>(NN_WORDS);
  words[0] = kernelWord(job, tiling) | (isV8 ? PLAIN_OUTPUT : 0);
  words[1] = sizeWord(job.inputX, job.inputY);
  words[2] = offsetWord(job, scale);
  words[3] = sizeWord(job.outputX * doubled, job.outputY * doubled) | (isV8 ? NO_FLUSH : 0);
  words[4] = outputWord(job, tiling);
  words[8] = cacheWord(job, caching);
  words[9] = caching.pattern.low;
  words[10] = caching.pattern.high;
  words[11] = KERNEL_START;
  words[12] = caching.kernelEnd;
  words[13] = caching.imageStart;
  words[14] = caching.imageEnd;
  words[15] = borderWord(job, scale);
  words[16] = job.inputX | (job.inputY << 16);
  words[17] = job.outputX | (((scale.multiplier >> 7) & 0xff) << 24);
  words[18] = isV8 && (job.offsetX < 0 || job.offsetY < 0) ? BORDER_ON_V8 : 0;
  words[19] = NO_CIRCULAR_BUFFER;
  words[21] = NO_CIRCULAR_BUFFER;
  words[22] = zeroWord(job, scale);
  words[28] = CONSTANT_28;
  words[29] = PLUS_INFINITY;
  words[30] = MINUS_INFINITY;
  return words;
}

/**
 *  Word 0
 *   31  30  29  28 27  26          20  19          6  5     2  1   0
 *  ┌───┬───┬───┬──────┬──────────────┬──────────────┬────────┬───┬───┐
 *  │ F │ 0 │ P │ pool │ kernels/core │ input planes │ side x │ 0 │ 0 │
 *  └───┴───┴───┴──────┴──────────────┴──────────────┴────────┴───┴───┘
 *   F  flush after the job: 1        pool  0 none (P = 1), 3 first pixel (P = 0)
 */
function kernelWord(job: ConvolutionJob, tiling: Tiling): u32 {
  const pooling = job.firstPixel ? 3 << 27 : 1 << 29;
  const kernels = (job.kernelX << 2) | (job.inputZ << 6) | (tiling.kernelsPerCore << 20);
  return kernels | pooling | (1 << 31);
}

/**
 *  Words 1 (input) and 3 (output, twice its size where the first pixel is kept)
 *   31          19  18           6  5     0
 *  ┌──────────────┬──────────────┬─────────┐
 *  │ y size       │ x size       │ 0       │
 *  └──────────────┴──────────────┴─────────┘
 */
function sizeWord(x: i32, y: i32): u32 {
  return (x << 6) | (y << 19);
}

/**
 *  Word 2
 *   31          27  26  25  24  23       6  5          3  2          0
 *  ┌──────────────┬───┬───┬───┬───────────┬─────────────┬─────────────┐
 *  │ shift 4:0    │ M │ 0 │ R │ 0         │ offset y 2:0│ offset x 2:0│
 *  └──────────────┴───┴───┴───┴───────────┴─────────────┴─────────────┘
 *   M  multiplier bit 0    R  fused RELU
 */
function offsetWord(job: ConvolutionJob, scale: Requantization): u32 {
  const offsets = (job.offsetX & 7) | ((job.offsetY & 7) << 3);
  const relu = job.relu ? 1 << 24 : 0;
  return offsets | relu | ((scale.multiplier & 1) << 26) | (scale.shift << 27);
}

/**
 *  Word 4
 *   31     25  24     18  17  16  15 14  13             0
 *  ┌─────────┬──────────┬───┬───┬───────┬─────────────────┐
 *  │ tile y  │ tile x   │ Y │ X │ round │ output planes   │
 *  └─────────┴──────────┴───┴───┴───────┴─────────────────┘
 *   X, Y  the offsets' bit 3, their sign    round  1: to nearest
 */
function outputWord(job: ConvolutionJob, tiling: Tiling): u32 {
  const signs = (((job.offsetX >> 3) & 1) << 16) | (((job.offsetY >> 3) & 1) << 17);
  return job.outputZ | (1 << 14) | signs | (tiling.tileX << 18) | (tiling.tileY << 25);
}

/**
 *  Word 8
 *   31             16  15    12  11         6  5  4  3      2  1     0
 *  ┌─────────────────┬─────────┬─────────────┬──────┬────────┬────────┐
 *  │ output y pitch  │ side y  │ pattern 69: │ 0    │ kernel │ image  │
 *  │                 │         │          64 │      │ cache  │ cache  │
 *  └─────────────────┴─────────┴─────────────┴──────┴────────┴────────┘
 */
function cacheWord(job: ConvolutionJob, caching: Caching): u32 {
  const modes = caching.imageMode | ((caching.kernelMode as u32) << 2);
  return modes | (caching.pattern.upper << 6) | (job.kernelY << 12) | (job.outputY << 16);
}

/**
 *  Word 15
 *   31 30  29  28  27              22  21     18  17               2  1    0
 *  ┌──────┬───────┬──────────────────┬──────────┬───────────────────┬──────┐
 *  │ 0    │ shift │ multiplier 6:1   │ 0        │ border value      │ mode │
 *  │      │ 6:5   │                  │          │                   │ 0    │
 *  └──────┴───────┴──────────────────┴──────────┴───────────────────┴──────┘
 */
function borderWord(job: ConvolutionJob, scale: Requantization): u32 {
  const multiplier = ((scale.multiplier >> 1) & 0x3f) << 22;
  return (job.inputZero << 2) | multiplier | (((scale.shift >> 5) & 3) << 28);
}

/**
 *  Word 22
 *   31        26  25              18  17  16  15          8  7          0
 *  ┌────────────┬───────────────────┬───┬───┬──────────────┬─────────────┐
 *  │ 0          │ multiplier 22:15  │ D │ 0 │ output zero  │ weight zero │
 *  └────────────┴───────────────────┴───┴───┴──────────────┴─────────────┘
 *   D  one plane per kernel; like the multiplier's upper bits only on v8
 */
function zeroWord(job: ConvolutionJob, scale: Requantization): u32 {
  const zeros = (job.kernels.zero as u32) | (job.outputZero << 8);
  return zeros | (job.native ? 1 << 17 : 0) | ((scale.multiplier >> 15) << 18);
}
