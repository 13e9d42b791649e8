import { Core } from "../../targets/cores";
import { refuse } from "../descriptor";
import { noteRange, Range } from "../extents";
import { countMultiplications, isDryRun } from "../jobs";
import { resolve, resolveOutput } from "../memory/buffers";
import { checkCaching } from "./caching";
import { CoefficientDecoder } from "./coefficients/decoder";
import { decoderOf } from "./coefficients/decoders";
import { convolve } from "./convolution";
import { outAddress } from "./fields";
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

export function executeNn(descriptor: u32, core: Core): bool {
  const generation = generationOf(core);
  if (!job.read(descriptor, generation.architecture, generation.flagsBorders)) return false;
  if (!checkTiling(job, core, generation) || !checkCaching(job, core, generation)) return false;
  const input = resolve(job.inputAddress, job.inputBytes, "the input image");
  const output = resolveOutput(job.outputAddress, job.outputBytes, "the output image");
  if (input == 0 || output == 0) return false;
  const inputEnd = <u64>job.inputAddress + job.inputBytes;
  const outputEnd = <u64>job.outputAddress + job.outputBytes;
  if (<u64>job.outputAddress < inputEnd && <u64>job.inputAddress < outputEnd) {
    return refuse(outAddress, "apart from the input");
  }
  noteRange(Range.INPUT, job.inputAddress, job.inputBytes);
  noteRange(Range.OUTPUT, job.outputAddress, job.outputBytes);
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

/** Goes through the cores' streams without computing anything. */
function passCores(decoder: CoefficientDecoder, nnCores: i32): bool {
  for (let i = 0; i < nnCores; i++) {
    if (!decoder.decode(i, image, kernels)) return false;
  }
  noteRange(Range.WORDS, job.coefficients, decoder.end - job.coefficients);
  return true;
}

/** The NN cores one after the other, each with its own kernels. */
function runCores(decoder: CoefficientDecoder, nnCores: i32, output: usize): bool {
  for (let i = 0; i < nnCores; i++) {
    if (!decoder.decode(i, image, kernels)) return false;
    if (!convolve(job, image, kernels, requantizer, output)) return false;
    countMultiplications(<u64>kernels.weights * job.outputPlane);
  }
  return true;
}
