import { ConvolutionJob, Job, TpJob } from "../lower/jobs";
import { Lowering } from "../lower/lower";

/** The byte that stands for a signed zero, once 128 is added. */
const ZERO = 128;

/**
 * Signed bytes as they are: where all zero points of a segment are 0, the unit may be told that bytes
 * are signed, instead of being given 128 more. Sums, factors and clamping stay the same numbers, so
 * jobs are lowered in unsigned terms either way; only what is stored differs:
 *
 *     unsigned   byte = value + 128   zero points and border 128   data types 0
 *     signed     byte = value         zero points and border 0     data types 2
 *
 * The host then copies tensors into and out of the arena without a change.
 */
export function signBytes(lowering: Lowering): void {
  for (let i = 0; i < lowering.jobs.length; i++) if (!isSymmetric(lowering.jobs[i])) return;
  for (let i = 0; i < lowering.jobs.length; i++) lowering.jobs[i].isSigned = true;
  lowering.isSigned = true;
}

function isSymmetric(job: Job): bool {
  if (job instanceof TpJob) {
    const move = job as TpJob;
    return move.zero == ZERO && move.outputZero == ZERO;
  }
  const convolution = job as ConvolutionJob;
  const isCentred = convolution.inputZero == ZERO && convolution.outputZero == ZERO;
  return isCentred && convolution.kernels.zero == ZERO;
}
