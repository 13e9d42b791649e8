import { storedValue } from "../multiplier";
import { Operation } from "../operation";
import { Tensor } from "../tensor";

/**
 * What an operator of 8-bit operands gives for one element of each, exactly as TFLite's reference
 * kernels do: the CPU kernels apply it to whole tensors, the compiler tabulates it.
 */
export abstract class ByteFunction {
  /** From stored values to a stored value; operators of one operand take no notice of `b`. */
  abstract of(a: i32, b: i32): i32;

  /** What becomes of every byte of the first operand, as the tensors store them. */
  table(input: Tensor): StaticArray<u8> {
    const bytes = new StaticArray<u8>(256);
    for (let byte = 0; byte < 256; byte++) bytes[byte] = this.of(input.valueOf(byte), 0) as u8;
    return bytes;
  }
}

/** A function of real numbers, in float32: TFLite tabulates it by way of the numbers themselves. */
export class RealByteFunction extends ByteFunction {
  private input: Tensor;
  private output: Tensor;
  private inverse: f32;

  constructor(
    operation: Operation,
    private real: (x: f32) => f32,
  ) {
    super();
    this.input = operation.inputs[0];
    this.output = operation.outputs[0];
    this.inverse = 1 / this.output.scale;
  }

  of(a: i32, _b: i32): i32 {
    const x: f32 = this.input.scale * ((a - this.input.zeroPoint) as f32);
    const steps: f32 = this.real(x) * this.inverse;
    const output = this.output;
    return storedValue(steps, output.zeroPoint, output.least, output.greatest);
  }
}
