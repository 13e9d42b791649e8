import { Rule } from "../coverage";
import { Operation } from "../operation";
import { hasLittleFactor } from "../steepness";
import {
  isConvolution,
  isDepthwise,
  isFullyConnected,
  isTransposeConvolution,
} from "./convolutions";
import { isDetection } from "./detection";
import { hasSameElements, isHardSwish, isPair, isSoftmax, isSum } from "./elementwise";
import {
  isConcatenation,
  isMirrorPad,
  isPad,
  isPadWithValue,
  isSplit,
  isSplitByLengths,
  isStridedSlice,
  isTranspose,
} from "./movement";
import { isPool, isResize } from "./pixels";
import {
  isBatchToSpace,
  isDepthToSpace,
  isGather,
  isPack,
  isShape,
  isSlice,
  isSpaceToBatch,
  isSpaceToDepth,
  isTile,
  isUnpack,
} from "./rearrangement";
import { isArgMax, isMean, isReduction } from "./reductions";

class Entry {
  constructor(
    public rule: Rule,
    /** Whether an operator whose operands are of the right types meets the rule. */
    public isMet: (operation: Operation) => bool,
  ) {}
}

const RULES: Entry[] = [
  new Entry(Rule.SAME_ELEMENTS, hasSameElements),
  new Entry(Rule.ARG_MAX, isArgMax),
  new Entry(Rule.CONCATENATION, isConcatenation),
  new Entry(Rule.CONVOLUTION, isConvolution),
  new Entry(Rule.DEPTHWISE, isDepthwise),
  new Entry(Rule.DETECTION, isDetection),
  new Entry(Rule.FULLY_CONNECTED, isFullyConnected),
  new Entry(Rule.MEAN, isMean),
  new Entry(Rule.PAD, isPad),
  new Entry(Rule.PAIR, isPair),
  new Entry(Rule.POOL, isPool),
  new Entry(Rule.RESIZE, isResize),
  new Entry(Rule.SOFTMAX, isSoftmax),
  new Entry(Rule.SPLIT, isSplit),
  new Entry(Rule.STRIDED_SLICE, isStridedSlice),
  new Entry(Rule.SUM, isSum),
  new Entry(Rule.TRANSPOSE, isTranspose),
  new Entry(Rule.HARD_SWISH, isHardSwish),
  new Entry(Rule.PAD_VALUE, isPadWithValue),
  new Entry(Rule.MIRROR_PAD, isMirrorPad),
  new Entry(Rule.REDUCTION, isReduction),
  new Entry(Rule.TRANSPOSE_CONV, isTransposeConvolution),
  new Entry(Rule.SLICE, isSlice),
  new Entry(Rule.TILE, isTile),
  new Entry(Rule.GATHER, isGather),
  new Entry(Rule.PACK, isPack),
  new Entry(Rule.UNPACK, isUnpack),
  new Entry(Rule.SPACE_TO_DEPTH, isSpaceToDepth),
  new Entry(Rule.DEPTH_TO_SPACE, isDepthToSpace),
  new Entry(Rule.SPACE_TO_BATCH, isSpaceToBatch),
  new Entry(Rule.BATCH_TO_SPACE, isBatchToSpace),
  new Entry(Rule.SPLIT_V, isSplitByLengths),
  new Entry(Rule.SHAPE, isShape),
];

/** Whether an operator meets a rule; a refusal is recorded otherwise. */
export function meets(rule: Rule, operation: Operation): bool {
  for (let i = 0; i < RULES.length; i++) {
    if (RULES[i].rule == rule) return RULES[i].isMet(operation) && hasLittleFactor(operation);
  }
  return false;
}
