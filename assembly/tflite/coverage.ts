/**
 * The table of what the CPU kernels run: operators, the types of their operands, and the rule
 * that shapes, scales and options have to meet. The compiler, the kernels and the host go by
 * these lines, so the file is AssemblyScript and TypeScript at once.
 *
 * Operands, inputs then outputs:
 *
 *   N           a number of the line's type; one of 8 bits has one scale
 *   E           an element of the line's type, however it is quantized
 *   W           weights of the line's type; those of 8 bits have one scale or several
 *   byte        8 bits with one scale
 *   number      that, or float32
 *   plain       8 bits, int32, int64, float32 or bool, however quantized
 *   int32 …     an operand of that type
 *   index       int32 or int64: axes, sizes, positions
 *   …!          a constant
 *   …?          may be left out
 *   …*          one or more of them
 *
 * Inputs beyond those of a line change nothing (the shape of a RESHAPE, the size of a RESIZE: the
 * output's own shape says it).
 */

/** What is asked of an operator beyond its types; `rules/index.ts` has the functions. */
export enum Rule {
  SAME_ELEMENTS = 0,
  ARG_MAX = 1,
  CONCATENATION = 2,
  CONVOLUTION = 3,
  DEPTHWISE = 4,
  DETECTION = 5,
  FULLY_CONNECTED = 6,
  MEAN = 7,
  PAD = 8,
  PAIR = 9,
  POOL = 10,
  RESIZE = 11,
  SOFTMAX = 12,
  SPLIT = 13,
  STRIDED_SLICE = 14,
  SUM = 15,
  TRANSPOSE = 16,
  HARD_SWISH = 17,
  PAD_VALUE = 18,
  MIRROR_PAD = 19,
  REDUCTION = 20,
  TRANSPOSE_CONV = 21,
  SLICE = 22,
  TILE = 23,
  GATHER = 24,
  PACK = 25,
  UNPACK = 26,
  SPACE_TO_DEPTH = 27,
  DEPTH_TO_SPACE = 28,
  SPACE_TO_BATCH = 29,
  BATCH_TO_SPACE = 30,
  SPLIT_V = 31,
  SHAPE = 32,
}

/** Sets of element types, numbered as in the `.nolf` schema: bit n stands for type n. */
const BYTES: i32 = 0b000_0000_0011; // uint8, int8
const INTEGERS: i32 = 0b000_0001_1000; // int32, int64
const REALS: i32 = 0b000_0100_0000; // float32
const HALVES: i32 = 0b000_0010_0000; // float16
const PLAIN: i32 = 0b001_0101_1011; // all of those, and bool
const SIZED: i32 = 0b001_1111_1111; // all whose elements have a size

export class Covered {
  constructor(
    public operator: string,
    public operands: string,
    /** What N, E and W may be. */
    public dtypes: i32,
    public rule: Rule,
  ) {}

  takes(dtype: i32): bool {
    return ((this.dtypes >> dtype) & 1) != 0;
  }
}

/** The one custom operator that there is a kernel for. */
export const DETECTION: string = "TFLite_Detection_PostProcess";

