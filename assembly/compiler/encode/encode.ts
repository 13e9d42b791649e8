import { failed } from "../../diagnostics/failure";
import { Coding, Core } from "../../targets/cores";
import { Dtype } from "../../tflite/schema";
import { Words } from "../fields/field";
import { Tensor } from "../graph";
import { ConvolutionJob, Job, TpJob } from "../lower/jobs";
import { Lowering } from "../lower/lower";
import { Mark } from "../plan/mark";
import { Settings } from "../settings";
import { Caching } from "./caching";
import { Choices } from "./choices";
import { Coefficients } from "./coefficients";
import { tileAsMesa } from "./compat";
import { encodeHuffman } from "./huffman/coefficients";
import { encodeKernelWords } from "./huffman/kernel-words";
import { encodeConvolution } from "./nn-descriptor";
import { Requantization } from "./requantization";
import { shapeAndTile } from "./shape";
import { signBytes } from "./signed-bytes";
import { encodeTable } from "./table";
import { Tiling } from "./tiling";
import { encodeTp } from "./tp-descriptor";
import { encodeZeroRuns } from "./zero-run/coefficients";

/** A job as bits: a descriptor whose addresses are still 0, and the coefficients it points to. */
export class EncodedJob {
  /** The streams of a convolution, or the table of a TP job. */
  coefficients: Coefficients | null = null;

  constructor(
    public job: Job,
    public words: Words,
  ) {}

  get isConvolution(): bool {
    return this.job instanceof ConvolutionJob;
  }
}

/** `holdsSignedTensors`: all of the segment's are int8. Null after a failure: coefficients beyond all bounds, or a value beyond its field. */
export function encode(
  lowering: Lowering,
  holdsSignedTensors: bool,
  core: Core,
  settings: Settings,
): EncodedJob[] | null {
  const encoded: EncodedJob[] = [];
  if (core.hasSignedBytes && !settings.compatMesa && holdsSignedTensors) signBytes(lowering);
  for (let i = 0; i < lowering.jobs.length; i++) {
    const job = lowering.jobs[i];
    if (job instanceof TpJob) {
      const move = encodeTpJob(job as TpJob, encoded, settings);
      if (move == null) return null;
      encoded.push(move);
      continue;
    }
    const convolution = encodeNnJob(job as ConvolutionJob, encoded, core, settings);
    if (convolution == null) return null;
    encoded.push(convolution);
  }
  return failed() ? null : encoded;
}

function encodeTpJob(job: TpJob, before: EncodedJob[], settings: Settings): EncodedJob | null {
  const encoded = new EncodedJob(job, encodeTp(job, settings));
  const constant = job.input.buffer.constant;
  if (constant != null) {
    encoded.coefficients = encodeConstant(constant, job, before);
    return encoded.coefficients == null ? null : encoded;
  }
  const table = job.table;
  if (table == null) return encoded;
  // The cores that share a job share its table.
  encoded.coefficients =
    job.core > 0 ? before[before.length - 1].coefficients : encodeTable(table, job.operator);
  return encoded.coefficients == null ? null : encoded;
}

/** The bytes that a job reads, which several jobs after each other share. */
function encodeConstant(constant: Tensor, job: TpJob, before: EncodedJob[]): Coefficients | null {
  const last = before.length - 1;
  if (last >= 0 && before[last].job.input.buffer == job.input.buffer)
    return before[last].coefficients;
  const bytes = Coefficients.allocate(constant.elements, job.operator);
  if (bytes == null) return null;
  const flip = (constant.dtype == Dtype.INT8 ? 128 : 0) ^ job.flip;
  for (let i: u32 = 0; i < constant.elements; i++) {
    store<u8>(bytes.pointer + i, load<u8>(constant.data.pointer + i) ^ (flip as u8));
  }
  return bytes;
}

function encodeNnJob(
  job: ConvolutionJob,
  before: EncodedJob[],
  core: Core,
  settings: Settings,
): EncodedJob | null {
  const tiling = settings.compatMesa ? tileAsMesa(job, core) : shapeAndTile(job, core);
  const requantization = Requantization.of(job, core, settings);
  const coefficients =
    job.twin >= 0
      ? before[job.twin].coefficients
      : encodeCoefficients(job, tiling, requantization.bias, core, settings);
  if (coefficients == null) return null;
  // The vendor's compiler writes them for other cores of the generation.
  const isElsewhere = coefficients.sortsKernels && !core.hasSortedKernels;
  if (coefficients.hasRunLengths || isElsewhere)
    job.mark = max<i32>(job.mark, Mark.EXPECTED) as Mark;
  const caching = new Caching(job, tiling, coefficients.streamBytes, core);
  const words = encodeConvolution(job, tiling, caching, requantization, core, settings);
  const encoded = new EncodedJob(job, words);
  encoded.coefficients = coefficients;
  return encoded;
}

function encodeCoefficients(
  job: ConvolutionJob,
  tiling: Tiling,
  bias: i32,
  core: Core,
  settings: Settings,
): Coefficients | null {
  const choices = new Choices();
  if (core.coding == Coding.HUFFMAN)
    return encodeHuffman(job, tiling, bias, core, settings, choices);
  if (core.coding == Coding.HUFFMAN_WITH_WORDS) {
    return encodeKernelWords(job, tiling, bias, core, choices);
  }
  return encodeZeroRuns(job, tiling, bias, core, settings, choices);
}
