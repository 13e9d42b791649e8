import { hex } from "../../../diagnostics/text";
import { resolveWords } from "../../memory/buffers";
import { badCoefficients } from "./decoder";

/**
 * The header of a v8 coefficient buffer.
 *
 * ```
 *  byte 0   version 4 │ reserved │ fp16 │ bit16 │ precode    0x10
 *       1   run length size                                  0: no run lengths
 *    2-19   run length table, 18 x u8                        0
 *   20-23   symbol map: the length that symbol i stands for in bits 4i+3:4i
 *   24-27   average bias u16 │ reserved u16                  0
 *   28-63   bits of each NN core's stream, u32; the rest 0
 * ```
 */
export class HuffmanHeader {
  static readonly BYTES: u32 = 64;

  symbolMap: u32 = 0;
  private sizes: usize = 0;

  /** Reads the header at an address; false where it is not mapped or not understood. */
  read(address: u64, streams: i32): bool {
    const start = resolveWords(address, HuffmanHeader.BYTES, "the header of the coefficients");
    if (start == 0) return false;
    this.symbolMap = load<u32>(start, 20);
    this.sizes = start + 28;
    return (
      this.checkFixed(start, 0, 1, 0x10, "the version 0x10 and no flags") &&
      this.checkFixed(start, 1, 19, 0, "no run lengths") &&
      this.checkSymbols() &&
      this.checkFixed(start, 24, 4, 0, "no average bias") &&
      this.checkFixed(this.sizes, streams << 2, 36 - (streams << 2), 0, "no more streams")
    );
  }

  /** Bits of a core's stream, its padding not counted. */
  streamBits(nnCore: i32): u32 {
    return load<u32>(this.sizes + (nnCore << 2));
  }

  /** Bytes that a core's stream takes. */
  streamBytes(nnCore: i32): u64 {
    return ((<u64>this.streamBits(nnCore) + 511) >> 9) << 6;
  }

  private checkFixed(start: usize, first: i32, bytes: i32, value: u8, expected: string): bool {
    for (let i = first; i < first + bytes; i++) {
      const found = load<u8>(start + i);
      if (found != value) return badCoefficients(-1, expected, hex(found));
    }
    return true;
  }

  /** Every length from 0 to 7 has its symbol. */
  private checkSymbols(): bool {
    let seen: u32 = 0;
    for (let shift = 0; shift < 32; shift += 4) seen |= 1 << ((this.symbolMap >> shift) & 15);
    if (seen == 0xff) return true;
    return badCoefficients(-1, "a map of all lengths", hex(this.symbolMap));
  }
}
