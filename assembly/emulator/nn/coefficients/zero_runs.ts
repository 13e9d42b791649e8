import { decimal, phrase } from "../../../diagnostics/text";
import { WORK_OF_KERNEL } from "../../../targets/limits";
import { spend } from "../../jobs";
import { resolveWords } from "../../memory/buffers";
import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet } from "../kernels";
import { BitReader } from "./bits";
import { badCoefficients, CoefficientDecoder } from "./decoder";
import { KernelsWithWords } from "./kernel_words";
import { ZeroRunTokens } from "./tokens";

/**
 * The coefficient buffer of v7: zero-run-length coded weights, and with every kernel its bias
 * and the position of its output.
 *
 * ```
 *  ┌ header ───────────────────────────────┬ streams, each padded to 64 bytes ┐
 *  │ bytes of stream u32 x NN cores, to 64 │ core 0 │ core 1 │ …              │
 *  └───────────────────────────────────────┴──────────────────────────────────┘
 *  stream │ run bits 8 │ kernels 16 │ token … bias 32 token … output offset 32 … │ zeros
 * ```
 *
 * The bias stands after the token of a kernel's first weight, where the token may go on; the output
 * offset stands after the last weight, and there a token ends.
 */

const STREAM_UNIT: u32 = 64;

export class ZeroRunDecoder extends CoefficientDecoder {
  private mostRunBits: u32 = 0;
  private usedCores: i32 = 0;
  private header: usize = 0;

  private nnCore: i32 = 0;
  private bits: BitReader = new BitReader();
  private stream: KernelsWithWords<ZeroRunTokens> = new KernelsWithWords<ZeroRunTokens>();

  open(job: NnJob, nnCores: i32, mostRunBits: u32): bool {
    const headerBytes = (nnCores * 4 + STREAM_UNIT - 1) & ~(STREAM_UNIT - 1);
    this.mostRunBits = mostRunBits;
    this.usedCores = min(job.outputChannels, nnCores);
    this.stream.begin(job, this.usedCores);
    this.header = resolveWords(job.coefficients, headerBytes, "the header of the coefficients");
    this.end = job.coefficients + headerBytes;
    return this.header != 0;
  }

  decode(nnCore: i32, image: PairedImage, kernels: KernelSet): bool {
    this.nnCore = nnCore;
    const bytes = load<u32>(this.header + (nnCore << 2));
    if (nnCore >= this.usedCores)
      return kernels.begin(0) && (bytes == 0 || this.bad("none", "one"));
    if (bytes == 0 || bytes % STREAM_UNIT != 0) {
      return this.bad("a multiple of 64 bytes", decimal(bytes));
    }
    const stream = resolveWords(this.end, bytes, "a coefficient stream");
    const work = bytes + this.stream.kernelsOfCore * WORK_OF_KERNEL;
    if (stream == 0 || !spend(work)) return false;
    this.end += bytes;
    this.bits.open(stream, (<u64>bytes) << 3);
    return (
      this.beginTokens() &&
      this.stream.decode(nnCore, this.bits.read(16), image, kernels) &&
      this.endStream(kernels)
    );
  }

  private beginTokens(): bool {
    const runBits = this.bits.read(8);
    this.stream.weights.begin(this.bits, runBits);
    if (runBits <= this.mostRunBits) return true;
    const expected = phrase("run lengths of at most ", decimal(this.mostRunBits), " bits");
    return this.bad(expected, decimal(runBits));
  }

  private endStream(kernels: KernelSet): bool {
    this.bits.align(32);
    if (!this.bits.endsPadded(STREAM_UNIT * 8)) {
      return this.bad("zeros to the next 64 bytes, then the end", "something else");
    }
    return kernels.group();
  }

  private bad(expected: string, found: string): bool {
    return badCoefficients(this.nnCore, expected, found);
  }
}
