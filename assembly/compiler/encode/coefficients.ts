import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";

/** The coefficient buffer of one job: its streams and what stands before and after them. */
export class Coefficients {
  pointer: usize = 0;
  bytes: u32 = 0;
  /** What the SRAM must hold of it: v7 the longest stream times the cores in use, v8 all. */
  streamBytes: u32 = 0;
  /** Huffman codes with runs of zeros, which the open driver does not write. */
  hasRunLengths: bool = false;
  /** Kernels are in another order than their outputs, as the vendor's compiler has them on v7. */
  sortsKernels: bool = false;

  private static allocated: u64 = 0;

  /** Zero-filled memory (the runtime never reuses any), or null and a failure where all buffers together grow out of bounds. */
  static allocate(bytes: u64, operator: i32): Coefficients | null {
    Coefficients.allocated += bytes;
    if (Coefficients.allocated > MOST_BYTES) {
      fail(
        Code.TOO_LARGE,
        LocationKind.OPERATOR,
        operator,
        `at most ${MOST_BYTES} bytes of coefficients`,
        `${Coefficients.allocated} bytes so far`,
      );
      return null;
    }
    const coefficients = new Coefficients();
    coefficients.bytes = bytes as u32;
    coefficients.pointer = heap.alloc(bytes as usize);
    return coefficients;
  }
}

/** Well beyond the SRAM and memory that any such device has for one network. */
const MOST_BYTES: u64 = 192 << 20;
