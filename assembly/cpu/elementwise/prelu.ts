import { Operation } from "../../tflite/operation";
import { Kernel } from "../kernel";
import { Pairwise } from "./broadcast";
import { byteKernel } from "./bytes";

/** PRELU. Inputs: the tensor, slopes below 0, repeated where their extent is 1. */
export function preparePrelu(operation: Operation): Kernel | null {
  return operation.inputs[0].isReal ? new RealPrelu(operation) : byteKernel(operation);
}

class RealPrelu extends Pairwise {
  constructor(operation: Operation) {
    super(operation.inputs[0], operation.inputs[1], operation.outputs[0]);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const value = load<f32>(this.a.pointer + (a << 2));
    const slope = load<f32>(this.b.pointer + (b << 2));
    store<f32>(this.output.pointer + (to << 2), value >= 0 ? value : value * slope);
  }
}
