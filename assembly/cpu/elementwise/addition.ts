import { Multiplier } from "../../tflite/multiplier";
import { Operation } from "../../tflite/operation";
import { RAISED_BITS, sumFactor } from "../../tflite/rules/elementwise";
import { Tensor } from "../../tflite/tensor";
import { Range } from "../arithmetic/activation";
import { Kernel } from "../kernel";
import { Pairwise } from "./broadcast";

/** ADD. */
export function prepareAddition(operation: Operation): Kernel | null {
  return prepare(operation, false);
}

/** SUB. */
export function prepareSubtraction(operation: Operation): Kernel | null {
  return prepare(operation, true);
}

function prepare(operation: Operation, subtracts: bool): Kernel {
  const a = operation.inputs[0];
  const b = operation.inputs[1];
  const output = operation.outputs[0];
  const range = Range.of(operation);
  if (a.isReal) return new RealSum(a, b, output, range, subtracts);
  return new Sum(a, b, output, range, subtracts, sumFactor(operation));
}

class Sum extends Pairwise {
  /** By stored byte: the operand in the common scale. */
  private first: StaticArray<i32>;
  private second: StaticArray<i32>;
  private toOutput: Multiplier;

  constructor(
    a: Tensor,
    b: Tensor,
    output: Tensor,
    private range: Range,
    subtracts: bool,
    factor: f64,
  ) {
    super(a, b, output);
    const common = 2 * (max(a.scale, b.scale) as f64);
    this.first = raised(a, common, false);
    this.second = raised(b, common, subtracts);
    this.toOutput = Multiplier.of(factor);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const first = this.first[load<u8>(this.a.pointer + a)];
    const second = this.second[load<u8>(this.b.pointer + b)];
    const value = this.toOutput.apply(first + second) + this.output.zeroPoint;
    store<u8>(this.output.pointer + to, this.range.clamp(value) as u8);
  }
}

function raised(tensor: Tensor, common: f64, negated: bool): StaticArray<i32> {
  const multiplier = Multiplier.of((tensor.scale as f64) / common);
  const values = new StaticArray<i32>(256);
  for (let byte = 0; byte < 256; byte++) {
    const value = tensor.least < 0 ? (byte as i8 as i32) : byte;
    const scaled = multiplier.apply((value - tensor.zeroPoint) << RAISED_BITS);
    values[byte] = negated ? -scaled : scaled;
  }
  return values;
}

class RealSum extends Pairwise {
  constructor(
    a: Tensor,
    b: Tensor,
    output: Tensor,
    private range: Range,
    private subtracts: bool,
  ) {
    super(a, b, output);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const first = load<f32>(this.a.pointer + (a << 2));
    const second = load<f32>(this.b.pointer + (b << 2));
    const value = this.subtracts ? first - second : first + second;
    store<f32>(this.output.pointer + (to << 2), this.range.clampReal(value));
  }
}
