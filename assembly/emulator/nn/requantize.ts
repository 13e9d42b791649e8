import { Generation } from "./generations/generation";
import { NnJob } from "./job";

/**
 * From 32-bit sums to bytes: `clamp(round(sum * M / 2^s) + zero point)`, the product exact, rounded
 * once to the nearest, ties away from zero, with no sum below 0 after a ReLU. Bytes are unsigned or
 * signed.
 */
export class Requantizer {
  /** M, with its leading one. */
  private multiplier: u32 = 0;
  private shift: i32 = 0;
  private half: i64 = 0;
  /** A magnitude from which on every result is out of a byte's range anyhow. */
  private saturated: u32 = 0;
  private floor: i32 = 0;
  private zero: i32 = 0;
  private isSigned: bool = false;

  prepare(job: NnJob, generation: Generation): void {
    this.multiplier = (1 << generation.fractionBits) | job.multiplier;
    // Products stay below 2^56, so that a shift by 62 gives 0 like every greater one.
    this.shift = min<u32>(job.shift + generation.shiftBase, 62);
    this.half = this.shift > 0 ? (<i64>1) << (this.shift - 1) : 0;
    this.saturated = this.shift <= 54 ? this.leastSaturated() : 0xffffffff;
    this.floor = job.relu ? 0 : i32.MIN_VALUE;
    this.zero = job.outputZero;
    this.isSigned = job.isSigned;
  }

  /** Turns `count` sums, a multiple of 8, into as many bytes. */
  run(sums: usize, bytes: usize, count: i32): void {
    for (let i = 0; i < count; i += 8) {
      const low = this.four(v128.load(sums + (i << 2)));
      const high = this.four(v128.load(sums + (i << 2), 16));
      const narrow = i16x8.narrow_i32x4_s(low, high);
      const result = this.isSigned
        ? i8x16.narrow_i16x8_s(narrow, narrow)
        : i8x16.narrow_i16x8_u(narrow, narrow);
      v128.store64_lane(bytes + i, result, 0);
    }
  }

  /** The least magnitude whose product rounds to 512 or more: no zero point brings it back. */
  private leastSaturated(): u32 {
    const reach = ((<u64>512) << this.shift) - <u64>this.half;
    const least = (reach + this.multiplier - 1) / this.multiplier;
    return <u32>min<u64>(least, 0xffffffff);
  }

  private four(sums: v128): v128 {
    const sign = i32x4.shr_s(sums, 31);
    const magnitude = i32x4.min_u(i32x4.abs(sums), i32x4.splat(this.saturated));
    const factor = i32x4.splat(this.multiplier);
    const half = i64x2.splat(this.half);
    const low = i64x2.shr_u(
      i64x2.add(i64x2.extmul_low_i32x4_u(magnitude, factor), half),
      this.shift,
    );
    const high = i64x2.shr_u(
      i64x2.add(i64x2.extmul_high_i32x4_u(magnitude, factor), half),
      this.shift,
    );
    const rounded = v128.shuffle<i32>(low, high, 0, 2, 4, 6);
    const signed = i32x4.sub(v128.xor(rounded, sign), sign);
    return i32x4.add(i32x4.max_s(signed, i32x4.splat(this.floor)), i32x4.splat(this.zero));
  }
}
