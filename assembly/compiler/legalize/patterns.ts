import { Builtin } from "../../tflite/schema";
import { Operator } from "../graph";
import { Placement } from "../plan/placement";
import { Settings } from "../settings";
import { Context } from "./context";
import { placeConvolution, placeFullyConnected } from "./conv/convolution";
import { placeAddition } from "./elementwise/addition";
import { placeTable } from "./elementwise/table";
import { placeConcatenation, placeQuantize, placeSplit } from "./layout/joins";
import { placePadding } from "./layout/padding";
import { placeBilinear, placeNearest } from "./layout/resize";
import { placeSlice } from "./layout/slice";
import { placeTranspose, placeView } from "./layout/views";
import { placeAveragePool, placeMean } from "./pool/average-pool";
import { placeMaxPool } from "./pool/max-pool";

type Place = (operator: Operator, context: Context) => Placement;

class Pattern {
  constructor(
    public code: i32,
    public place: Place,
    /** Whether Mesa 25.0.7 gives the operator to the NPU, too. */
    public inMesa: bool,
  ) {}
}

const TABLE: Pattern[] = [
  new Pattern(Builtin.CONV_2D, placeConvolution, true),
  new Pattern(Builtin.DEPTHWISE_CONV_2D, placeConvolution, true),
  new Pattern(Builtin.FULLY_CONNECTED, placeFullyConnected, true),
  new Pattern(Builtin.ADD, placeAddition, true),
  new Pattern(Builtin.SUB, placeAddition, false),
  new Pattern(Builtin.CONCATENATION, placeConcatenation, true),
  new Pattern(Builtin.SPLIT, placeSplit, true),
  new Pattern(Builtin.PAD, placePadding, true),
  new Pattern(Builtin.AVERAGE_POOL_2D, placeAveragePool, false),
  new Pattern(Builtin.MAX_POOL_2D, placeMaxPool, false),
  new Pattern(Builtin.MEAN, placeMean, false),
  new Pattern(Builtin.STRIDED_SLICE, placeSlice, false),
  new Pattern(Builtin.RESIZE_NEAREST_NEIGHBOR, placeNearest, false),
  new Pattern(Builtin.RESIZE_BILINEAR, placeBilinear, false),
  new Pattern(Builtin.RELU, placeTable, false),
  new Pattern(Builtin.RELU6, placeTable, false),
  new Pattern(Builtin.ABS, placeTable, false),
  new Pattern(Builtin.LOGISTIC, placeTable, false),
  new Pattern(Builtin.QUANTIZE, placeQuantize, false),
  new Pattern(Builtin.RESHAPE, placeView, false),
  new Pattern(Builtin.TRANSPOSE, placeTranspose, false),
  new Pattern(Builtin.SQUEEZE, placeView, false),
  new Pattern(Builtin.EXPAND_DIMS, placeView, false),
];

/** Which operators the NPU has patterns for, and who decides about each. */
export namespace PATTERNS {
  export function find(code: i32, settings: Settings): Place | null {
    for (let i = 0; i < TABLE.length; i++) {
      if (TABLE[i].code != code) continue;
      return settings.compatMesa && !TABLE[i].inMesa ? null : TABLE[i].place;
    }
    return null;
  }
}
