import { Multiplier, roundingShift } from "../../tflite/multiplier";
import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";
import { RealFunction } from "./real-function";
import { ByteTable } from "./table";

/** HARD_SWISH: x · min(max(x + 3, 0), 6) / 6. */
export function prepareHardSwish(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  if (input.isReal) return new RealFunction(input, output, hardSwish);
  const table = new ByteTable(input, output);
  const swish = new ByteHardSwish(input, output);
  for (let byte = 0; byte < 256; byte++) {
    const value = swish.of(table.valueOf(byte) - input.zeroPoint) + output.zeroPoint;
    table.set(byte, min(max(value, output.least), output.greatest));
  }
  return table;
}

/** TFLite multiplies by it. */
const SIXTH: f32 = 1.0 / 6.0;

function hardSwish(x: f32): f32 {
  return x * min<f32>(6, max<f32>(0, x + 3)) * SIXTH;
}

/** Bits that an 8-bit distance is raised by: it fills 16 bits then. */
const RAISED_BITS = 7;
/** The scale of ±3 in 16 bits. */
const SLOPE_SCALE: f32 = 3.0 / 32768.0;

/** TFLite's steps for 8-bit values, in 16 bits with a rounding after each. */
class ByteHardSwish {
  private toOutput: Multiplier;
  private toSlope: Multiplier;

  constructor(input: Tensor, output: Tensor) {
    const raised: f32 = (1.0 / 128.0) * input.scale;
    this.toOutput = Multiplier.of((raised / output.scale) as f64);
    this.toSlope = Multiplier.of((raised / SLOPE_SCALE) as f64);
  }

  /** From the distance to the input's zero point to that from the output's. */
  of(distance: i32): i32 {
    const raised = distance << RAISED_BITS;
    const scaled = roundedHigh(raised, halved(this.toOutput.value));
    const product = (this.slope(raised) * scaled) / (1 << 15);
    return roundingShift(product, -this.toOutput.shift);
  }

  /** (x + 3) / 6 kept between 0 and 1, as 0 … 32767. */
  private slope(raised: i32): i32 {
    const shift = this.toSlope.shift;
    let value = shift > 0 ? saturated(raised << (shift - 1)) : raised;
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

function saturated(value: i32): i32 {
  return min(max(value, i16.MIN_VALUE as i32), i16.MAX_VALUE as i32);
}
