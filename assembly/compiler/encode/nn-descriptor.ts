import { Core } from "../../targets/cores";
import { Words } from "../fields/field";
import * as nn from "../fields/nn";
import { generationOf } from "../generations/generations";
import { ConvolutionJob } from "../lower/jobs";
import { Settings } from "../settings";
import { Caching, KERNEL_START } from "./caching";
import { Requantization } from "./requantization";
import { Tiling } from "./tiling";

// The end of a circular buffer that is not used, a constant, and plus and minus infinity.
const NO_CIRCULAR_BUFFER = 0x03ffffff;
/** What the open driver writes into word 28. */
const WORD_28 = 0x03ffffff;
const PLUS_INFINITY: u32 = 0x7f800000;
const MINUS_INFINITY: u32 = 0xff800000;

const FIRST_PIXEL = 3;
const TO_NEAREST = 1;

/** The type of signed bytes, which have no zero points. */
const SIGNED = 2;

/** The NN unit's descriptor, all but its addresses. */
export function encodeConvolution(
  job: ConvolutionJob,
  tiling: Tiling,
  caching: Caching,
  scale: Requantization,
  core: Core,
  settings: Settings,
): Words {
  const words = new Words(nn.NN, job.operator, settings.compatMesa);
  setKernels(words, job, tiling);
  setImages(words, job);
  if (settings.compatMesa) setSignsAsMesa(words, job, core);
  else setSigns(words, job, core);
  setTiles(words, job, tiling);
  setCaching(words, caching);
  setRequantization(words, job, scale);
  generationOf(core).setWords(words, scale.multiplier, job.native);
  words.set(nn.OUT_CIRCULAR_END, NO_CIRCULAR_BUFFER);
  words.set(nn.IN_CIRCULAR_END, NO_CIRCULAR_BUFFER);
  words.set(nn.UNKNOWN_28, WORD_28);
  words.set(nn.UPPER_BOUND, PLUS_INFINITY);
  words.set(nn.LOWER_BOUND, MINUS_INFINITY);
  return words;
}

function setKernels(words: Words, job: ConvolutionJob, tiling: Tiling): void {
  words.set(nn.KERNEL_X, job.kernelX);
  words.set(nn.KERNEL_Y, job.kernelY);
  words.set(nn.KERNEL_Z, job.inputZ);
  words.set(nn.KERNELS_PER_CORE, tiling.kernelsPerCore);
  words.set(nn.LAYER_FLUSH, 1);
}

function setImages(words: Words, job: ConvolutionJob): void {
  words.set(nn.IN_X, job.inputX);
  words.set(nn.IN_Y, job.inputY);
  words.set(nn.IN_X_PITCH, job.inputX);
  words.set(nn.IN_Y_PITCH, job.inputY);
  words.set(nn.OFFSET_X, job.offsetX);
  words.set(nn.OFFSET_Y, job.offsetY);
  words.set(nn.BORDER, job.inputZero ^ job.flip);
  const doubled = job.firstPixel ? 2 : 1;
  words.set(nn.OUT_X, job.outputX * doubled);
  words.set(nn.OUT_Y, job.outputY * doubled);
  words.set(nn.OUT_Z, job.outputZ);
  words.set(nn.OUT_X_PITCH, job.outputX);
  words.set(nn.OUT_Y_PITCH, job.outputY);
}

/** The offsets' signs once more, as the vendor writes them on every core. */
function setSigns(words: Words, job: ConvolutionJob, core: Core): void {
  words.set(nn.NEGATIVE_X, job.offsetX < 0);
  words.set(nn.NEGATIVE_Y, job.offsetY < 0);
  words.set(nn.UNKNOWN_18_28, core.isVip9000);
}

/** Mesa writes both signs together, and on v7 none. */
function setSignsAsMesa(words: Words, job: ConvolutionJob, core: Core): void {
  const isKnown = generationOf(core).hasSignsInMesa;
  const hasBorder = isKnown && (job.offsetX < 0 || job.offsetY < 0);
  words.set(nn.NEGATIVE_X, hasBorder);
  words.set(nn.NEGATIVE_Y, hasBorder);
}

function setTiles(words: Words, job: ConvolutionJob, tiling: Tiling): void {
  words.set(nn.POOLING, job.firstPixel ? FIRST_PIXEL : 0);
  words.set(nn.POOLING_SIZE, job.firstPixel ? 0 : 1);
  words.set(nn.TILE_X, tiling.tileX);
  words.set(nn.TILE_Y, tiling.tileY);
}

function setCaching(words: Words, caching: Caching): void {
  words.set(nn.IMAGE_CACHE, caching.imageMode);
  words.set(nn.KERNEL_CACHE, caching.kernelMode);
  words.set(nn.PATTERN_TOP, caching.pattern.upper);
  words.set(nn.PATTERN_LOW, caching.pattern.low);
  words.set(nn.PATTERN_HIGH, caching.pattern.high);
  words.set(nn.KERNEL_CACHE_START, KERNEL_START);
  words.set(nn.KERNEL_CACHE_END, caching.kernelEnd);
  words.set(nn.IMAGE_CACHE_START, caching.imageStart);
  words.set(nn.IMAGE_CACHE_END, caching.imageEnd);
}

function setRequantization(words: Words, job: ConvolutionJob, scale: Requantization): void {
  words.set(nn.RELU, job.relu);
  words.set(nn.SHIFT, scale.shift);
  words.set(nn.ROUNDING_MODE, TO_NEAREST);
  words.set(nn.WEIGHT_ZERO, (job.kernels.zero as i32) ^ job.flip);
  words.set(nn.OUT_ZERO, job.outputZero ^ job.flip);
  const type = job.isSigned ? SIGNED : 0;
  words.set(nn.KERNEL_TYPE, type);
  words.set(nn.IN_TYPE, type);
  words.set(nn.OUT_TYPE, type);
}
