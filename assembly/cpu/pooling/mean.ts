import { foldedFactor, keptFactor, wholeZero } from "../../tflite/mean-factors";
import { Multiplier, storedValue } from "../../tflite/multiplier";
import { Operation } from "../../tflite/operation";
import { reducedDimensions } from "../../tflite/rules/reductions";
import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";
import { needScratch, scratch } from "../memory";
import { Reduction } from "./reduction";

/** MEAN over a list of constant axes. */
export function prepareMean(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const reduced = reducedDimensions(operation);
  if (reduced == null) return null;
  const count = (input.elements / output.elements) as i32;
  needScratch(output.elements << 2);
  if (input.isReal) return new RealMean(input, output, reduced, count);
  if (!isKeptPlane(reduced, output)) return new Mean(input, output, reduced, count);
  return new PlaneMean(input, output, reduced, count);
}

/** TFLite has a kernel of its own for means over rows and columns of NHWC that keep the rank. */
function isKeptPlane(reduced: bool[], output: Tensor): bool {
  if (reduced.length != 4 || output.shape.length != 4) return false;
  return !reduced[0] && reduced[1] && reduced[2] && !reduced[3];
}

/** Means and sums of 8-bit values, from sums of stored values; subclasses scale and round them. */
abstract class ByteMean extends Reduction {
  protected add(element: usize, sum: usize): void {
    store<i32>(sum, load<i32>(sum) + this.input.byteAt(element));
  }

  protected finish(from: usize, to: usize): void {
    const output = this.output;
    for (let i = from; i < to; i++) {
      const value = this.result(load<i32>(scratch() + (i << 2)));
      store<u8>(output.pointer + i, min(max(value, output.least), output.greatest) as u8);
    }
  }

  protected abstract result(sum: i32): i32;
}

/** Over any axes. */
class Mean extends ByteMean {
  private multiplier: Multiplier;

  constructor(input: Tensor, output: Tensor, reduced: bool[], count: i32) {
    super(input, output, reduced, count);
    this.multiplier = foldedFactor(input.scale, output.scale, count);
  }

  protected result(sum: i32): i32 {
    const distance = sum - this.input.zeroPoint * this.count;
    return this.multiplier.apply(distance) + this.output.zeroPoint;
  }
}

/** Over a plane whose dimensions are kept: the zero points make one rounded number. */
class PlaneMean extends ByteMean {
  private multiplier: Multiplier;
  private bias: i32;

  constructor(input: Tensor, output: Tensor, reduced: bool[], count: i32) {
    super(input, output, reduced, count);
    this.bias = output.zeroPoint - wholeZero(input.zeroPoint, input.scale, output.scale);
    this.multiplier = keptFactor(input.scale, output.scale, count);
  }

  protected result(sum: i32): i32 {
    return this.multiplier.apply(sum) + this.bias;
  }
}

class RealMean extends Reduction {
  protected add(element: usize, sum: usize): void {
    const value = load<f32>(this.input.pointer + (element << 2));
    store<f32>(sum, load<f32>(sum) + value);
  }

  protected finish(from: usize, to: usize): void {
    const output = this.output;
    for (let i = from; i < to; i++) {
      store<f32>(output.pointer + (i << 2), load<f32>(scratch() + (i << 2)) / (this.count as f32));
    }
  }
}

/** SUM over a list of constant axes. */
export function prepareSum(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const reduced = reducedDimensions(operation);
  if (reduced == null) return null;
  needScratch(output.elements << 2);
  if (input.isReal) return new RealMean(input, output, reduced, 1);
  const count = (input.elements / output.elements) as i32;
  return new ByteSum(input, output, reduced, count);
}

/** TFLite brings sums to the output's scale in float32. */
class ByteSum extends ByteMean {
  private scale: f32;
  private bias: f32;

  constructor(input: Tensor, output: Tensor, reduced: bool[], count: i32) {
    super(input, output, reduced, count);
    this.scale = input.scale / output.scale;
    this.bias = (-input.zeroPoint as f32) * this.scale * (count as f32);
  }

  protected result(sum: i32): i32 {
    const output = this.output;
    const steps: f32 = (sum as f32) * this.scale + this.bias;
    return storedValue(steps, output.zeroPoint, output.least, output.greatest);
  }
}
