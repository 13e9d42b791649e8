import { Operation } from "../../../tflite/operation";
import { ByteFunction } from "../../../tflite/values/byte-function";
import { byteFunctionOf } from "../../../tflite/values/functions";
import { Range } from "../../../tflite/values/range";
import { P, Q, QuarterSquares } from "./quarter-squares";

/** How far a product's results are from TFLite's, over all pairs of bytes. */
export class ProductError {
  /** In steps of the output. */
  largest: i32 = 0;
  /** Root mean square, over pairs whose product is not cut off. */
  rms: f64 = 0;
  private value: ByteFunction;
  private range: Range;

  constructor(
    private operation: Operation,
    /** The operation's second operand is the first of the quarter squares. */
    private isSwapped: bool,
  ) {
    this.value = byteFunctionOf(operation) as ByteFunction;
    this.range = Range.of(operation);
  }

  measure(squares: QuarterSquares): void {
    const values = squares.values;
    let counted = 0;
    let total: f64 = 0;
    this.largest = 0;
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) {
        const right = this.isSwapped ? this.valueOf(b, a) : this.valueOf(a, b);
        const found = this.range.clamp(this.steps(squares, values, a, b));
        if (found == right && this.isCutOff(right)) continue;
        const error = abs(found - right);
        this.largest = max(this.largest, error);
        total += (error * error) as f64;
        counted++;
      }
    }
    this.rms = counted > 0 ? Math.sqrt(total / (counted as f64)) : 0;
  }

  private isCutOff(result: i32): bool {
    return result == this.range.least || result == this.range.greatest;
  }

  /** TFLite's result for bytes as the NPU has them. */
  private valueOf(first: i32, second: i32): i32 {
    const a = this.operation.inputs[0];
    const b = this.operation.inputs[1];
    return this.value.of(
      a.valueOf(a.isSigned ? first ^ 128 : first),
      b.valueOf(b.isSigned ? second ^ 128 : second),
    );
  }

  /** What the jobs compute before they cut it off, as stored values. */
  private steps(squares: QuarterSquares, values: StaticArray<i32>, a: i32, b: i32): i32 {
    const sum = abs(a + b - P - Q);
    const difference = min(abs(a - b - P + Q), 255);
    const product =
      values[sum] - values[difference] + squares.weightA * a + squares.weightB * b + squares.bias;
    const output = this.operation.outputs[0];
    return (Math.floor((product as f64) * squares.scale + 0.5) as i32) + output.zeroPoint;
  }
}
