import { Builtin } from "../../tflite/schema";
import { Operator } from "../graph";
import { ELEMENTWISE } from "../plan/elementwise";
import { Legalization } from "../plan/legalization";
import { Settings } from "../settings";
import { Context } from "./context";
import { legalizeConvolution, legalizeFullyConnected } from "./conv/convolution";
import { legalizeGroupable } from "./conv/grouped";
import { legalizeTransposed } from "./conv/transposed";
import { legalizeAddition, legalizeExtreme } from "./elementwise/addition";
import { legalizePrelu } from "./elementwise/prelu";
import { legalizeSquaredDifference } from "./elementwise/squared-difference";
import { legalizeElementwise } from "./elementwise/table";
import { legalizeProduct } from "./elementwise/vectors";
import { legalizeBatchToSpace, legalizeSpaceToBatch } from "./layout/batches";
import { legalizeDequantize } from "./layout/conversion";
import { legalizeConcatenation, legalizeQuantize, legalizeSplit } from "./layout/joins";
import { legalizeMovement } from "./layout/movement";
import { legalizePadding, legalizePaddingWithValue } from "./layout/padding";
import { legalizeBilinear, legalizeNearest } from "./layout/resize";
import { legalizeSlice } from "./layout/slice";
import { legalizeTranspose, legalizeView } from "./layout/views";
import { legalizeAveragePool, legalizeMean } from "./pool/average-pool";
import { legalizeMaxPool } from "./pool/max-pool";
import { legalizeReduction } from "./pool/reductions";

export type Legalize = (operator: Operator, context: Context) => Legalization;

class Pattern {
  constructor(
    public code: i32,
    public legalize: Legalize,
    /** Whether Mesa 25.0.7 gives the operator to the NPU, too. */
    public inMesa: bool,
  ) {}
}

const TABLE: Pattern[] = [
  new Pattern(Builtin.CONV_2D, legalizeGroupable, true),
  new Pattern(Builtin.DEPTHWISE_CONV_2D, legalizeConvolution, true),
  new Pattern(Builtin.FULLY_CONNECTED, legalizeFullyConnected, true),
  new Pattern(Builtin.ADD, legalizeAddition, true),
  new Pattern(Builtin.SUB, legalizeAddition, false),
  new Pattern(Builtin.MUL, legalizeProduct, false),
  new Pattern(Builtin.SQUARED_DIFFERENCE, legalizeSquaredDifference, false),
  new Pattern(Builtin.PRELU, legalizePrelu, false),
  new Pattern(Builtin.MAXIMUM, legalizeExtreme, false),
  new Pattern(Builtin.MINIMUM, legalizeExtreme, false),
  new Pattern(Builtin.CONCATENATION, legalizeConcatenation, true),
  new Pattern(Builtin.SPLIT, legalizeSplit, true),
  new Pattern(Builtin.PAD, legalizePadding, true),
  new Pattern(Builtin.PADV2, legalizePaddingWithValue, false),
  new Pattern(Builtin.AVERAGE_POOL_2D, legalizeAveragePool, false),
  new Pattern(Builtin.MAX_POOL_2D, legalizeMaxPool, false),
  new Pattern(Builtin.MEAN, legalizeMean, false),
  new Pattern(Builtin.SUM, legalizeMean, false),
  new Pattern(Builtin.REDUCE_MAX, legalizeReduction, false),
  new Pattern(Builtin.REDUCE_MIN, legalizeReduction, false),
  new Pattern(Builtin.STRIDED_SLICE, legalizeSlice, false),
  new Pattern(Builtin.RESIZE_NEAREST_NEIGHBOR, legalizeNearest, false),
  new Pattern(Builtin.RESIZE_BILINEAR, legalizeBilinear, false),
  new Pattern(Builtin.TRANSPOSE_CONV, legalizeTransposed, false),
  new Pattern(Builtin.SLICE, legalizeMovement, false),
  new Pattern(Builtin.GATHER, legalizeMovement, false),
  new Pattern(Builtin.SPLIT_V, legalizeMovement, false),
  new Pattern(Builtin.PACK, legalizeMovement, false),
  new Pattern(Builtin.UNPACK, legalizeMovement, false),
  new Pattern(Builtin.TILE, legalizeMovement, false),
  new Pattern(Builtin.DEPTH_TO_SPACE, legalizeMovement, false),
  new Pattern(Builtin.SPACE_TO_DEPTH, legalizeMovement, false),
  new Pattern(Builtin.SPACE_TO_BATCH_ND, legalizeSpaceToBatch, false),
  new Pattern(Builtin.BATCH_TO_SPACE_ND, legalizeBatchToSpace, false),
  new Pattern(Builtin.MIRROR_PAD, legalizeMovement, false),
  new Pattern(Builtin.QUANTIZE, legalizeQuantize, false),
  new Pattern(Builtin.DEQUANTIZE, legalizeDequantize, false),
  new Pattern(Builtin.RESHAPE, legalizeView, false),
  new Pattern(Builtin.TRANSPOSE, legalizeTranspose, false),
  new Pattern(Builtin.SQUEEZE, legalizeView, false),
  new Pattern(Builtin.EXPAND_DIMS, legalizeView, false),
];

/** The operators that the NPU has patterns for, with the function that legalizes each: TABLE and ELEMENTWISE. */
export namespace PATTERNS {
  export function find(code: i32, settings: Settings): Legalize | null {
    for (let i = 0; i < TABLE.length; i++) {
      if (TABLE[i].code != code) continue;
      return settings.compatMesa && !TABLE[i].inMesa ? null : TABLE[i].legalize;
    }
    return !settings.compatMesa && ELEMENTWISE.find(code) != null ? legalizeElementwise : null;
  }
}
