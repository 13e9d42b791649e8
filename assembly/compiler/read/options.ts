import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Table } from "../../flatbuffers/reader";
import { Builtin } from "../../tflite/schema";
import { OperatorSlot, OptionsType } from "../../tflite/slots";
import { Operator, Options } from "../graph";

/** How a field is stored: a byte in the file for the first two; i32, bool, i32, f32 in Options. */
enum Kind {
  ENUM,
  FLAG,
  INT,
  FLOAT,
}

/** The values that a field may hold, in numbers and in words. */
class Domain {
  constructor(
    public kind: Kind,
    public low: f64,
    public high: f64,
    public words: string,
  ) {}
}

const PADDING = new Domain(Kind.ENUM, 0, 1, "0 (SAME) or 1 (VALID)");
const ACTIVATION = new Domain(Kind.ENUM, 0, 5, "from 0 (NONE) to 5 (SIGN_BIT)");
const FORMAT = new Domain(Kind.FLAG, 0, 1, "0 (DEFAULT) or 1 (SHUFFLED4x16INT8)");
const MODE = new Domain(Kind.FLAG, 0, 1, "0 (REFLECT) or 1 (SYMMETRIC)");
const FLAG = new Domain(Kind.FLAG, 0, 255, "0 or 1");
const EXTENT = new Domain(Kind.INT, 1, 65535, "from 1 to 65535");
const MULTIPLIER = new Domain(Kind.INT, 0, 65535, "from 0 to 65535");
const SUBGRAPH = new Domain(Kind.INT, 1, 65535, "from 1 to 65535");
const AXIS = new Domain(Kind.INT, -8, 7, "from -8 to 7");
/** Bits beyond the dimensions that a tensor can have mean nothing. */
const MASK = new Domain(Kind.INT, i32.MIN_VALUE, i32.MAX_VALUE, "of 32 bits");
const POSITIVE = new Domain(Kind.FLOAT, 1e-38, 1e38, "finite and above 0");
const SLOPE = new Domain(Kind.FLOAT, -1e38, 1e38, "finite");

class Field {
  constructor(
    public name: string,
    public slot: u32,
    public domain: Domain,
    /** Byte offset in Options. */
    public destination: usize,
    /** What a table means that leaves the field out. */
    public fallback: i32 = 0,
  ) {}
}

/** What the options of one operator look like. */
class Layout {
  constructor(
    public code: i32,
    public type: OptionsType,
    public fields: Field[],
  ) {}
}

