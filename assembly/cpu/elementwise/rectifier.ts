import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { Tensor } from "../../tflite/tensor";
import { OutputRange } from "../../tflite/values/range";
import { Kernel } from "../kernel";
import { byteKernel } from "./bytes";

// Functions that are linear on either side of 0: below it the value times a slope, then the
// range of the activation.

/** RELU. */
export function prepareRelu(operation: Operation): Kernel | null {
  return rectifier(operation, 1, 0, Infinity);
}

/** RELU6. */
export function prepareRelu6(operation: Operation): Kernel | null {
  return rectifier(operation, 1, 0, 6);
}

/** LEAKY_RELU. */
export function prepareLeakyRelu(operation: Operation): Kernel | null {
  return rectifier(operation, operation.real(Option.ALPHA) as f32, -Infinity, Infinity);
}

/** ABS. */
export function prepareAbsolute(operation: Operation): Kernel | null {
  return rectifier(operation, -1, -Infinity, Infinity);
}

function rectifier(operation: Operation, slope: f32, low: f32, high: f32): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  if (!input.isReal) return byteKernel(operation);
  return new RealRectifier(input, output, slope, OutputRange.between(low, high, output));
}

class RealRectifier extends Kernel {
  constructor(
    private input: Tensor,
    private output: Tensor,
    private slope: f32,
    private range: OutputRange,
  ) {
    super();
  }

  run(): void {
    const bytes = this.output.bytes as usize;
    for (let i: usize = 0; i < bytes; i += 4) {
      const value = load<f32>(this.input.pointer + i);
      const bent = value >= 0 ? value : value * this.slope;
      store<f32>(this.output.pointer + i, this.range.clampReal(bent));
    }
  }
}
