import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** A function of one float32 value, element by element. */
export class RealFunction extends Kernel {
  constructor(
    private input: Tensor,
    private output: Tensor,
    private value: (x: f32) => f32,
  ) {
    super();
  }

  run(): void {
    const bytes = this.output.bytes as usize;
    for (let i: usize = 0; i < bytes && !isLate(4); i += 4) {
      store<f32>(this.output.pointer + i, this.value(load<f32>(this.input.pointer + i)));
    }
  }
}

/** RSQRT: 1 / √x. */
export function prepareRsqrt(operation: Operation): Kernel | null {
  return realFunction(operation, (x: f32) => 1 / Mathf.sqrt(x));
}

/** SQRT. */
export function prepareSqrt(operation: Operation): Kernel | null {
  return realFunction(operation, (x: f32) => Mathf.sqrt(x));
}

/** SQUARE. */
export function prepareSquare(operation: Operation): Kernel | null {
  return realFunction(operation, (x: f32) => x * x);
}

/** NEG. */
export function prepareNeg(operation: Operation): Kernel | null {
  return realFunction(operation, (x: f32) => -x);
}

/** EXP. */
export function prepareExp(operation: Operation): Kernel | null {
  return realFunction(operation, (x: f32) => Mathf.exp(x));
}

function realFunction(operation: Operation, value: (x: f32) => f32): Kernel {
  return new RealFunction(operation.inputs[0], operation.outputs[0], value);
}
