import { Builder } from "../../flatbuffers/builder";
import { operatorName } from "../../tflite/operators";
import { Operator, Options } from "../graph";
import { isDetectionOperator } from "../read/detection";
import {
  ActivationOptionsSlot,
  ConcatenationOptionsSlot,
  ConvolutionOptionsSlot,
  DetectionOptionsSlot,
  MirrorPadOptionsSlot,
  Pool2DOptionsSlot,
  ResizeOptionsSlot,
  SlopeOptionsSlot,
  SoftmaxOptionsSlot,
  StridedSliceOptionsSlot,
} from "./slots.generated";

/** Members of the schema's union of options that CPU kernels need. */
export enum CpuOptions {
  NONE = 0,
  POOL_2D = 1,
  SOFTMAX = 2,
  CONVOLUTION = 3,
  ACTIVATION = 4,
  CONCATENATION = 5,
  RESIZE = 6,
  SLOPE = 7,
  STRIDED_SLICE = 8,
  DETECTION = 9,
  MIRROR_PAD = 10,
}

/** Bytes of a field in the blob, and what it is in Options. */
enum Kind {
  /** A byte for an i32 that is an enum's value. */
  BYTE,
  /** A byte for a bool. */
  FLAG,
  /** Four bytes for an i32 or f32. */
  WORD,
}

class Field {
  constructor(
    public slot: i32,
    public kind: Kind,
    /** Byte offset in Options. */
    public source: usize,
  ) {}
}

// biome-ignore-start format: tables
const POOL_2D: Field[] = [
  new Field(Pool2DOptionsSlot.PADDING, Kind.BYTE, offsetof<Options>("padding")),
  new Field(Pool2DOptionsSlot.STRIDE_HEIGHT, Kind.WORD, offsetof<Options>("strideHeight")),
  new Field(Pool2DOptionsSlot.STRIDE_WIDTH, Kind.WORD, offsetof<Options>("strideWidth")),
  new Field(Pool2DOptionsSlot.FILTER_HEIGHT, Kind.WORD, offsetof<Options>("filterHeight")),
  new Field(Pool2DOptionsSlot.FILTER_WIDTH, Kind.WORD, offsetof<Options>("filterWidth")),
  new Field(Pool2DOptionsSlot.ACTIVATION, Kind.BYTE, offsetof<Options>("activation")),
];
const SOFTMAX: Field[] = [new Field(SoftmaxOptionsSlot.BETA, Kind.WORD, offsetof<Options>("beta"))];
const CONVOLUTION: Field[] = [
  new Field(ConvolutionOptionsSlot.PADDING, Kind.BYTE, offsetof<Options>("padding")),
  new Field(ConvolutionOptionsSlot.STRIDE_HEIGHT, Kind.WORD, offsetof<Options>("strideHeight")),
  new Field(ConvolutionOptionsSlot.STRIDE_WIDTH, Kind.WORD, offsetof<Options>("strideWidth")),
  new Field(ConvolutionOptionsSlot.DILATION_HEIGHT, Kind.WORD, offsetof<Options>("dilationHeight")),
  new Field(ConvolutionOptionsSlot.DILATION_WIDTH, Kind.WORD, offsetof<Options>("dilationWidth")),
  new Field(ConvolutionOptionsSlot.ACTIVATION, Kind.BYTE, offsetof<Options>("activation")),
];
const ACTIVATION: Field[] = [
  new Field(ActivationOptionsSlot.ACTIVATION, Kind.BYTE, offsetof<Options>("activation")),
];
const CONCATENATION: Field[] = [
  new Field(ConcatenationOptionsSlot.AXIS, Kind.WORD, offsetof<Options>("axis")),
  new Field(ConcatenationOptionsSlot.ACTIVATION, Kind.BYTE, offsetof<Options>("activation")),
];
const RESIZE: Field[] = [
  new Field(ResizeOptionsSlot.ALIGN_CORNERS, Kind.FLAG, offsetof<Options>("alignCorners")),
  new Field(ResizeOptionsSlot.HALF_PIXEL_CENTERS, Kind.FLAG, offsetof<Options>("halfPixelCenters")),
];
const SLOPE: Field[] = [new Field(SlopeOptionsSlot.ALPHA, Kind.WORD, offsetof<Options>("alpha"))];
const STRIDED_SLICE: Field[] = [
  new Field(StridedSliceOptionsSlot.BEGIN_MASK, Kind.WORD, offsetof<Options>("beginMask")),
  new Field(StridedSliceOptionsSlot.END_MASK, Kind.WORD, offsetof<Options>("endMask")),
  new Field(StridedSliceOptionsSlot.ELLIPSIS_MASK, Kind.WORD, offsetof<Options>("ellipsisMask")),
  new Field(StridedSliceOptionsSlot.NEW_AXIS_MASK, Kind.WORD, offsetof<Options>("newAxisMask")),
  new Field(
    StridedSliceOptionsSlot.SHRINK_AXIS_MASK,
    Kind.WORD,
    offsetof<Options>("shrinkAxisMask"),
  ),
];
const DETECTION: Field[] = [
  new Field(DetectionOptionsSlot.MAX_DETECTIONS, Kind.WORD, offsetof<Options>("maxDetections")),
  new Field(
    DetectionOptionsSlot.MAX_CLASSES_PER_DETECTION,
    Kind.WORD,
    offsetof<Options>("maxClassesPerDetection"),
  ),
  new Field(
    DetectionOptionsSlot.DETECTIONS_PER_CLASS,
    Kind.WORD,
    offsetof<Options>("detectionsPerClass"),
  ),
  new Field(DetectionOptionsSlot.REGULAR_NMS, Kind.BYTE, offsetof<Options>("regularNms")),
  new Field(DetectionOptionsSlot.CLASSES, Kind.WORD, offsetof<Options>("classes")),
  new Field(DetectionOptionsSlot.SCORE_THRESHOLD, Kind.WORD, offsetof<Options>("scoreThreshold")),
  new Field(DetectionOptionsSlot.IOU_THRESHOLD, Kind.WORD, offsetof<Options>("iouThreshold")),
  new Field(DetectionOptionsSlot.YSCALE, Kind.WORD, offsetof<Options>("yScale")),
  new Field(DetectionOptionsSlot.XSCALE, Kind.WORD, offsetof<Options>("xScale")),
  new Field(DetectionOptionsSlot.HSCALE, Kind.WORD, offsetof<Options>("hScale")),
  new Field(DetectionOptionsSlot.WSCALE, Kind.WORD, offsetof<Options>("wScale")),
];
const MIRROR_PAD: Field[] = [
  new Field(MirrorPadOptionsSlot.SYMMETRIC, Kind.FLAG, offsetof<Options>("symmetric")),
];
// biome-ignore-end format: tables

