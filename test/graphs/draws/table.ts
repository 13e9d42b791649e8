import { DETECTION } from "../../../assembly/tflite/coverage.ts";
import type { Random } from "../../support/random.ts";
import { detection } from "./detection.ts";
import {
  cast,
  dequantize,
  hardSwish,
  quantize,
  quantizeReal,
  real,
  signedRange,
  unary,
  unitRange,
} from "./functions.ts";
import { concatenation, pack, split, splitByLengths, unpack } from "./joins.ts";
import { convolution, fullyConnected, transposeConvolution } from "./layers.ts";
import {
  batches,
  blocks,
  gather,
  mirrorPad,
  pad,
  padWithValue,
  slice,
  stridedSlice,
  tile,
  transpose,
} from "./movement.ts";
import { extreme, pairwise, prelu, realPair } from "./pairs.ts";
import type { Draw } from "./parts.ts";
import { argMax, pool, reduction, resize } from "./pools.ts";
import { expandDims, reshape, shapeChain, squeeze } from "./shapes.ts";

/** Each as often as its number says. */
// biome-ignore format: a table
export const DRAWS: [operator: string, often: number, draw: Draw][] = [
  ["CONV_2D", 10, convolution(false)],
  ["DEPTHWISE_CONV_2D", 6, convolution(true)],
  ["FULLY_CONNECTED", 3, fullyConnected],
  ["ADD", 5, pairwise("ADD")],
  ["SUB", 2, pairwise("SUB")],
  ["MUL", 2, pairwise("MUL")],
  ["CONCATENATION", 4, concatenation],
  ["SPLIT", 3, split],
  ["PAD", 3, pad],
  ["AVERAGE_POOL_2D", 3, pool("AVERAGE_POOL_2D")],
  ["MAX_POOL_2D", 3, pool("MAX_POOL_2D")],
  ["MEAN", 2, reduction("MEAN")],
  ["STRIDED_SLICE", 3, stridedSlice],
  ["RESIZE_NEAREST_NEIGHBOR", 2, resize("RESIZE_NEAREST_NEIGHBOR")],
  ["RESIZE_BILINEAR", 2, resize("RESIZE_BILINEAR")],
  ["RELU", 2, unary("RELU")],
  ["RELU6", 2, unary("RELU6")],
  ["ABS", 1, unary("ABS")],
  ["LOGISTIC", 2, unary("LOGISTIC", unitRange)],
  ["LEAKY_RELU", 1, unary("LEAKY_RELU", undefined, (random) => ({ alpha: random.pick([0.1, 0.3, 1.5]) }))],
  ["SOFTMAX", 1, unary("SOFTMAX", unitRange, () => ({ beta: 1 }))],
  ["QUANTIZE", 3, quantize],
  ["DEQUANTIZE", 1, dequantize],
  ["ARG_MAX", 1, argMax],
  ["RESHAPE", 3, reshape],
  ["SQUEEZE", 1, squeeze],
  ["EXPAND_DIMS", 1, expandDims],
  ["TRANSPOSE", 2, transpose],
  ["SHAPE", 1, shapeChain],
  ["SLICE", 1, slice],
  ["TILE", 1, tile],
  ["GATHER", 1, gather],
  ["PADV2", 1, padWithValue],
  ["MIRROR_PAD", 1, mirrorPad],
  ["SPACE_TO_DEPTH", 1, blocks(true)],
  ["DEPTH_TO_SPACE", 1, blocks(false)],
  ["SPACE_TO_BATCH_ND", 1, batches(true)],
  ["BATCH_TO_SPACE_ND", 1, batches(false)],
  ["SPLIT_V", 1, splitByLengths],
  ["PACK", 1, pack],
  ["UNPACK", 1, unpack],
  ["TRANSPOSE_CONV", 1, transposeConvolution],
  ["MAXIMUM", 1, extreme("MAXIMUM")],
  ["MINIMUM", 1, extreme("MINIMUM")],
  ["PRELU", 1, prelu],
  ["REDUCE_MAX", 1, reduction("REDUCE_MAX")],
  ["REDUCE_MIN", 1, reduction("REDUCE_MIN")],
  ["HARD_SWISH", 1, hardSwish],
  ["TANH", 1, unary("TANH", signedRange)],
  ["CAST", 1, cast],
  ["QUANTIZE", 2, quantizeReal],
  ["EXP", 1, real("EXP")],
  ["NEG", 1, real("NEG")],
  ["SQRT", 1, real("SQRT")],
  ["RSQRT", 1, real("RSQRT")],
  ["SQUARE", 1, real("SQUARE")],
  ["SUM", 1, reduction("SUM")],
  ["DIV", 1, realPair("DIV")],
  ["SQUARED_DIFFERENCE", 1, realPair("SQUARED_DIFFERENCE")],
  [DETECTION, 1, detection],
];

const TOTAL = DRAWS.reduce((sum, [, often]) => sum + often, 0);

/** One of them. */
export function pickDraw(random: Random): Draw {
  let left = random.integer(1, TOTAL);
  for (const [, often, draw] of DRAWS) {
    left -= often;
    if (left <= 0) return draw;
  }
  return reshape;
}
