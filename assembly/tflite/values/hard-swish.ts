import { Multiplier, roundingShift } from "../multiplier";
import { Operation } from "../operation";
import { Tensor } from "../tensor";
import { ByteFunction } from "./byte-function";

/** Bits that an 8-bit distance is raised by: it fills 16 bits then. */
const RAISED_BITS = 7;
/** The scale of ±3 in 16 bits. */
const SLOPE_SCALE: f32 = 3.0 / 32768.0;

/** HARD_SWISH: x · min(max(x + 3, 0), 6) / 6, in TFLite's steps of 16 bits with a rounding after each. */
export class ByteHardSwish extends ByteFunction {
  private input: Tensor;
  private output: Tensor;
  private toOutput: Multiplier;
  private toSlope: Multiplier;

  constructor(operation: Operation) {
    super();
    const input = operation.inputs[0];
    const output = operation.outputs[0];
    this.input = input;
    this.output = output;
    const raised: f32 = (1.0 / 128.0) * input.scale;
    this.toOutput = Multiplier.of((raised / output.scale) as f64);
    this.toSlope = Multiplier.of((raised / SLOPE_SCALE) as f64);
  }

  of(a: i32, _b: i32): i32 {
    const raised = (a - this.input.zeroPoint) << RAISED_BITS;
    const scaled = roundedHigh(raised, halved(this.toOutput.value));
    const product = (this.slope(raised) * scaled) / (1 << 15);
    const value = roundingShift(product, -this.toOutput.shift) + this.output.zeroPoint;
    return min(max(value, this.output.least), this.output.greatest);
  }

  /** (x + 3) / 6 kept between 0 and 1, as 0 … 32767. */
  private slope(raised: i32): i32 {
    const shift = this.toSlope.shift;
    let value = shift > 0 ? shifted(raised, shift - 1) : raised;
    value = roundedHigh(value, halved(this.toSlope.value));
    if (shift > 0) value = saturated(value << 1);
    if (shift < 0) value = roundingShift(value, -shift);
    return (value + (1 << 15)) >> 1;
  }
}

/** A 31-bit fraction in 15 bits. */
function halved(value: i32): i32 {
  return value >= i32.MAX_VALUE - (1 << 15) ? i16.MAX_VALUE : (value + (1 << 15)) >> 16;
}

/** The high half of the doubled product of two 16-bit values, rounded. */
function roundedHigh(a: i32, b: i32): i32 {
  const product = a * b;
  return saturated((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

/** A 16-bit value shifted to the left: one shifted by more than 31 bits is saturated anyway. */
function shifted(value: i32, bits: i32): i32 {
  const wide = (value as i64) << min(bits, 31);
  return min<i64>(max<i64>(wide, i16.MIN_VALUE), i16.MAX_VALUE) as i32;
}

function saturated(value: i32): i32 {
  return min(max(value, i16.MIN_VALUE as i32), i16.MAX_VALUE as i32);
}
