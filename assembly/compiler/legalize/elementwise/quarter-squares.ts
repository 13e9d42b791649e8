import { Tensor } from "../../graph";
import { Convolution } from "../../plan/convolution";
import { SUMS } from "../../plan/product";
import { LookupTable } from "../../plan/table";
import { zeroByte } from "../../plan/tensors";
import { fitTable } from "./fit";
import { PairArithmetic } from "./pair-error";
import { overPlanes } from "./planes";

/** What bytes are counted from: together 255, so that no sum is beyond a byte, and one difference. */
const P = 127;
const Q = 128;
/** Quarter squares are at most 255² / 4: 255 steps of this size. */
const COARSEST = 64;
/** The weight that stands for 0 in the sums, whose weights are −1, 0 and 1. */
const ZERO = 1;

/**
 * The numbers of a product's jobs. For bytes a and b, and their zero points za and zb:
 *
 *     s = a + b − P − Q
 *     d = a − b − P + Q
 *     (a − P) · (b − Q) = s²/4 − d²/4
 *     (a − za) · (b − zb) = s²/4 − d²/4 + (Q − zb) · a + (P − za) · b + za · zb − P · Q
 *
 * Sums and differences have nine bits, but the positive and the negative part of each is a byte, so
 * they are exact. A table gives quarter squares in steps of 64. With two tables, each gives a half
 * of them in steps of 32. So only the tables' rounding keeps the product from being exact.
 */
export class QuarterSquares extends PairArithmetic {
  tables: LookupTable[] = [];
  /** What a step of a table is worth, in products of one step of either operand. */
  unit: i32 = COARSEST;
  /** Steps of the output for such a product. */
  scale: f64;
  zeroA: i32;
  zeroB: i32;
  /** What the tables make of the positive parts 0 to 255, in products of one step. */
  private values: StaticArray<i32> = new StaticArray<i32>(256);

  /** The zero point of `a` is not above that of `b`. */
  constructor(
    a: Tensor,
    b: Tensor,
    private output: Tensor,
  ) {
    super();
    const product = (a.quantization.scale(0) as f64) * (b.quantization.scale(0) as f64);
    this.scale = product / (output.quantization.scale(0) as f64);
    this.zeroA = zeroByte(a);
    this.zeroB = zeroByte(b);
  }

  get weightA(): i32 {
    return Q - this.zeroB;
  }

  get weightB(): i32 {
    return P - this.zeroA;
  }

  get bias(): i32 {
    return this.zeroA * this.zeroB - P * Q;
  }

  /** Takes so many tables, whose steps are so many times smaller. */
  divide(tables: i32): void {
    this.unit = COARSEST / tables;
    this.tables = [];
    this.values.fill(0);
    for (let i = 0; i < tables; i++) {
      const table = fitTable(quarterSquares(this.unit, 255 * i), 0, 0);
      this.tables.push(table);
      for (let byte = 0; byte < 256; byte++) this.values[byte] += this.unit * table.byteAt(byte);
    }
  }

  stepsOf(a: i32, b: i32): i32 {
    const sum = this.values[abs(a + b - P - Q)];
    const difference = this.values[min(abs(a - b - P + Q), 255)];
    const product = sum - difference + this.weightA * a + this.weightB * b + this.bias;
    return Math.floor((product as f64) * this.scale + 0.5) as i32;
  }

  /** From planes a and b to s⁺, s⁻, d⁺ and d⁻, which are cut off at 0. */
  sums(): Convolution {
    const weights: StaticArray<u8> = [2, 2, 0, 0, 2, 0, 0, 2];
    const biases: StaticArray<i32> = [-P - Q, P + Q, Q - P, P - Q];
    return overPlanes(this.output, weights, ZERO, biases);
  }

  /** From the tables' planes, a and b to the output. */
  combination(): Convolution {
    const squares = this.tables.length * SUMS;
    const zero = max(this.unit, max(-this.weightA, -this.weightB));
    const weights = new StaticArray<u8>(squares + 2);
    for (let i = 0; i < squares; i++) {
      const isOfSum = i % SUMS < SUMS / 2;
      weights[i] = (zero + (isOfSum ? this.unit : -this.unit)) as u8;
    }
    weights[squares] = (zero + this.weightA) as u8;
    weights[squares + 1] = (zero + this.weightB) as u8;
    const c = overPlanes(this.output, weights, zero, [this.bias]);
    c.outputZero = zeroByte(this.output);
    c.scale = this.scale as f32;
    return c;
  }
}

/** Of all bytes, from so many steps on. Those below and beyond are cut off. */
function quarterSquares(unit: i32, from: i32): StaticArray<u8> {
  const results = new StaticArray<u8>(256);
  for (let byte = 0; byte < 256; byte++) {
    const square = Math.round(((byte * byte) as f64) / ((4 * unit) as f64)) as i32;
    results[byte] = min(max(square - from, 0), 255) as u8;
  }
  return results;
}
