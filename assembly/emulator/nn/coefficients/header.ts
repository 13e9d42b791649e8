import { decimal, hex } from "../../../diagnostics/text";
import { resolveWords } from "../../memory/buffers";
import { badCoefficients } from "./decoder";

const WHAT = "the header of the coefficients";

/**
 * The header of a Huffman coded coefficient buffer.
 *
 * ```
 *  byte 0   version 4 │ reserved │ fp16 │ bit16 │ precode    0x10
 *       1   run lengths: 0 (none), 4, 6, 10 or 18
 *    2-19   run length table, 18 x u8: zeros of a run, less 1; unused entries 0
 *   20-23   symbol map: the length that symbol i stands for in bits 4i+3:4i
 *   24-27   average bias, added to every decoded byte: u16, up to 255 │ reserved u16
 *   28-63   bits of each NN core's stream, u32; the rest 0
 * ```
 */
export class HuffmanHeader {
  static readonly BYTES: u32 = 64;
  /** Without the streams' sizes. */
  static readonly HEAD_BYTES: u32 = 28;

  symbolMap: u32 = 0;
  averageBias: u32 = 0;
  /** Entries of the run length table; 0 where the streams hold no runs. */
  runLengths: u32 = 0;
  private table: usize = 0;
  private sizes: usize = 0;

  /** Reads the header at an address; false where it is not mapped or not understood. */
  read(address: u64, streams: i32): bool {
    const start = resolveWords(address, HuffmanHeader.BYTES, WHAT);
    if (start == 0 || !this.readHead(address)) return false;
    this.sizes = start + HuffmanHeader.HEAD_BYTES;
    return checkFixed(this.sizes + (streams << 2), 36 - (streams << 2), 0, "no more streams");
  }

  /** The same, without the streams' sizes. */
  readHead(address: u64): bool {
    const start = resolveWords(address, HuffmanHeader.HEAD_BYTES, WHAT);
    if (start == 0) return false;
    this.runLengths = load<u8>(start, 1);
    this.table = start + 2;
    this.symbolMap = load<u32>(start, 20);
    this.averageBias = load<u16>(start, 24);
    return (
      checkFixed(start, 1, 0x10, "the version 0x10 and no flags") &&
      this.checkRuns() &&
      this.checkSymbols() &&
      checkFixed(start + 25, 3, 0, "an average bias of one byte")
    );
  }

  /** Zeros that an entry of the table stands for. */
  zerosOf(entry: u32): u32 {
    return <u32>load<u8>(this.table + entry) + 1;
  }

  /** The most bytes that one code stands for. */
  get longestRun(): u32 {
    let longest: u32 = 1;
    for (let i: u32 = 0; i < this.runLengths; i++) longest = max(longest, this.zerosOf(i));
    return longest;
  }

  /** Bits of a core's stream, its padding not counted. */
  streamBits(nnCore: i32): u32 {
    return load<u32>(this.sizes + (nnCore << 2));
  }

  /** Bytes that a core's stream takes. */
  streamBytes(nnCore: i32): u64 {
    return ((<u64>this.streamBits(nnCore) + 511) >> 9) << 6;
  }

  /** Two entries have a length of their own, and a power of two the other. */
  private checkRuns(): bool {
    const count = this.runLengths;
    if (count != 0 && count != 4 && count != 6 && count != 10 && count != 18) {
      const expected = "0, 4, 6, 10 or 18 run lengths";
      return badCoefficients(-1, expected, decimal(count));
    }
    return checkFixed(this.table + count, 18 - count, 0, "no more run lengths");
  }

  /**
   * Without runs, every length from 0 to 7 has its symbol; with them, all but one of 1 to 6 and 8,
   * which stands for runs, too.
   */
  private checkSymbols(): bool {
    let seen: u32 = 0;
    for (let shift = 0; shift < 32; shift += 4) seen |= 1 << ((this.symbolMap >> shift) & 15);
    if (this.runLengths == 0) {
      if (seen == 0xff) return true;
      return badCoefficients(-1, "a map of all lengths", hex(this.symbolMap));
    }
    if ((seen & ~0x7e) == 0x181 && popcnt(seen) == 8) return true;
    return badCoefficients(
      -1,
      "a map of eight lengths, 0, 7 and 8 among them",
      hex(this.symbolMap),
    );
  }
}

function checkFixed(start: usize, bytes: u32, value: u8, expected: string): bool {
  for (let at = start; at < start + bytes; at++) {
    const found = load<u8>(at);
    if (found != value) return badCoefficients(-1, expected, hex(found));
  }
  return true;
}