// biome-ignore-start format: tables
const CONV_2D: Field[] = [
  new Field("padding", 0, PADDING, offsetof<Options>("padding")),
  new Field("stride_w", 1, EXTENT, offsetof<Options>("strideWidth")),
  new Field("stride_h", 2, EXTENT, offsetof<Options>("strideHeight")),
  new Field("fused_activation_function", 3, ACTIVATION, offsetof<Options>("activation")),
  new Field("dilation_w_factor", 4, EXTENT, offsetof<Options>("dilationWidth"), 1),
  new Field("dilation_h_factor", 5, EXTENT, offsetof<Options>("dilationHeight"), 1),
];
const DEPTHWISE_CONV_2D: Field[] = [
  new Field("padding", 0, PADDING, offsetof<Options>("padding")),
  new Field("stride_w", 1, EXTENT, offsetof<Options>("strideWidth")),
  new Field("stride_h", 2, EXTENT, offsetof<Options>("strideHeight")),
  new Field("depth_multiplier", 3, MULTIPLIER, offsetof<Options>("depthMultiplier")),
  new Field("fused_activation_function", 4, ACTIVATION, offsetof<Options>("activation")),
  new Field("dilation_w_factor", 5, EXTENT, offsetof<Options>("dilationWidth"), 1),
  new Field("dilation_h_factor", 6, EXTENT, offsetof<Options>("dilationHeight"), 1),
];
const POOL_2D: Field[] = [
  new Field("padding", 0, PADDING, offsetof<Options>("padding")),
  new Field("stride_w", 1, EXTENT, offsetof<Options>("strideWidth")),
  new Field("stride_h", 2, EXTENT, offsetof<Options>("strideHeight")),
  new Field("filter_width", 3, EXTENT, offsetof<Options>("filterWidth")),
  new Field("filter_height", 4, EXTENT, offsetof<Options>("filterHeight")),
  new Field("fused_activation_function", 5, ACTIVATION, offsetof<Options>("activation")),
];
const FULLY_CONNECTED: Field[] = [
  new Field("fused_activation_function", 0, ACTIVATION, offsetof<Options>("activation")),
  new Field("weights_format", 1, FORMAT, offsetof<Options>("shuffledWeights")),
  new Field("keep_num_dims", 2, FLAG, offsetof<Options>("keepDims")),
];
const CONCATENATION: Field[] = [
  new Field("axis", 0, AXIS, offsetof<Options>("axis")),
  new Field("fused_activation_function", 1, ACTIVATION, offsetof<Options>("activation")),
];
const ELEMENTWISE: Field[] = [
  new Field("fused_activation_function", 0, ACTIVATION, offsetof<Options>("activation")),
];
const RESIZE_BILINEAR: Field[] = [
  new Field("align_corners", 2, FLAG, offsetof<Options>("alignCorners")),
  new Field("half_pixel_centers", 3, FLAG, offsetof<Options>("halfPixelCenters")),
];
const RESIZE_NEAREST_NEIGHBOR: Field[] = [
  new Field("align_corners", 0, FLAG, offsetof<Options>("alignCorners")),
  new Field("half_pixel_centers", 1, FLAG, offsetof<Options>("halfPixelCenters")),
];
const STRIDED_SLICE: Field[] = [
  new Field("begin_mask", 0, MASK, offsetof<Options>("beginMask")),
  new Field("end_mask", 1, MASK, offsetof<Options>("endMask")),
  new Field("ellipsis_mask", 2, MASK, offsetof<Options>("ellipsisMask")),
  new Field("new_axis_mask", 3, MASK, offsetof<Options>("newAxisMask")),
  new Field("shrink_axis_mask", 4, MASK, offsetof<Options>("shrinkAxisMask")),
];
const REDUCER: Field[] = [new Field("keep_dims", 0, FLAG, offsetof<Options>("keepDims"))];
const GATHER: Field[] = [
  new Field("axis", 0, AXIS, offsetof<Options>("axis")),
  new Field("batch_dims", 1, AXIS, offsetof<Options>("batchDims")),
];
const TRANSPOSE_CONV: Field[] = [
  new Field("padding", 0, PADDING, offsetof<Options>("padding")),
  new Field("stride_w", 1, EXTENT, offsetof<Options>("strideWidth")),
  new Field("stride_h", 2, EXTENT, offsetof<Options>("strideHeight")),
  new Field("fused_activation_function", 3, ACTIVATION, offsetof<Options>("activation")),
];
const MIRROR_PAD: Field[] = [new Field("mode", 0, MODE, offsetof<Options>("symmetric"))];
const PACK: Field[] = [new Field("axis", 1, AXIS, offsetof<Options>("axis"))];
const SOFTMAX: Field[] = [new Field("beta", 0, POSITIVE, offsetof<Options>("beta"))];
const CALL_ONCE: Field[] = [
  new Field("init_subgraph_index", 0, SUBGRAPH, offsetof<Options>("subgraph")),
];
const SPLIT: Field[] = [new Field("num_splits", 0, EXTENT, offsetof<Options>("splits"))];
const GELU: Field[] = [new Field("approximate", 0, FLAG, offsetof<Options>("approximate"))];
const LEAKY_RELU: Field[] = [new Field("alpha", 0, SLOPE, offsetof<Options>("alpha"))];

