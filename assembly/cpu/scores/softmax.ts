import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** SOFTMAX along the last dimension. */
export function prepareSoftmax(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const beta = operation.real(Option.BETA) as f32;
  if (input.isReal) return new RealSoftmax(input, output, beta);
  return new Softmax(input, output, beta);
}

/**
 * For 8-bit values TFLite looks exponentials up in a table of float32, and adds and divides in
 * float32, with its reference kernels, too; every step rounds as it does there.
 */
class Softmax extends Kernel {
  /** e^(−d · scale · beta) for each difference d to the greatest value of a row. */
  private exponentials: StaticArray<f32> = new StaticArray<f32>(256);

  constructor(
    private input: Tensor,
    private output: Tensor,
    beta: f32,
  ) {
    super();
    const step = -input.scale * beta;
    for (let d = 0; d < 256; d++) this.exponentials[d] = Mathf.exp(step * (d as f32));
  }

  run(): void {
    const depth = max(this.input.fromLast(1), 1);
    const count = this.input.elements as usize;
    for (let row: usize = 0; row < count && !isLate(depth); row += depth) {
      this.row(row, depth);
    }
  }

  private row(start: usize, depth: i32): void {
    const from = this.input.pointer + start;
    const to = this.output.pointer + start;
    const flip = this.input.flip;
    let greatest = 0;
    for (let i = 0; i < depth; i++) {
      greatest = max(greatest, (load<u8>(from + i) as i32) ^ flip);
    }
    let sum: f32 = 0;
    for (let i = 0; i < depth; i++) sum += this.exponential(from + i, greatest, flip);
    const factor: f32 = 1 / (sum * this.output.scale);
    for (let i = 0; i < depth; i++) {
      const steps = this.exponential(from + i, greatest, flip) * factor;
      store<u8>(to + i, min((steps + 0.5) as i32, 255) ^ flip);
    }
  }

  private exponential(at: usize, greatest: i32, flip: i32): f32 {
    return unchecked(this.exponentials[greatest - ((load<u8>(at) as i32) ^ flip)]);
  }
}

class RealSoftmax extends Kernel {
  constructor(
    private input: Tensor,
    private output: Tensor,
    private beta: f32,
  ) {
    super();
  }

  run(): void {
    const rowBytes = (max(this.input.fromLast(1), 1) as usize) << 2;
    const bytes = this.input.bytes as usize;
    for (let row: usize = 0; row < bytes && !isLate(rowBytes); row += rowBytes) {
      this.row(this.input.pointer + row, this.output.pointer + row, rowBytes);
    }
  }

  private row(from: usize, to: usize, bytes: usize): void {
    let greatest: f32 = -f32.MAX_VALUE;
    for (let i: usize = 0; i < bytes; i += 4) greatest = max(greatest, load<f32>(from + i));
    let sum: f32 = 0;
    for (let i: usize = 0; i < bytes; i += 4) {
      const power = Mathf.exp((load<f32>(from + i) - greatest) * this.beta);
      store<f32>(to + i, power);
      sum += power;
    }
    const factor: f32 = 1 / sum;
    for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) * factor);
  }
}
