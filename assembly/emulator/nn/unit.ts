import { Core } from "../../targets/cores";
import { refuse } from "../descriptor";
import { noteRange, RecordRange } from "../extents";
import { countMultiplications, isDryRun } from "../jobs";
import { resolve, resolveOutput } from "../memory/buffers";
import { Reach } from "../memory/ring";
import { dropOverwrittenKernels } from "../memory/sram";
import { isRowWritten, isWatching, markRow } from "../memory/written";
import { checkCaching, useCaches } from "./caching";
import { CoefficientDecoder } from "./coefficients/decoder";
import { decoderOf } from "./coefficients/decoders";
import { convolve } from "./convolution";
import { inRing, outAddress, outRing } from "./fields";
import { generationOf } from "./generations/generations";
import { PairedImage } from "./image";
import { NnJob } from "./job";
import { KernelSet } from "./kernels";
import { Requantizer } from "./requantize";
import { checkTiling } from "./tiling";

/** The NN unit: executes the convolution whose descriptor lies at an address. */

const job = new NnJob();
const image = new PairedImage();
const kernels = new KernelSet();
const requantizer = new Requantizer();
const read = new Reach();
const written = new Reach();

export function executeNn(descriptor: u32, core: Core): bool {
  const generation = generationOf(core);
  if (!job.read(descriptor, core, generation.flagsBorders)) return false;
  if (!checkTiling(job, core, generation) || !checkCaching(core)) return false;
  const input = findInput();
  const output = findOutput();
  if (input == 0 || output == 0) return false;
  if (written.first < read.end && read.first < written.end) {
    return refuse(outAddress, "apart from the input");
  }
  if (isWatching() && !isInputWritten()) return false;
  noteRange(RecordRange.INPUT, read.first, read.bytes);
  noteRange(RecordRange.OUTPUT, written.first, written.bytes);
  if (!useCaches(job)) return false;
  dropOverwrittenKernels(written.first, written.end);
  const decoder = decoderOf(core.coding);
  if (isDryRun()) {
    return decoder.open(job, core.nnCores, core.zeroRunBits) && passCores(decoder, core.nnCores);
  }
  requantizer.prepare(job, generation);
  if (!image.prepare(job, input, generation.inputBias)) return false;
  return (
    decoder.open(job, core.nnCores, core.zeroRunBits) && runCores(decoder, core.nnCores, output)
  );
}

/** Pointer to the input image, or to a copy of one that may wrap; 0 where it is not mapped. */
function findInput(): usize {
  const ring = job.inputRing;
  const bytes = job.inputBytes;
  if (!read.take(ring, job.inputAddress, bytes, inRing)) return 0;
  if (!ring.isUsed) return resolve(read.first, bytes, "the input image");
  return ring.unroll(job.inputAddress, bytes, "the input image");
}

/** Pointer to the output image, or to the start of its circular buffer. */
function findOutput(): usize {
  const ring = job.outputRing;
  const bytes = job.outputBytes;
  if (!written.take(ring, job.outputAddress, bytes, outRing)) return 0;
  if (!ring.isUsed) return resolveOutput(written.first, bytes, "the output image");
  return resolveOutput(ring.start, ring.bytes, "the output image");
}

/** Whether jobs before have written all of the input, if that is watched. */
function isInputWritten(): bool {
  for (let z = 0; z < job.inputChannels; z++) {
    for (let y = 0; y < job.inputHeight; y++) {
      const row = <u64>z * job.inputPlane + <u64>y * job.inputPitch;
      if (!isRowWritten(job.inputRing, row + job.inputAddress, job.inputWidth)) return false;
    }
  }
  return true;
}

function markOutput(): void {
  for (let z = 0; z < job.outputChannels; z++) {
    for (let y = 0; y < job.outputHeight; y++) {
      const row = <u64>z * job.outputPlanePitch + <u64>y * job.outputPitch;
      markRow(job.outputRing, row + job.outputAddress, job.outputWidth);
    }
  }
}

/** Goes through the cores' streams without computing anything. */
function passCores(decoder: CoefficientDecoder, nnCores: i32): bool {
  for (let i = 0; i < nnCores; i++) {
    if (!decoder.decode(i, image, kernels)) return false;
  }
  noteRange(RecordRange.WORDS, job.coefficients, decoder.end - job.coefficients);
  return true;
}

/** The NN cores one after the other, each with its own kernels. */
function runCores(decoder: CoefficientDecoder, nnCores: i32, output: usize): bool {
  for (let i = 0; i < nnCores; i++) {
    if (!decoder.decode(i, image, kernels)) return false;
    if (!convolve(job, image, kernels, requantizer, output)) return false;
    countMultiplications(<u64>kernels.weights * job.computedWidth * job.computedHeight);
  }
  if (isWatching()) markOutput();
  return true;
}
