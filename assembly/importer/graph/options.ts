import { Builtin } from "../../tflite/schema";
import { OptionsType } from "../../tflite/slots";

/** The member of the union of options that an operator has, and its fields in order of their slots. */
export class OptionsLayout {
  constructor(
    public code: i32,
    public type: i32,
    /** b: a byte; i: 32 bits, whole or real; each is one of the node's options. */
    public fields: string,
  ) {}
}

const POOL = "biiiib";

const LAYOUTS: OptionsLayout[] = [
  new OptionsLayout(Builtin.ADD, OptionsType.ADD, "b"),
  new OptionsLayout(Builtin.ARG_MAX, OptionsType.ARG_MAX, "b"),
  new OptionsLayout(Builtin.AVERAGE_POOL_2D, OptionsType.POOL_2D, POOL),
  new OptionsLayout(Builtin.BATCH_MATMUL, OptionsType.BATCH_MATMUL, "bbb"),
  new OptionsLayout(Builtin.CONCATENATION, OptionsType.CONCATENATION, "ib"),
  new OptionsLayout(Builtin.CONV_2D, OptionsType.CONV_2D, "biibii"),
  new OptionsLayout(Builtin.DEPTHWISE_CONV_2D, OptionsType.DEPTHWISE_CONV_2D, "biiibii"),
  new OptionsLayout(Builtin.DEPTH_TO_SPACE, OptionsType.DEPTH_TO_SPACE, "i"),
  new OptionsLayout(Builtin.DIV, OptionsType.DIV, "b"),
  new OptionsLayout(Builtin.FULLY_CONNECTED, OptionsType.FULLY_CONNECTED, "bbb"),
  new OptionsLayout(Builtin.GATHER, OptionsType.GATHER, "ii"),
  new OptionsLayout(Builtin.GELU, OptionsType.GELU, "b"),
  new OptionsLayout(Builtin.LEAKY_RELU, OptionsType.LEAKY_RELU, "i"),
  new OptionsLayout(Builtin.MAX_POOL_2D, OptionsType.POOL_2D, POOL),
  new OptionsLayout(Builtin.MEAN, OptionsType.REDUCER, "b"),
  new OptionsLayout(Builtin.MIRROR_PAD, OptionsType.MIRROR_PAD, "b"),
  new OptionsLayout(Builtin.MUL, OptionsType.MUL, "b"),
  new OptionsLayout(Builtin.PACK, OptionsType.PACK, "ii"),
  new OptionsLayout(Builtin.REDUCE_MAX, OptionsType.REDUCER, "b"),
  new OptionsLayout(Builtin.REDUCE_MIN, OptionsType.REDUCER, "b"),
  new OptionsLayout(Builtin.RESIZE_BILINEAR, OptionsType.RESIZE_BILINEAR, "iibb"),
  new OptionsLayout(Builtin.RESIZE_NEAREST_NEIGHBOR, OptionsType.RESIZE_NEAREST_NEIGHBOR, "bb"),
  new OptionsLayout(Builtin.SOFTMAX, OptionsType.SOFTMAX, "i"),
  new OptionsLayout(Builtin.SPACE_TO_DEPTH, OptionsType.SPACE_TO_DEPTH, "i"),
  new OptionsLayout(Builtin.SPLIT, OptionsType.SPLIT, "i"),
  new OptionsLayout(Builtin.SPLIT_V, OptionsType.SPLIT_V, "i"),
  new OptionsLayout(Builtin.STRIDED_SLICE, OptionsType.STRIDED_SLICE, "iiiii"),
  new OptionsLayout(Builtin.SUB, OptionsType.SUB, "b"),
  new OptionsLayout(Builtin.SUM, OptionsType.REDUCER, "b"),
  new OptionsLayout(Builtin.TRANSPOSE_CONV, OptionsType.TRANSPOSE_CONV, "biib"),
];

/** How an operator's options are laid out; null where it has none. */
export function layoutOf(code: i32): OptionsLayout | null {
  for (let i = 0; i < LAYOUTS.length; i++) if (LAYOUTS[i].code == code) return LAYOUTS[i];
  return null;
}
