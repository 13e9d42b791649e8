import { Operation } from "../../../tflite/operation";
import { Tensor } from "../../../tflite/tensor";
import { ByteFunction } from "../../../tflite/values/byte-function";
import { byteFunctionOf } from "../../../tflite/values/functions";
import { OutputRange } from "../../../tflite/values/range";

/** The result of jobs for two bytes. */
export abstract class PairArithmetic {
  /** In steps of the output from its zero point, before they are cut off. */
  abstract stepsOf(a: i32, b: i32): i32;
}

/** The most that results may be off: in steps, and as root mean square. */
const MOST_STEPS = 2;
const MOST_RMS: f64 = 0.7;

/** How far an operator's results are from TFLite's, over all pairs of bytes that its operands may hold. */
export class PairError {
  /** In steps of the output. */
  largest: i32 = 0;
  /** Root mean square, over pairs whose result is not cut off. */
  rms: f64 = 0;
  private value: ByteFunction;
  private range: OutputRange;
  /** By stored byte. */
  private first: StaticArray<bool>;
  private second: StaticArray<bool>;

  constructor(
    private operation: Operation,
    /** The operation's second operand is the arithmetic's first. */
    private isSwapped: bool,
  ) {
    this.value = byteFunctionOf(operation) as ByteFunction;
    this.range = OutputRange.of(operation);
    this.first = held(operation.inputs[0]);
    this.second = held(operation.inputs[1]);
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
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        if (!this.first[first] || !this.second[second]) continue;
        const right = this.valueOf(first, second);
        const found = this.range.clamp(this.stepsOf(arithmetic, first, second) + zero);
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

  /** TFLite's result for stored bytes. */
  private valueOf(first: i32, second: i32): i32 {
    const a = this.operation.inputs[0];
    const b = this.operation.inputs[1];
    return this.value.of(a.valueOf(first), b.valueOf(second));
  }

  /** The NPU has the bytes of int8 with 128 added. */
  private stepsOf(arithmetic: PairArithmetic, first: i32, second: i32): i32 {
    const a = this.operation.inputs[0].isSigned ? first ^ 128 : first;
    const b = this.operation.inputs[1].isSigned ? second ^ 128 : second;
    return this.isSwapped ? arithmetic.stepsOf(b, a) : arithmetic.stepsOf(a, b);
  }
}

/** The bytes of a constant; of other tensors, all. */
function held(operand: Tensor): StaticArray<bool> {
  const bytes = new StaticArray<bool>(256).fill(!operand.isConstant);
  if (!operand.isConstant) return bytes;
  for (let i = 0; i < (operand.elements as i32); i++) bytes[load<u8>(operand.pointer + i)] = true;
  return bytes;
}
