import { Builtin } from "../../tflite/schema";
import {
  foldCast,
  foldComparison,
  foldLogic,
  foldPairwise,
  foldSelect,
  foldUnary,
} from "./arithmetic";
import { Evaluation } from "./evaluation";
import { foldConcatenation, foldGather, foldPack } from "./joins";
import {
  foldBroadcast,
  foldSlice,
  foldSplit,
  foldTile,
  foldTranspose,
  foldUnpack,
  foldView,
} from "./movement";
import { foldDequantize, foldQuantize } from "./quantization";
import { foldReduction } from "./reductions";
import {
  foldBroadcastArgs,
  foldFill,
  foldRange,
  foldRank,
  foldShape,
  foldZerosLike,
} from "./shapes";
import { foldStridedSlice } from "./strided-slice";

/** Evaluates an operator; false where that cannot be done exactly. */
export type Fold = (evaluation: Evaluation) => bool;

export class Foldable {
  constructor(
    public code: i32,
    public fold: Fold,
    /** How many inputs it cannot do without. */
    public inputs: i32,
    /** Whether only its input's shape must be known. */
    public takesShape: bool = false,
  ) {}
}

// biome-ignore format: a table
const FOLDABLE: Foldable[] = [
  new Foldable(Builtin.SHAPE, foldShape, 1, true),
  new Foldable(Builtin.RANK, foldRank, 1, true),
  new Foldable(Builtin.ZEROS_LIKE, foldZerosLike, 1, true),
  new Foldable(Builtin.STRIDED_SLICE, foldStridedSlice, 4),
  new Foldable(Builtin.SLICE, foldSlice, 3),
  new Foldable(Builtin.PACK, foldPack, 1),
  new Foldable(Builtin.UNPACK, foldUnpack, 1),
  new Foldable(Builtin.CONCATENATION, foldConcatenation, 1),
  new Foldable(Builtin.SPLIT, foldSplit, 2),
  new Foldable(Builtin.GATHER, foldGather, 2),
  new Foldable(Builtin.RESHAPE, foldView, 1),
  new Foldable(Builtin.SQUEEZE, foldView, 1),
  new Foldable(Builtin.EXPAND_DIMS, foldView, 1),
  new Foldable(Builtin.TRANSPOSE, foldTranspose, 2),
  new Foldable(Builtin.TILE, foldTile, 2),
  new Foldable(Builtin.BROADCAST_TO, foldBroadcast, 2),
  new Foldable(Builtin.BROADCAST_ARGS, foldBroadcastArgs, 2),
  new Foldable(Builtin.FILL, foldFill, 2),
  new Foldable(Builtin.RANGE, foldRange, 3),
  new Foldable(Builtin.CAST, foldCast, 1),
  new Foldable(Builtin.ADD, foldPairwise, 2),
  new Foldable(Builtin.SUB, foldPairwise, 2),
  new Foldable(Builtin.MUL, foldPairwise, 2),
  new Foldable(Builtin.DIV, foldPairwise, 2),
  new Foldable(Builtin.FLOOR_DIV, foldPairwise, 2),
  new Foldable(Builtin.FLOOR_MOD, foldPairwise, 2),
  new Foldable(Builtin.MINIMUM, foldPairwise, 2),
  new Foldable(Builtin.MAXIMUM, foldPairwise, 2),
  new Foldable(Builtin.EQUAL, foldComparison, 2),
  new Foldable(Builtin.NOT_EQUAL, foldComparison, 2),
  new Foldable(Builtin.LESS, foldComparison, 2),
  new Foldable(Builtin.LESS_EQUAL, foldComparison, 2),
  new Foldable(Builtin.GREATER, foldComparison, 2),
  new Foldable(Builtin.GREATER_EQUAL, foldComparison, 2),
  new Foldable(Builtin.LOGICAL_AND, foldLogic, 2),
  new Foldable(Builtin.LOGICAL_OR, foldLogic, 2),
  new Foldable(Builtin.LOGICAL_NOT, foldUnary, 1),
  new Foldable(Builtin.NEG, foldUnary, 1),
  new Foldable(Builtin.ABS, foldUnary, 1),
  new Foldable(Builtin.SQUARE, foldUnary, 1),
  new Foldable(Builtin.SELECT, foldSelect, 3),
  new Foldable(Builtin.SELECT_V2, foldSelect, 3),
  new Foldable(Builtin.SUM, foldReduction, 2),
  new Foldable(Builtin.REDUCE_PROD, foldReduction, 2),
  new Foldable(Builtin.REDUCE_MAX, foldReduction, 2),
  new Foldable(Builtin.REDUCE_MIN, foldReduction, 2),
  new Foldable(Builtin.DEQUANTIZE, foldDequantize, 1),
  new Foldable(Builtin.QUANTIZE, foldQuantize, 1),
];

/** Null for an operator that is never folded. */
export function foldableOf(code: i32): Foldable | null {
  for (let i = 0; i < FOLDABLE.length; i++) if (FOLDABLE[i].code == code) return FOLDABLE[i];
  return null;
}
