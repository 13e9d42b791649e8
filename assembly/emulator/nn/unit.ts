import { decimal, phrase } from "../../diagnostics/text";
import { Core } from "../../targets/cores";
import { countMultiplications } from "../jobs";
import { resolve } from "../memory/buffers";
import { badCoefficients, CoefficientDecoder } from "./coefficients/decoder";
import { convolve } from "./convolution";
import { outAddress } from "./fields";
import { generationOf } from "./generation";
import { PairedImage } from "./image";
import { NnJob } from "./job";
import { KernelSet, NOT_STORED } from "./kernels";
import { Requantizer } from "./requantize";

/** The NN unit: executes the convolution whose descriptor lies at an address. */

const job = new NnJob();
const image = new PairedImage();
const kernels = new KernelSet();
const requantizer = new Requantizer();

export function executeNn(descriptor: u32, core: Core): bool {
  if (!job.read(descriptor, core)) return false;
  const input = resolve(job.inputAddress, job.inputBytes, "the input image");
  const output = resolve(job.outputAddress, job.outputBytes, "the output image");
  if (input == 0 || output == 0) return false;
  if (output < input + <usize>job.inputBytes && input < output + <usize>job.outputBytes) {
    return outAddress.refuse("apart from the input");
  }
  const generation = generationOf(core.architecture);
  requantizer.prepare(job, generation);
  if (!image.prepare(job, input, generation.inputBias)) return false;
  const decoder = generation.decoder;
  return decoder.open(job, core) && runCores(decoder, core.nnCores, output);
}

/** The NN cores one after the other, each with its own kernels. */
function runCores(decoder: CoefficientDecoder, nnCores: i32, output: usize): bool {
  let stored = 0;
  for (let i = 0; i < nnCores; i++) {
    if (!decoder.decode(i, image, kernels)) return false;
    if (!convolve(job, image, kernels, requantizer, output)) return false;
    countMultiplications(<u64>kernels.weights * job.outputPlane);
    for (let k = 0; k < kernels.count; k++) stored += kernels.output(k) != NOT_STORED ? 1 : 0;
  }
  if (stored == job.outputChannels) return true;
  const expected = phrase(decimal(job.outputChannels), " kernels with an output");
  return badCoefficients(nnCores - 1, expected, decimal(stored));
}
