import { Operation } from "../../../tflite/operation";
import { ByteFunction } from "../../../tflite/values/byte-function";
import { byteFunctionOf } from "../../../tflite/values/functions";
import { Range } from "../../../tflite/values/range";

/** What jobs make of two bytes. */
export abstract class PairArithmetic {
  /** In steps of the output from its zero point, before they are cut off. */
  abstract stepsOf(a: i32, b: i32): i32;
}

/** The most that results may be off: in steps, and as root mean square. */
const MOST_STEPS = 2;
const MOST_RMS: f64 = 0.7;

/** How far an operator's results are from TFLite's, over all pairs of bytes. */
export class PairError {
  /** In steps of the output. */
  largest: i32 = 0;
  /** Root mean square, over pairs whose result is not cut off. */
  rms: f64 = 0;
  private value: ByteFunction;
  private range: Range;

  constructor(
    private operation: Operation,
    /** The operation's second operand is the arithmetic's first. */
    private isSwapped: bool,
  ) {
    this.value = byteFunctionOf(operation) as ByteFunction;
    this.range = Range.of(operation);
  }

  get isSmall(): bool {
    return this.largest <= MOST_STEPS && this.rms <= MOST_RMS;
  }

  /** In words, as the reason for the CPU. */
  get text(): string {
    const rms = Math.round(this.rms * 100) / 100;
    return `its results would be up to ${this.largest} steps off, in the root mean square ${rms}`;
  }

  measure(arithmetic: PairArithmetic): void {
    const zero = this.operation.outputs[0].zeroPoint;
    let counted = 0;
    let total: f64 = 0;
    this.largest = 0;
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) {
        const right = this.isSwapped ? this.valueOf(b, a) : this.valueOf(a, b);
        const found = this.range.clamp(arithmetic.stepsOf(a, b) + zero);
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
}
