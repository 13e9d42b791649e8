import { decimal } from "../../diagnostics/text";
import { Coding } from "../../targets/cores";
import { badDescriptor } from "../descriptor";
import { resolveWords } from "../memory/buffers";
import { Scratch } from "../memory/scratch";
import { BitReader } from "../nn/coefficients/bits";
import { CodedBytes } from "../nn/coefficients/coded_bytes";
import { HuffmanHeader } from "../nn/coefficients/header";
import { ZeroRunTokens } from "../nn/coefficients/tokens";

/**
 * The coefficients of a fully connected TP job, a row for each input: its weights to all outputs.
 *
 * ```
 *  v7  ┌ blocks of 64 bytes of each row, 5 bits ┬ biases i32 ┬ row │ row │ …
 *      └ padded to 64 bytes                     ┴ to 64      ┴ to 64 bytes each
 *        row │ run bits 4 │ zero-run-length tokens
 *
 *  v8  ┌ Huffman header, 28 bytes │ bits of each row, 14 bits ┬ biases i32 ┬ row │ row │ …
 *      └ padded to 64 bytes, counted from the header          ┴ to 64      ┴ to 64 bytes each
 *        row │ Huffman codes of a stream of its own
 * ```
 */

const UNIT_BITS: u64 = 512;
const RUN_WIDTH_BITS: u32 = 4;
const WIDEST_RUN: u32 = 8;

export class FullyConnectedWeights {
  outputs: i32 = 0;
  /** Address after what has been opened and decoded. */
  end: u64 = 0;

  private inputs: i32 = 0;
  private zero: i32 = 0;
  private isCoded: bool = false;
  private header: HuffmanHeader = new HuffmanHeader();
  private bytes: CodedBytes = new CodedBytes();
  private tokens: ZeroRunTokens = new ZeroRunTokens();
  private bits: BitReader = new BitReader();
  /** Of the rows' sizes. */
  private table: BitReader = new BitReader();
  private biases: usize = 0;
  private next: i32 = 0;
  private row: Scratch = new Scratch();

  /** Finds the rows of so many inputs; false where they are not mapped or not understood. */
  open(address: u64, inputs: i32, outputs: i32, zero: i32, coding: Coding): bool {
    this.inputs = inputs;
    this.outputs = outputs;
    this.zero = zero;
    this.next = 0;
    this.isCoded = coding == Coding.HUFFMAN;
    if (this.isCoded) {
      if (!this.header.readHead(address)) return false;
      this.bytes.setCodes(this.header, zero);
    }
    const head: u64 = this.isCoded ? HuffmanHeader.HEAD_BYTES : 0;
    const tableBytes = paddedBytes((head << 3) + <u64>inputs * this.sizeBits);
    const table = resolveWords(address, tableBytes, "the sizes of the rows of weights");
    if (table == 0) return false;
    this.table.open(table, tableBytes << 3);
    this.table.skip(head << 3);
    const biasBytes = paddedBytes((<u64>outputs) << 5);
    this.biases = resolveWords(address + tableBytes, biasBytes, "the biases");
    this.end = address + tableBytes + biasBytes;
    return this.biases != 0 && this.row.reserve((<u64>outputs) << 1);
  }

  bias(output: i32): i32 {
    return load<i32>(this.biases + ((<usize>output) << 2));
  }

  /** Passes over the next input's row, which must be mapped. */
  passRow(): bool {
    return this.openRow() != 0;
  }

  /**
   * Pointer to the weights of the next input, each an i16 from which the zero point has been taken
   * off, by output; 0 and a failure recorded where they are not understood. Good until the next row.
   */
  decodeRow(): usize {
    const row = this.openRow();
    if (row == 0) return 0;
    const understood = this.isCoded ? this.decodeCodes(row) : this.decodeTokens(row);
    return understood ? this.row.pointer : 0;
  }

  private size: u64 = 0;

  private get sizeBits(): u32 {
    return this.isCoded ? 14 : 5;
  }

  private openRow(): usize {
    if (this.next == this.inputs) {
      badDescriptor("no more rows of weights than inputs", "one more");
      return 0;
    }
    const size = <u64>this.table.read(this.sizeBits);
    this.next++;
    this.size = this.isCoded ? size : size * UNIT_BITS;
    const bytes = paddedBytes(this.size);
    const row = resolveWords(this.end, bytes, "a row of weights");
    this.end += bytes;
    return row;
  }

  private decodeTokens(row: usize): bool {
    const weights = this.row.pointer;
    this.bits.open(row, this.size);
    const runBits = this.bits.read(RUN_WIDTH_BITS);
    if (runBits > WIDEST_RUN) return this.bad("runs of at most 8 bits", decimal(runBits));
    this.tokens.begin(this.bits, runBits);
    memory.fill(weights, 0, (<usize>this.outputs) << 1);
    for (let i = 0; i < this.outputs; i++) {
      i += this.tokens.skip(this.outputs - i);
      if (i == this.outputs) break;
      store<i16>(weights + ((<usize>i) << 1), <i16>(this.tokens.take() - this.zero));
      if (this.tokens.overrun) return this.bad("more weights", "the end");
    }
    const ends = this.tokens.isBetweenTokens && this.bits.endsPadded(UNIT_BITS);
    return ends || this.bad("zeros behind the weights, to 64 bytes", "others");
  }

  private decodeCodes(row: usize): bool {
    const weights = this.row.pointer;
    this.bytes.begin(row, <u32>this.size);
    for (let i = 0; i < this.outputs; i++) {
      store<i16>(weights + ((<usize>i) << 1), <i16>(this.bytes.take() - this.zero));
    }
    return (
      this.bytes.finish() || this.bad("two empty pairs and the end behind the weights", "others")
    );
  }

  private bad(expected: string, found: string): bool {
    return badDescriptor(`${expected} in row ${this.next - 1} of the weights`, found);
  }
}

/** Bytes of so many bits, up to whole blocks of 64. */
function paddedBytes(bits: u64): u64 {
  return ((bits + UNIT_BITS - 1) / UNIT_BITS) << 6;
}
