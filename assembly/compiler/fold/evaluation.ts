import { DTYPE_BYTES, Dtype } from "../../tflite/schema";
import { Graph, Operator, Options, Span, Tensor } from "../graph";
import { integerAt } from "./elements";

/** What all results of one model may take, and the work on them. A few bytes of model can ask for gigabytes. */
const MOST_BYTES: u64 = 16 << 20;
const MOST_RANK: u32 = 8;

/**
 * One operator whose inputs are known. Results are kept aside until it has succeeded; one that
 * cannot be evaluated exactly as TFLite does stays in the graph.
 */
export class Evaluation {
  private static used: u64 = 0;
  private shapes: i32[][] = [];
  private results: Span[] = [];

  constructor(
    public operator: Operator,
    private graph: Graph,
  ) {}

  get options(): Options {
    return this.operator.options;
  }

  get inputs(): i32 {
    return this.operator.inputs.length;
  }

  get outputs(): i32 {
    return this.operator.outputs.length;
  }

  has(i: i32): bool {
    return i < this.operator.inputs.length && this.operator.inputs[i] >= 0;
  }

  input(i: i32): Tensor {
    return this.graph.tensors[this.operator.inputs[i]];
  }

  /** As the model declares it: its shape there may be a mere placeholder. */
  output(i: i32 = 0): Tensor {
    return this.graph.tensors[this.operator.outputs[i]];
  }

  /** An input that is a list of integers; null if it is not one of as many as a shape may have. */
  list(i: i32): i32[] | null {
    if (!this.has(i)) return null;
    const tensor = this.input(i);
    if (tensor.dtype != Dtype.INT32 && tensor.dtype != Dtype.INT64) return null;
    if (tensor.shape.length > 1 || tensor.elements > MOST_RANK) return null;
    const values: i32[] = [];
    for (let j = 0; j < (tensor.elements as i32); j++) {
      const value = integerAt(tensor, j);
      if (value != (value as i32 as i64)) return null;
      values.push(value as i32);
    }
    return values;
  }

  /** Zero-filled memory for the next output, which gets that shape; 0 where there is no room. */
  make(shape: i32[]): usize {
    const output = this.output(this.results.length);
    const width = DTYPE_BYTES[output.dtype];
    if (width == 0 || (shape.length as u32) > MOST_RANK) return 0;
    let bytes: u64 = width;
    for (let i = 0; i < shape.length && bytes <= MOST_BYTES; i++) {
      if (shape[i] < 0) return 0;
      bytes *= max(shape[i], 1) as u64;
    }
    if (!this.takes(bytes)) return 0;
    const pointer = heap.alloc(bytes as usize);
    memory.fill(pointer, 0, bytes as usize);
    const isEmpty = shape.includes(0);
    this.shapes.push(shape);
    this.results.push(new Span(pointer, isEmpty ? 0 : (bytes as u32)));
    return pointer;
  }

  /** Whether there is room left for so many bytes of results, or steps of work. */
  takes(amount: u64): bool {
    if (amount > MOST_BYTES - Evaluation.used) return false;
    Evaluation.used += amount;
    return true;
  }

  /** Makes constants of the outputs. */
  commit(): void {
    for (let i = 0; i < this.results.length; i++) {
      const output = this.output(i);
      output.shape = this.shapes[i];
      output.data = this.results[i];
      output.producer = -1;
    }
  }
}

/** A dimension counted from the front; negative ones count from the end. -1 where there is none. */
export function dimensionOf(axis: i32, rank: i32): i32 {
  const dimension = axis < 0 ? axis + rank : axis;
  return dimension < rank ? max(dimension, -1) : -1;
}
