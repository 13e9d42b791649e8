import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";
import { byteKernel } from "./bytes";

/** From here on the float32 nearest to the logistic function is 1. */
const SATURATED: f32 = 16.619047;

/** LOGISTIC: 1 / (1 + e^−x). */
export function prepareLogistic(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  if (!input.isReal) return byteKernel(operation);
  return new RealLogistic(input, operation.outputs[0]);
}

/** As TFLite's kernel for float32 has it: the same function, other roundings. */
function realLogistic(x: f32): f32 {
  if (x > SATURATED) return 1;
  const power = Mathf.exp(x);
  return power / (1 + power);
}

class RealLogistic extends Kernel {
  constructor(
    private input: Tensor,
    private output: Tensor,
  ) {
    super();
  }

  run(): void {
    const bytes = this.output.bytes as usize;
    for (let i: usize = 0; i < bytes && !isLate(8); i += 4) {
      store<f32>(this.output.pointer + i, realLogistic(load<f32>(this.input.pointer + i)));
    }
  }
}