/** By member of the union; the first, for none, has no fields. */
const FIELDS: Field[][] = [
  [],
  POOL_2D,
  SOFTMAX,
  CONVOLUTION,
  ACTIVATION,
  CONCATENATION,
  RESIZE,
  SLOPE,
  STRIDED_SLICE,
  DETECTION,
  MIRROR_PAD,
];

class Family {
  constructor(
    public operator: string,
    public kind: CpuOptions,
  ) {}
}

const FAMILIES: Family[] = [
  new Family("ADD", CpuOptions.ACTIVATION),
  new Family("AVERAGE_POOL_2D", CpuOptions.POOL_2D),
  new Family("CONCATENATION", CpuOptions.CONCATENATION),
  new Family("CONV_2D", CpuOptions.CONVOLUTION),
  new Family("DEPTHWISE_CONV_2D", CpuOptions.CONVOLUTION),
  new Family("DIV", CpuOptions.ACTIVATION),
  new Family("FULLY_CONNECTED", CpuOptions.ACTIVATION),
  new Family("GATHER", CpuOptions.CONCATENATION),
  new Family("LEAKY_RELU", CpuOptions.SLOPE),
  new Family("MAX_POOL_2D", CpuOptions.POOL_2D),
  new Family("MIRROR_PAD", CpuOptions.MIRROR_PAD),
  new Family("MUL", CpuOptions.ACTIVATION),
  new Family("PACK", CpuOptions.CONCATENATION),
  new Family("RESIZE_BILINEAR", CpuOptions.RESIZE),
  new Family("RESIZE_NEAREST_NEIGHBOR", CpuOptions.RESIZE),
  new Family("SOFTMAX", CpuOptions.SOFTMAX),
  new Family("STRIDED_SLICE", CpuOptions.STRIDED_SLICE),
  new Family("SUB", CpuOptions.ACTIVATION),
  new Family("TRANSPOSE_CONV", CpuOptions.CONVOLUTION),
  new Family("UNPACK", CpuOptions.CONCATENATION),
];

/** Which options the operator's CPU kernel needs. */
export function cpuOptionsOf(operator: Operator): CpuOptions {
  if (isDetectionOperator(operator)) return CpuOptions.DETECTION;
  const name = operatorName(operator.code);
  for (let i = 0; i < FAMILIES.length; i++) {
    if (FAMILIES[i].operator == name) return FAMILIES[i].kind;
  }
  return CpuOptions.NONE;
}

/** Writes the union's table; 0 for none. */
export function writeCpuOptions(builder: Builder, kind: CpuOptions, operator: Operator): u32 {
  if (kind == CpuOptions.NONE) return 0;
  const fields = FIELDS[kind];
  builder.table();
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    const source = changetype<usize>(operator.options) + field.source;
    if (field.kind == Kind.WORD) builder.field32(field.slot, load<u32>(source));
    else builder.field8(field.slot, field.kind == Kind.FLAG ? load<u8>(source) : load<u32>(source));
  }
  return builder.endTable();
}