/** Operators that are not listed keep the options that `new Options()` has. */
const LAYOUTS: Layout[] = [
  new Layout(Builtin.ADD, OptionsType.ADD, ELEMENTWISE),
  new Layout(Builtin.AVERAGE_POOL_2D, OptionsType.POOL_2D, POOL_2D),
  new Layout(Builtin.CONCATENATION, OptionsType.CONCATENATION, CONCATENATION),
  new Layout(Builtin.CONV_2D, OptionsType.CONV_2D, CONV_2D),
  new Layout(Builtin.DEPTHWISE_CONV_2D, OptionsType.DEPTHWISE_CONV_2D, DEPTHWISE_CONV_2D),
  new Layout(Builtin.FULLY_CONNECTED, OptionsType.FULLY_CONNECTED, FULLY_CONNECTED),
  new Layout(Builtin.MAX_POOL_2D, OptionsType.POOL_2D, POOL_2D),
  new Layout(Builtin.MUL, OptionsType.MUL, ELEMENTWISE),
  new Layout(Builtin.RESIZE_BILINEAR, OptionsType.RESIZE_BILINEAR, RESIZE_BILINEAR),
  new Layout(Builtin.SOFTMAX, OptionsType.SOFTMAX, SOFTMAX),
  new Layout(Builtin.MEAN, OptionsType.REDUCER, REDUCER),
  new Layout(Builtin.SUM, OptionsType.REDUCER, REDUCER),
  new Layout(Builtin.REDUCE_PROD, OptionsType.REDUCER, REDUCER),
  new Layout(Builtin.REDUCE_MAX, OptionsType.REDUCER, REDUCER),
  new Layout(Builtin.REDUCE_MIN, OptionsType.REDUCER, REDUCER),
  new Layout(Builtin.DIV, OptionsType.DIV, ELEMENTWISE),
  new Layout(Builtin.GATHER, OptionsType.GATHER, GATHER),
  new Layout(Builtin.PACK, OptionsType.PACK, PACK),
  new Layout(Builtin.UNPACK, OptionsType.UNPACK, PACK),
  new Layout(Builtin.SUB, OptionsType.SUB, ELEMENTWISE),
  new Layout(Builtin.STRIDED_SLICE, OptionsType.STRIDED_SLICE, STRIDED_SLICE),
  new Layout(Builtin.SPLIT, OptionsType.SPLIT, SPLIT),
  new Layout(
    Builtin.RESIZE_NEAREST_NEIGHBOR,
    OptionsType.RESIZE_NEAREST_NEIGHBOR,
    RESIZE_NEAREST_NEIGHBOR,
  ),
  new Layout(Builtin.CALL_ONCE, OptionsType.CALL_ONCE, CALL_ONCE),
  new Layout(Builtin.TRANSPOSE_CONV, OptionsType.TRANSPOSE_CONV, TRANSPOSE_CONV),
  new Layout(Builtin.MIRROR_PAD, OptionsType.MIRROR_PAD, MIRROR_PAD),
  new Layout(Builtin.GELU, OptionsType.GELU, GELU),
  new Layout(Builtin.LEAKY_RELU, OptionsType.LEAKY_RELU, LEAKY_RELU),
];
// biome-ignore-end format: tables

/**
 * Reads the builtin options of an operator whose code is known; those of another operator count as
 * none, as with TFLite. False with a fault recorded.
 */
export function readOptions(operator: Operator, table: Table): bool {
  const layout = layoutOf(operator.code);
  if (layout == null) return true;
  const type = table.byte(OperatorSlot.OPTIONS_TYPE);
  let options: Table | null = null;
  if (type == layout.type) options = table.table(OperatorSlot.OPTIONS);
  for (let i = 0; i < layout.fields.length; i++) {
    if (!readField(operator, options, layout.fields[i])) return false;
  }
  return true;
}

function layoutOf(code: i32): Layout | null {
  for (let i = 0; i < LAYOUTS.length; i++) {
    if (LAYOUTS[i].code == code) return LAYOUTS[i];
  }
  return null;
}

function readField(operator: Operator, table: Table | null, field: Field): bool {
  const domain = field.domain;
  const destination = changetype<usize>(operator.options) + field.destination;
  let value: f64 = field.fallback;
  if (table != null) {
    if (domain.kind == Kind.INT) value = table.int(field.slot, field.fallback);
    else if (domain.kind == Kind.FLOAT) value = table.float(field.slot);
    else value = table.byte(field.slot, field.fallback as u8);
  }
  if (!(value >= domain.low && value <= domain.high)) {
    const expected = `${field.name} ${domain.words}`;
    const found = domain.kind == Kind.FLOAT ? value.toString() : `${value as i64}`;
    return fail(Code.MALFORMED, LocationKind.OPERATOR, operator.index, expected, found);
  }
  if (domain.kind == Kind.FLOAT) store<f32>(destination, value as f32);
  else if (domain.kind == Kind.FLAG) store<bool>(destination, value != 0);
  else store<i32>(destination, value as i32);
  return true;
}
