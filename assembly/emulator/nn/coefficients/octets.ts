import { BitReader } from "./bits";

/**
 * Zero-run tokens, eight at a time, where only the number of their weights matters. Eight tokens
 * of n + 8 bits are n + 8 bytes, so each eight begin at the same bit of a byte as those before:
 *
 * ```
 *  bytes  │ token 0 │ token 1 │ token 2 │ … │ token 7 │   n run bits lowest in each
 *  lanes  │ 2 bytes that hold run 0 │ run 1 │ … │ run 7 │   8 x u16
 * ```
 *
 * A factor for each lane shifts its run to the top, and one shift brings all of them down.
 */

const TOKENS = 8;
const LITERAL_BITS = 8;

const indices = memory.data(16, 16);
const factors = memory.data(16, 16);

export class TokenOctets {
  private runBits: i32 = 0;

  begin(runBits: u32): void {
    this.runBits = runBits;
  }

  /** Passes over eights that are at most `weights` weights together; gives how many they are. */
  pass(bits: BitReader, weights: i64): i64 {
    const most = TOKENS << this.runBits;
    if (weights < most) return 0;
    this.setLanes(bits.bit);
    const unit = this.runBits + LITERAL_BITS;
    let passed: i64 = 0;
    let safe: i32 = 1;
    while (safe > 0) {
      const present = <i64>(bits.left >> 3) / unit;
      safe = <i32>min(present, (weights - passed) / most);
      passed += this.weightsOf(bits.pointer, safe);
      bits.skip(<u64>safe * unit * 8);
    }
    return passed;
  }

  private setLanes(bit: i32): void {
    for (let i = 0; i < TOKENS; i++) {
      const at = bit + i * (this.runBits + LITERAL_BITS);
      store<u8>(indices + (i << 1), <u8>(at >> 3));
      store<u8>(indices + (i << 1), <u8>((at >> 3) + 1), 1);
      const factor = this.runBits == 0 ? 0 : 1 << (16 - this.runBits - (at & 7));
      store<u16>(factors + (i << 1), <u16>factor);
    }
  }

  /** Weights in `count` eights from a byte on. */
  private weightsOf(start: usize, count: i32): i64 {
    const index = v128.load(indices);
    const factor = v128.load(factors);
    const ones = i16x8.splat(1);
    const down = 16 - this.runBits;
    const unit = this.runBits + LITERAL_BITS;
    let sums = i32x4.splat(0);
    for (let at = start, end = start + <usize>(count * unit); at < end; at += unit) {
      const lanes = i16x8.mul(v128.swizzle(v128.load(at), index), factor);
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.shr_u(lanes, down), ones));
    }
    const pairs = i64x2.add(i64x2.extend_low_i32x4_u(sums), i64x2.extend_high_i32x4_u(sums));
    const runs = i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
    return runs + <i64>count * TOKENS;
  }
}