// biome-ignore format: a table
export const COVERAGE: Covered[] = [
  new Covered("ABS", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("ADD", "N N -> N", BYTES | REALS, Rule.SUM),
  new Covered("ARG_MAX", "E index! -> index", BYTES | REALS, Rule.ARG_MAX),
  new Covered("AVERAGE_POOL_2D", "N -> N", BYTES | REALS, Rule.POOL),
  new Covered("BATCH_TO_SPACE_ND", "E index! index! -> E", SIZED, Rule.BATCH_TO_SPACE),
  new Covered("CAST", "E -> plain", PLAIN, Rule.SAME_ELEMENTS),
  new Covered("CONCATENATION", "E* -> E", SIZED, Rule.CONCATENATION),
  new Covered("CONV_2D", "N W int32? -> N", BYTES, Rule.CONVOLUTION),
  new Covered("CONV_2D", "N N float32? -> N", REALS, Rule.CONVOLUTION),
  new Covered("DEPTHWISE_CONV_2D", "N W int32? -> N", BYTES, Rule.DEPTHWISE),
  new Covered("DEPTHWISE_CONV_2D", "N N float32? -> N", REALS, Rule.DEPTHWISE),
  new Covered("DEPTH_TO_SPACE", "E -> E", SIZED, Rule.DEPTH_TO_SPACE),
  new Covered("DEQUANTIZE", "N -> float32", BYTES | HALVES, Rule.SAME_ELEMENTS),
  new Covered("DIV", "N N -> N", REALS, Rule.PAIR),
  new Covered("EXP", "N -> N", REALS, Rule.SAME_ELEMENTS),
  new Covered("EXPAND_DIMS", "E -> E", SIZED, Rule.SAME_ELEMENTS),
  new Covered("FULLY_CONNECTED", "N W int32? -> N", BYTES, Rule.FULLY_CONNECTED),
  new Covered("FULLY_CONNECTED", "N N float32? -> N", REALS, Rule.FULLY_CONNECTED),
  new Covered("GATHER", "E index -> E", SIZED, Rule.GATHER),
  new Covered("HARD_SWISH", "N -> N", BYTES | REALS, Rule.HARD_SWISH),
  new Covered("LEAKY_RELU", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("LOGISTIC", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("MAXIMUM", "E E -> E", BYTES | INTEGERS | REALS, Rule.PAIR),
  new Covered("MAX_POOL_2D", "N -> N", BYTES | REALS, Rule.POOL),
  new Covered("MEAN", "N index! -> N", BYTES | REALS, Rule.MEAN),
  new Covered("MINIMUM", "E E -> E", BYTES | INTEGERS | REALS, Rule.PAIR),
  new Covered("MIRROR_PAD", "E index! -> E", SIZED, Rule.MIRROR_PAD),
  new Covered("MUL", "N N -> N", BYTES | REALS, Rule.PAIR),
  new Covered("NEG", "N -> N", REALS, Rule.SAME_ELEMENTS),
  new Covered("PACK", "E* -> E", SIZED, Rule.PACK),
  new Covered("PAD", "E index! -> E", SIZED, Rule.PAD),
  new Covered("PADV2", "E index! E -> E", SIZED, Rule.PAD_VALUE),
  new Covered("PRELU", "N N -> N", BYTES | REALS, Rule.PAIR),
  new Covered("QUANTIZE", "N -> byte", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("REDUCE_MAX", "N index! -> N", BYTES | REALS, Rule.REDUCTION),
  new Covered("REDUCE_MIN", "N index! -> N", BYTES | REALS, Rule.REDUCTION),
  new Covered("RELU", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("RELU6", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("RESHAPE", "E -> E", SIZED, Rule.SAME_ELEMENTS),
  new Covered("RESIZE_BILINEAR", "N -> N", BYTES | REALS, Rule.RESIZE),
  new Covered("RESIZE_NEAREST_NEIGHBOR", "E -> E", SIZED, Rule.RESIZE),
  new Covered("RSQRT", "N -> N", REALS, Rule.SAME_ELEMENTS),
  new Covered("SHAPE", "E -> index", SIZED, Rule.SHAPE),
  new Covered("SLICE", "E index! index! -> E", SIZED, Rule.SLICE),
  new Covered("SOFTMAX", "N -> N", BYTES | REALS, Rule.SOFTMAX),
  new Covered("SPACE_TO_BATCH_ND", "E index! index! -> E", SIZED, Rule.SPACE_TO_BATCH),
  new Covered("SPACE_TO_DEPTH", "E -> E", SIZED, Rule.SPACE_TO_DEPTH),
  new Covered("SPLIT", "index! E -> E*", SIZED, Rule.SPLIT),
  new Covered("SPLIT_V", "E index! index! -> E*", SIZED, Rule.SPLIT_V),
  new Covered("SQRT", "N -> N", REALS, Rule.SAME_ELEMENTS),
  new Covered("SQUARE", "N -> N", REALS, Rule.SAME_ELEMENTS),
  new Covered("SQUARED_DIFFERENCE", "N N -> N", REALS, Rule.PAIR),
  new Covered("SQUEEZE", "E -> E", SIZED, Rule.SAME_ELEMENTS),
  new Covered("STRIDED_SLICE", "E index! index! index! -> E", SIZED, Rule.STRIDED_SLICE),
  new Covered("SUB", "N N -> N", BYTES | REALS, Rule.SUM),
  new Covered("SUM", "N index! -> N", BYTES | REALS, Rule.MEAN),
  new Covered("TANH", "N -> N", BYTES, Rule.SAME_ELEMENTS),
  new Covered("TILE", "E index! -> E", SIZED, Rule.TILE),
  new Covered("TRANSPOSE", "E index! -> E", SIZED, Rule.TRANSPOSE),
  new Covered("TRANSPOSE_CONV", "index W N int32? -> N", BYTES, Rule.TRANSPOSE_CONV),
  new Covered("TRANSPOSE_CONV", "index N N float32? -> N", REALS, Rule.TRANSPOSE_CONV),
  new Covered("UNPACK", "E -> E*", SIZED, Rule.UNPACK),
  new Covered(DETECTION, "number number number -> float32 float32 float32 float32", BYTES | REALS, Rule.DETECTION),
];

/** Where an operator's data come first; two have an axis, or a shape, before. */
export function firstDataInput(operator: string): i32 {
  return operator == "SPLIT" || operator == "TRANSPOSE_CONV" ? 1 : 0;
}
