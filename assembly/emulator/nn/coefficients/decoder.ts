import { Code, LocationKind } from "../../../diagnostics/codes";
import { fail } from "../../../diagnostics/failure";
import { decimal, phrase } from "../../../diagnostics/text";
import { currentJob } from "../../jobs";
import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet } from "../kernels";

/** Reads the coefficient buffer of a job, the stream of one NN core after the other. */
export abstract class CoefficientDecoder {
  /** Address after what has been opened and decoded. */
  end: u64 = 0;

  /**
   * Finds the streams of so many NN cores; false where the buffer is not what the descriptor
   * announces. Runs of v7 may take up to `mostRunBits` bits.
   */
  abstract open(job: NnJob, nnCores: i32, mostRunBits: u32): bool;

  /**
   * Fills `kernels` with those of one NN core, their taps as distances in `image`. In a dry run
   * they stay without taps, and `image` may hold anything.
   */
  abstract decode(nnCore: i32, image: PairedImage, kernels: KernelSet): bool;
}

/** Records what is wrong in a coefficient buffer, in a core's stream or (-1) its header. */
export function badCoefficients(nnCore: i32, expected: string, found: string): bool {
  const text =
    nnCore < 0
      ? phrase(expected, " in the header")
      : phrase(expected, " in the stream of NN core ", decimal(nnCore));
  return fail(Code.BAD_COEFFICIENTS, LocationKind.JOB, currentJob(), text, found);
}
