import { Builder } from "../../flatbuffers/builder";
import { OptionsType } from "../../tflite/slots";
import { Op } from "../graph/codes";
import { Node } from "../graph/graph";

/** The member of the union of options that an operator has, and its fields in order of their slots. */
class Layout {
  constructor(
    public code: i32,
    public type: i32,
    /** b: a byte; i: 32 bits, whole or real; each is one of the node's options. */
    public fields: string,
  ) {}
}

const POOL = "biiiib";

const LAYOUTS: Layout[] = [
  new Layout(Op.ADD, OptionsType.ADD, "b"),
  new Layout(Op.ARG_MAX, OptionsType.ARG_MAX, "b"),
  new Layout(Op.AVERAGE_POOL_2D, OptionsType.POOL_2D, POOL),
  new Layout(Op.BATCH_MATMUL, 101, "bbb"),
  new Layout(Op.CONCATENATION, OptionsType.CONCATENATION, "ib"),
  new Layout(Op.CONV_2D, OptionsType.CONV_2D, "biibii"),
  new Layout(Op.DEPTHWISE_CONV_2D, OptionsType.DEPTHWISE_CONV_2D, "biiibii"),
  new Layout(Op.DEPTH_TO_SPACE, OptionsType.DEPTH_TO_SPACE, "i"),
  new Layout(Op.DIV, OptionsType.DIV, "b"),
  new Layout(Op.FULLY_CONNECTED, OptionsType.FULLY_CONNECTED, "bbb"),
  new Layout(Op.GATHER, OptionsType.GATHER, "ii"),
  new Layout(Op.GELU, 123, "b"),
  new Layout(Op.LEAKY_RELU, OptionsType.LEAKY_RELU, "i"),
  new Layout(Op.MAX_POOL_2D, OptionsType.POOL_2D, POOL),
  new Layout(Op.MEAN, OptionsType.REDUCER, "b"),
  new Layout(Op.MIRROR_PAD, OptionsType.MIRROR_PAD, "b"),
  new Layout(Op.MUL, OptionsType.MUL, "b"),
  new Layout(Op.REDUCE_MAX, OptionsType.REDUCER, "b"),
  new Layout(Op.REDUCE_MIN, OptionsType.REDUCER, "b"),
  new Layout(Op.RESIZE_BILINEAR, OptionsType.RESIZE_BILINEAR, "iibb"),
  new Layout(Op.RESIZE_NEAREST_NEIGHBOR, OptionsType.RESIZE_NEAREST_NEIGHBOR, "bb"),
  new Layout(Op.SOFTMAX, OptionsType.SOFTMAX, "i"),
  new Layout(Op.SPACE_TO_DEPTH, OptionsType.SPACE_TO_DEPTH, "i"),
  new Layout(Op.STRIDED_SLICE, OptionsType.STRIDED_SLICE, "iiiii"),
  new Layout(Op.SUB, OptionsType.SUB, "b"),
  new Layout(Op.SUM, OptionsType.REDUCER, "b"),
  new Layout(Op.TRANSPOSE_CONV, OptionsType.TRANSPOSE_CONV, "biib"),
];

/** The type of an operator's options; 0 where it has none. */
export function optionsTypeOf(node: Node): i32 {
  const layout = layoutOf(node);
  return layout == null ? 0 : layout.type;
}

/** Writes an operator's options; gives where they are, 0 where it has none. */
export function writeOptions(builder: Builder, node: Node): u32 {
  const layout = layoutOf(node);
  if (layout == null) return 0;
  builder.table();
  for (let slot = 0; slot < node.options.length; slot++) {
    const value = node.options[slot];
    if (layout.fields.charAt(slot) == "b") builder.field8(slot, value);
    else builder.field32(slot, value);
  }
  return builder.endTable();
}

function layoutOf(node: Node): Layout | null {
  for (let i = 0; i < LAYOUTS.length; i++) if (LAYOUTS[i].code == node.code) return LAYOUTS[i];
  return null;
}
