import { Constant, identity } from "../graph/constant";
import { Quantization, Value } from "../graph/graph";
import { realsOf } from "../graph/reals";

/**
 * A tensor of the ONNX graph, in ONNX' own order of axes, and how it is stored: either a constant in
 * that order, or a value whose axis i holds axis `order[i]`. So an image N × C × H × W that is
 * stored as TFLite has it, N × H × W × C, has the order 0, 2, 3, 1, and a Transpose costs nothing
 * until someone asks for another order.
 */
export class Operand {
  value: Value | null = null;
  constant: Constant | null = null;
  /** Of a constant that stands for real numbers. */
  quantization: Quantization | null = null;
  order: i32[];

  constructor(public shape: i32[]) {
    this.order = identity(shape.length);
  }

  static known(constant: Constant): Operand {
    const operand = new Operand(constant.shape);
    operand.constant = constant;
    return operand;
  }

  static of(value: Value, shape: i32[], order: i32[]): Operand {
    const operand = new Operand(shape);
    operand.value = value;
    operand.order = order;
    return operand;
  }

  get rank(): i32 {
    return this.shape.length;
  }

  /** The axis of storage that holds axis `axis`. */
  storageAxis(axis: i32): i32 {
    return this.order.indexOf(axis);
  }
}

/** Images as TFLite has them. */
export const NHWC: i32[] = [0, 2, 3, 1];

/** Real values of a constant, quantized or not, as numbers of 32 bits. */
export function realConstant(operand: Operand): Constant {
  return realsOf(operand.constant as Constant, operand.quantization);
}
