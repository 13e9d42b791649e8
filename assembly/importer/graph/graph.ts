import { Dtype } from "../../tflite/schema";
import { Constant } from "./constant";

/** real = scale × (stored − zero point); one pair, or one for each index along `axis`. */
export class Quantization {
  constructor(
    public dtype: Dtype,
    public scales: f32[],
    public zeroPoints: i32[],
    public axis: i32 = 0,
  ) {}

  static one(dtype: Dtype, scale: f32, zeroPoint: i32): Quantization {
    return new Quantization(dtype, [scale], [zeroPoint]);
  }

  get isPerChannel(): bool {
    return this.scales.length > 1;
  }

  scaleAt(channel: i32): f32 {
    return this.scales[this.isPerChannel ? channel : 0];
  }

  zeroPointAt(channel: i32): i32 {
    return this.zeroPoints[this.isPerChannel ? channel : 0];
  }

  equals(other: Quantization): bool {
    if (this.dtype != other.dtype || this.scales.length != other.scales.length) return false;
    for (let i = 0; i < this.scales.length; i++) {
      if (this.scales[i] != other.scales[i] || this.zeroPoints[i] != other.zeroPoints[i])
        return false;
    }
    return true;
  }
}

export function hasManyScales(quantization: Quantization | null): bool {
  return quantization == null ? false : quantization.isPerChannel;
}

/** A tensor as TFLite has it: images are N × H × W × C. */
export class Value {
  /** Makes it; null for a constant and for an input of the graph. */
  producer: Node | null = null;
  constant: Constant | null = null;
  /** Null: real numbers, not quantized yet, or whole numbers that only steer. */
  quantization: Quantization | null = null;
  /** Its number in the file; given when it is written. */
  index: i32 = -1;

  constructor(
    public name: string,
    public dtype: Dtype,
    public shape: i32[],
  ) {}

  static known(name: string, constant: Constant): Value {
    const value = new Value(name, constant.dtype, constant.shape);
    value.constant = constant;
    return value;
  }

  get rank(): i32 {
    return this.shape.length;
  }
}

/** An operator of TFLite's schema. Options stand in the order of their slots (`write/options.ts`). */
export class Node {
  /** In the order of the schema's slots; what a kind of operator does not have is left out. */
  options: i32[] = [];
  outputs: Value[] = [];

  constructor(
    public code: i32,
    /** Null stands for an operand that is left out. */
    public inputs: (Value | null)[],
  ) {}

  get output(): Value {
    return this.outputs[0];
  }

  input(index: i32): Value | null {
    return index < this.inputs.length ? this.inputs[index] : null;
  }
}

/** What a model computes, in the order of computation. */
export class Graph {
  nodes: Node[] = [];
  inputs: Value[] = [];
  outputs: Value[] = [];
}
