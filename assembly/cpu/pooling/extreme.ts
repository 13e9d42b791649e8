import { Operation } from "../../tflite/operation";
import { reducedDimensions } from "../../tflite/rules/reductions";
import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";
import { needScratch, scratch } from "../memory";
import { Reduction } from "./reduction";

/** REDUCE_MAX over a list of constant axes. */
export function prepareReduceMax(operation: Operation): Kernel | null {
  return prepare(operation, true);
}

/** REDUCE_MIN. */
export function prepareReduceMin(operation: Operation): Kernel | null {
  return prepare(operation, false);
}

function prepare(operation: Operation, greatest: bool): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const reduced = reducedDimensions(operation);
  if (reduced == null) return null;
  needScratch(output.elements << 2);
  if (input.isReal) return new RealExtreme(input, output, reduced, greatest);
  return new ByteExtreme(input, output, reduced, greatest);
}

/** Keeps the greatest or the least element in its 4 bytes of scratch memory. */
abstract class Extreme extends Reduction {
  constructor(
    input: Tensor,
    output: Tensor,
    reduced: bool[],
    protected greatest: bool,
  ) {
    super(input, output, reduced, 1);
  }
}

class ByteExtreme extends Extreme {
  protected begin(sum: usize): void {
    store<i32>(sum, this.greatest ? this.input.least : this.input.greatest);
  }

  protected add(element: usize, sum: usize): void {
    const value = this.input.byteAt(element);
    const best = load<i32>(sum);
    store<i32>(sum, this.greatest ? max(best, value) : min(best, value));
  }

  protected finish(from: usize, to: usize): void {
    for (let i = from; i < to; i++) {
      store<u8>(this.output.pointer + i, load<u8>(scratch() + (i << 2)));
    }
  }
}

class RealExtreme extends Extreme {
  protected begin(sum: usize): void {
    store<f32>(sum, this.greatest ? -f32.MAX_VALUE : f32.MAX_VALUE);
  }

  protected add(element: usize, sum: usize): void {
    const value = load<f32>(this.input.pointer + (element << 2));
    const best = load<f32>(sum);
    if (this.greatest ? value > best : value < best) store<f32>(sum, value);
  }

  protected finish(from: usize, to: usize): void {
    memory.copy(this.output.pointer + (from << 2), scratch() + (from << 2), (to - from) << 2);
  }
}
