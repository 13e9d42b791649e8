import { WORK_OF_CODED_BYTE, WORK_OF_KERNEL } from "../../../targets/limits";
import { spend } from "../../jobs";
import { resolveWords } from "../../memory/buffers";
import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet } from "../kernels";
import { CodedBytes } from "./coded_bytes";
import { badCoefficients, CoefficientDecoder } from "./decoder";
import { HuffmanHeader } from "./header";
import { KernelsWithWords } from "./kernel_words";

/**
 * The coefficient buffer of the S905D3: v7's kernels as bytes, in v8's Huffman code.
 *
 * ```
 *  ┌ header, 64 bytes ┬ streams, each padded to 64 bytes ┐
 *  │                  │ core 0 │ core 1                  │
 *  └──────────────────┴──────────────────────────────────┘
 *  stream, as bytes │ kernels u16 │ … bias i32 weights … output offset u32 … │
 * ```
 *
 * The bias stands before a kernel's first weight, the output offset after its last one.
 */
export class CodedWordsDecoder extends CoefficientDecoder {
  private usedCores: i32 = 0;
  private header: HuffmanHeader = new HuffmanHeader();
  private stream: KernelsWithWords<CodedBytes> = new KernelsWithWords<CodedBytes>();

  open(job: NnJob, nnCores: i32, _mostRunBits: u32): bool {
    this.usedCores = min(job.outputChannels, nnCores);
    this.stream.begin(job, this.usedCores);
    if (!this.header.read(job.coefficients, this.usedCores)) return false;
    this.stream.weights.setCodes(this.header, job.weightZero);
    this.end = job.coefficients + HuffmanHeader.BYTES;
    return true;
  }

  decode(nnCore: i32, image: PairedImage, kernels: KernelSet): bool {
    if (nnCore >= this.usedCores) return kernels.begin(0);
    const bytes = this.header.streamBytes(nnCore);
    const stream = resolveWords(this.end, bytes, "a coefficient stream");
    const work = bytes * WORK_OF_CODED_BYTE + this.stream.kernelsOfCore * WORK_OF_KERNEL;
    if (stream == 0 || !spend(work)) return false;
    this.end += bytes;
    const weights = this.stream.weights;
    weights.begin(stream, this.header.streamBits(nnCore));
    const count = weights.take() | (weights.take() << 8);
    if (!this.stream.decode(nnCore, count, image, kernels)) return false;
    if (weights.finish()) return kernels.group();
    const expected = "two empty pairs and the end behind the weights";
    return badCoefficients(nnCore, expected, "others");
  }
}
