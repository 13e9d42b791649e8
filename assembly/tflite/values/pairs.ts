import { Multiplier, storedValue } from "../multiplier";
import { Operation } from "../operation";
import { RAISED_BITS, sumFactor } from "../rules/elementwise";
import { Tensor } from "../tensor";
import { ByteFunction } from "./byte-function";
import { OutputRange } from "./range";

/** ADD and SUB: both operands are brought to a common scale first. */
export class ByteSum extends ByteFunction {
  /** By stored byte: the operand in the common scale. */
  private first: StaticArray<i32>;
  private second: StaticArray<i32>;
  private output: Tensor;
  private range: OutputRange;
  private toOutput: Multiplier;

  constructor(operation: Operation, subtracts: bool) {
    super();
    const a = operation.inputs[0];
    const b = operation.inputs[1];
    const common = 2 * (max(a.scale, b.scale) as f64);
    this.first = raised(a, common, false);
    this.second = raised(b, common, subtracts);
    this.output = operation.outputs[0];
    this.range = OutputRange.of(operation);
    this.toOutput = Multiplier.of(sumFactor(operation));
  }

  of(a: i32, b: i32): i32 {
    const sum = this.first[a & 0xff] + this.second[b & 0xff];
    return this.range.clamp(this.toOutput.apply(sum) + this.output.zeroPoint);
  }
}

function raised(tensor: Tensor, common: f64, negated: bool): StaticArray<i32> {
  const multiplier = Multiplier.of((tensor.scale as f64) / common);
  const values = new StaticArray<i32>(256);
  for (let byte = 0; byte < 256; byte++) {
    const scaled = multiplier.apply((tensor.valueOf(byte) - tensor.zeroPoint) << RAISED_BITS);
    values[byte] = negated ? -scaled : scaled;
  }
  return values;
}

/** MUL. */
export class ByteProduct extends ByteFunction {
  private a: Tensor;
  private b: Tensor;
  private output: Tensor;
  private range: OutputRange;
  private multiplier: Multiplier;

  constructor(operation: Operation) {
    super();
    const a = operation.inputs[0];
    const b = operation.inputs[1];
    const output = operation.outputs[0];
    this.a = a;
    this.b = b;
    this.output = output;
    this.range = OutputRange.of(operation);
    this.multiplier = Multiplier.of(((a.scale * b.scale) / output.scale) as f64);
  }

  of(a: i32, b: i32): i32 {
    const product = (a - this.a.zeroPoint) * (b - this.b.zeroPoint);
    return this.range.clamp(this.multiplier.apply(product) + this.output.zeroPoint);
  }
}

/** MAXIMUM and MINIMUM: of stored values, as TFLite has it, which are quantized alike. */
export class ByteExtreme extends ByteFunction {
  constructor(private greatest: bool) {
    super();
  }

  of(a: i32, b: i32): i32 {
    return this.greatest ? max(a, b) : min(a, b);
  }
}

/** SQUARED_DIFFERENCE, of the real numbers. */
export class ByteSquaredDifference extends ByteFunction {
  private a: Tensor;
  private b: Tensor;
  private output: Tensor;

  constructor(operation: Operation) {
    super();
    this.a = operation.inputs[0];
    this.b = operation.inputs[1];
    this.output = operation.outputs[0];
  }

  of(a: i32, b: i32): i32 {
    const first = ((a - this.a.zeroPoint) as f64) * this.a.scale;
    const second = ((b - this.b.zeroPoint) as f64) * this.b.scale;
    const steps = (((first - second) * (first - second)) / this.output.scale) as f32;
    const output = this.output;
    return storedValue(steps, output.zeroPoint, output.least, output.greatest);
  }
}

/** DIV: the quotient of the real numbers. */
export class ByteQuotient extends ByteFunction {
  private a: Tensor;
  private b: Tensor;
  private output: Tensor;
  private range: OutputRange;

  constructor(operation: Operation) {
    super();
    this.a = operation.inputs[0];
    this.b = operation.inputs[1];
    this.output = operation.outputs[0];
    this.range = OutputRange.of(operation);
  }

  of(a: i32, b: i32): i32 {
    const dividend = ((a - this.a.zeroPoint) as f64) * this.a.scale;
    const divisor = ((b - this.b.zeroPoint) as f64) * this.b.scale;
    const steps = (dividend / divisor / this.output.scale) as f32;
    const output = this.output;
    return this.range.clamp(storedValue(steps, output.zeroPoint, output.least, output.greatest));
  }
}
