import { Builtin } from "../../tflite/schema";
import { OptionsType } from "../../tflite/slots";

/** The member of the union of options that an operator has, and its fields in order of their slots. */
export class Layout {
  constructor(
    public code: i32,
    public type: i32,
    /** b: a byte; i: 32 bits, whole or real; each is one of the node's options. */
    public fields: string,
  ) {}
}

const POOL = "biiiib";

const LAYOUTS: Layout[] = [
  new Layout(Builtin.ADD, OptionsType.ADD, "b"),
  new Layout(Builtin.ARG_MAX, OptionsType.ARG_MAX, "b"),
  new Layout(Builtin.AVERAGE_POOL_2D, OptionsType.POOL_2D, POOL),
  new Layout(Builtin.BATCH_MATMUL, OptionsType.BATCH_MATMUL, "bbb"),
  new Layout(Builtin.CONCATENATION, OptionsType.CONCATENATION, "ib"),
  new Layout(Builtin.CONV_2D, OptionsType.CONV_2D, "biibii"),
  new Layout(Builtin.DEPTHWISE_CONV_2D, OptionsType.DEPTHWISE_CONV_2D, "biiibii"),
  new Layout(Builtin.DEPTH_TO_SPACE, OptionsType.DEPTH_TO_SPACE, "i"),
  new Layout(Builtin.DIV, OptionsType.DIV, "b"),
  new Layout(Builtin.FULLY_CONNECTED, OptionsType.FULLY_CONNECTED, "bbb"),
  new Layout(Builtin.GATHER, OptionsType.GATHER, "ii"),
  new Layout(Builtin.GELU, OptionsType.GELU, "b"),
  new Layout(Builtin.LEAKY_RELU, OptionsType.LEAKY_RELU, "i"),
  new Layout(Builtin.MAX_POOL_2D, OptionsType.POOL_2D, POOL),
  new Layout(Builtin.MEAN, OptionsType.REDUCER, "b"),
  new Layout(Builtin.MIRROR_PAD, OptionsType.MIRROR_PAD, "b"),
  new Layout(Builtin.MUL, OptionsType.MUL, "b"),
  new Layout(Builtin.PACK, OptionsType.PACK, "ii"),
  new Layout(Builtin.REDUCE_MAX, OptionsType.REDUCER, "b"),
  new Layout(Builtin.REDUCE_MIN, OptionsType.REDUCER, "b"),
  new Layout(Builtin.RESIZE_BILINEAR, OptionsType.RESIZE_BILINEAR, "iibb"),
  new Layout(Builtin.RESIZE_NEAREST_NEIGHBOR, OptionsType.RESIZE_NEAREST_NEIGHBOR, "bb"),
  new Layout(Builtin.SOFTMAX, OptionsType.SOFTMAX, "i"),
  new Layout(Builtin.SPACE_TO_DEPTH, OptionsType.SPACE_TO_DEPTH, "i"),
  new Layout(Builtin.SPLIT, OptionsType.SPLIT, "i"),
  new Layout(Builtin.SPLIT_V, OptionsType.SPLIT_V, "i"),
  new Layout(Builtin.STRIDED_SLICE, OptionsType.STRIDED_SLICE, "iiiii"),
  new Layout(Builtin.SUB, OptionsType.SUB, "b"),
  new Layout(Builtin.SUM, OptionsType.REDUCER, "b"),
  new Layout(Builtin.TRANSPOSE_CONV, OptionsType.TRANSPOSE_CONV, "biib"),
];

/** How an operator's options are laid out; null where it has none. */
export function layoutOf(code: i32): Layout | null {
  for (let i = 0; i < LAYOUTS.length; i++) if (LAYOUTS[i].code == code) return LAYOUTS[i];
  return null;
}
