import { storedValue } from "../../tflite/multiplier";
import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { byteKernel } from "../elementwise/bytes";
import { Kernel } from "../kernel";

/** QUANTIZE: from float32 to an 8-bit type, or from one quantization to another. */
export function prepareQuantize(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  return input.isReal ? new Quantize(input, operation.outputs[0]) : byteKernel(operation);
}

/** Steps beyond 32 bits become the nearest end of the range; LiteRT's kernels wrap them. */
class Quantize extends Kernel {
  constructor(
    private input: Tensor,
    private output: Tensor,
  ) {
    super();
  }

  run(): void {
    const output = this.output;
    const count = output.elements as usize;
    for (let i: usize = 0; i < count; i++) {
      const real = load<f32>(this.input.pointer + (i << 2));
      const steps = real / output.scale;
      const value = storedValue(steps, output.zeroPoint, output.least, output.greatest);
      store<u8>(output.pointer + i, value as u8);
    }
  }
}
