import { Code, LocationKind } from "../../diagnostics/codes";
import { clearFailure, fail, failureCode } from "../../diagnostics/failure";
import { decimal } from "../../diagnostics/text";
import { Coding } from "../../targets/cores";
import { beginSubmission } from "../jobs";
import { Scratch } from "../memory/scratch";
import { FullyConnectedWeights } from "../tp/fully_connected";
import { CoefficientDecoder } from "./coefficients/decoder";
import { decoderOf } from "./coefficients/decoders";
import { PairedImage, PIXEL_BYTES } from "./image";
import { NnJob } from "./job";
import { KernelSet, TAP_BYTES } from "./kernels";

/**
 * Decodes the coefficients of an NN job without executing it: for tools that show kernels.
 * Statuses are `Code`s; the failure exports tell the rest.
 */

const WIDEST_RUN = 8;

const job = new NnJob();
const image = new PairedImage();
const kernels = new KernelSet();
const dense = new Scratch();
let decoder: CoefficientDecoder = decoderOf(Coding.ZERO_RUNS);
let cores: i32 = 0;

/**
 * Opens the coefficients that the NN descriptor at an address refers to, coded for so many NN cores.
 * Of the descriptor only the numbers and sizes of kernels, outputs' pitches and zero points count.
 */
export function openKernels(descriptor: u32, coding: Coding, nnCores: i32): i32 {
  clearFailure();
  beginSubmission(false, 0);
  cores = 0;
  if (coding < 0 || coding > Coding.HUFFMAN_WITH_WORDS || nnCores < 1 || nnCores > MOST_CORES) {
    fail(Code.BAD_OPTION, LocationKind.NONE, 0, "a coding and 1 to 9 NN cores", decimal(nnCores));
    return failureCode();
  }
  decoder = decoderOf(coding);
  if (job.readKernels(descriptor) && decoder.open(job, nnCores, WIDEST_RUN)) cores = nnCores;
  return failureCode();
}

/** As many as sizes of streams fit into the header. */
const MOST_CORES = 9;

/** Decodes the next core's kernels, the first core's first. They stay until more are decoded. */
export function decodeKernels(nnCore: i32): i32 {
  clearFailure();
  if (nnCore < 0 || nnCore >= cores) {
    fail(Code.BAD_OPTION, LocationKind.NONE, 0, "an NN core", decimal(nnCore));
    return failureCode();
  }
  image.shrinkTo(job);
  decoder.decode(nnCore, image, kernels);
  return failureCode();
}

/** Bytes of the coefficients that have been opened and decoded, padding included. */
export function kernelBytes(): f64 {
  return <f64>(decoder.end - job.coefficients);
}

/** Kernels that were decoded last. */
export function kernelCount(): i32 {
  return kernels.count;
}

export function kernelBias(kernel: i32): i32 {
  return kernels.bias(kernel);
}

/** Bytes from the output image to the kernel's plane; 0xffffffff for a kernel that is not stored. */
export function kernelOutput(kernel: i32): u32 {
  return kernels.output(kernel);
}

/** Weights of a kernel. */
export function kernelSize(): i32 {
  return job.kernelArea * job.inputChannels;
}

/**
 * Pointer to the weights of a kernel, each an i16 from which the zero point has been taken off, by
 * channel, row and column; 0 where memory is short. They stay until the next call.
 */
export function kernelWeights(kernel: i32): usize {
  clearFailure();
  const area = job.kernelArea;
  // The last channel may have no partner.
  const bytes = (<u64>kernelSize() + area) << 1;
  if (!dense.reserve(bytes)) return 0;
  memory.fill(dense.pointer, 0, <usize>bytes);
  for (let tap = kernels.firstTap(kernel); tap < kernels.endOfTaps(kernel); tap += TAP_BYTES) {
    const position = load<u32>(tap) / PIXEL_BYTES;
    const pair = position / area;
    const weight = dense.pointer + ((<usize>(position + pair * area)) << 1);
    storeUnless0(weight, load<i16>(tap, 4));
    storeUnless0(weight + ((<usize>area) << 1), load<i16>(tap, 6));
  }
  return dense.pointer;
}

/** A pair of channels may come in two taps, each with one weight. */
function storeUnless0(at: usize, weight: i16): void {
  if (weight != 0) store<i16>(at, weight);
}

const rows = new FullyConnectedWeights();

/** Opens the coefficients of a fully connected TP job at an address. */
export function openRows(address: u32, inputs: i32, outputs: i32, zero: i32, coding: Coding): i32 {
  clearFailure();
  beginSubmission(false, 0);
  rows.open(address, inputs, outputs, zero, coding);
  return failureCode();
}

/** Pointer to the weights of the next input, i16 without their zero point; 0 after a failure. */
export function decodeRow(): usize {
  clearFailure();
  return rows.decodeRow();
}

export function rowBias(output: i32): i32 {
  return rows.bias(output);
}

export function rowsEnd(): f64 {
  return <f64>rows.end;
}
