import { failed } from "../../diagnostics/failure";
import { Coding, Core } from "../../targets/cores";
import { Words } from "../fields/field";
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
    const convolution = encodeNnJob(job as ConvolutionJob, core, settings);
    if (convolution == null) return null;
    encoded.push(convolution);
  }
  return failed() ? null : encoded;
}

function encodeTpJob(job: TpJob, before: EncodedJob[], settings: Settings): EncodedJob | null {
  const encoded = new EncodedJob(job, encodeTp(job, settings));
  const table = job.table;
  if (table == null) return encoded;
  // The cores that share a job share its table.
  encoded.coefficients =
    job.core > 0 ? before[before.length - 1].coefficients : encodeTable(table, job.operator);
  return encoded.coefficients == null ? null : encoded;
}

function encodeNnJob(job: ConvolutionJob, core: Core, settings: Settings): EncodedJob | null {
  const tiling = settings.compatMesa ? tileAsMesa(job, core) : Tiling.of(job, core);
  const requantization = Requantization.of(job, core, settings);
  const coefficients = encodeCoefficients(job, tiling, requantization.bias, core, settings);
  if (coefficients == null) return null;
  // The vendor's compiler writes them for other cores of the generation.
  if (coefficients.hasRunLengths) job.mark = max<i32>(job.mark, Mark.EXPECTED) as Mark;
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
