import { Builtin } from "../../tflite/schema";
import { binary, unary } from "./elementwise";
import { bilinear, nearest, pool } from "./images";
import {
  blocks,
  broadcast,
  concatenate,
  gather,
  mirrorPad,
  pack,
  pad,
  same,
  slice,
  split,
  stridedSlice,
  tile,
  transpose,
} from "./movement";
import { argMax, matrixProduct, reduce, softmax } from "./reduce";
import { NetworkStep } from "./step";

class Row {
  constructor(
    public code: i32,
    public run: (step: NetworkStep) => void,
  ) {}
}

/** What computes each operator without weights, in real numbers of 32 bits. */
const KERNELS: Row[] = [
  new Row(Builtin.ABS, unary),
  new Row(Builtin.ADD, binary),
  new Row(Builtin.ARG_MAX, argMax),
  new Row(Builtin.AVERAGE_POOL_2D, pool),
  new Row(Builtin.BATCH_MATMUL, matrixProduct),
  new Row(Builtin.BROADCAST_TO, broadcast),
  new Row(Builtin.CONCATENATION, concatenate),
  new Row(Builtin.DEPTH_TO_SPACE, blocks),
  new Row(Builtin.DIV, binary),
  new Row(Builtin.ELU, unary),
  new Row(Builtin.EXP, unary),
  new Row(Builtin.EXPAND_DIMS, same),
  new Row(Builtin.GATHER, gather),
  new Row(Builtin.GELU, unary),
  new Row(Builtin.HARD_SWISH, unary),
  new Row(Builtin.LEAKY_RELU, unary),
  new Row(Builtin.LOGISTIC, unary),
  new Row(Builtin.MAXIMUM, binary),
  new Row(Builtin.MAX_POOL_2D, pool),
  new Row(Builtin.MEAN, reduce),
  new Row(Builtin.MINIMUM, binary),
  new Row(Builtin.MIRROR_PAD, mirrorPad),
  new Row(Builtin.MUL, binary),
  new Row(Builtin.NEG, unary),
  new Row(Builtin.PACK, pack),
  new Row(Builtin.PAD, pad),
  new Row(Builtin.PADV2, pad),
  new Row(Builtin.PRELU, binary),
  new Row(Builtin.REDUCE_MAX, reduce),
  new Row(Builtin.REDUCE_MIN, reduce),
  new Row(Builtin.RELU, unary),
  new Row(Builtin.RELU6, unary),
  new Row(Builtin.RESHAPE, same),
  new Row(Builtin.RESIZE_BILINEAR, bilinear),
  new Row(Builtin.RESIZE_NEAREST_NEIGHBOR, nearest),
  new Row(Builtin.SLICE, slice),
  new Row(Builtin.SOFTMAX, softmax),
  new Row(Builtin.SPACE_TO_DEPTH, blocks),
  new Row(Builtin.SPLIT, split),
  new Row(Builtin.SPLIT_V, split),
  new Row(Builtin.SQRT, unary),
  new Row(Builtin.SQUARE, unary),
  new Row(Builtin.SQUEEZE, same),
  new Row(Builtin.STRIDED_SLICE, stridedSlice),
  new Row(Builtin.SUB, binary),
  new Row(Builtin.SUM, reduce),
  new Row(Builtin.TANH, unary),
  new Row(Builtin.TILE, tile),
  new Row(Builtin.TRANSPOSE, transpose),
];

/** The kernel of an operator; null where there is none. */
export function kernelOf(code: i32): ((step: NetworkStep) => void) | null {
  for (let i = 0; i < KERNELS.length; i++) if (KERNELS[i].code == code) return KERNELS[i].run;
  return null;
}
