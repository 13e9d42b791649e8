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
}

/** Sets of element types, numbered as in the `.nolf` schema: bit n stands for type n. */
const BYTES: i32 = 0b000_0000_0011; // uint8, int8
const REALS: i32 = 0b000_0100_0000; // float32
const HALVES: i32 = 0b000_0010_0000; // float16
const SIZED: i32 = 0b001_1111_1111; // all whose elements have a size

export class Covered {
  constructor(
    public operator: string,
    public operands: string,
    /** What N, E and W may be. */
    public dtypes: i32,
    public rule: Rule,
  ) {}
}

/** The one custom operator that there is a kernel for. */
export const DETECTION: string = "TFLite_Detection_PostProcess";

// biome-ignore format: a table
export const COVERAGE: Covered[] = [
  new Covered("ABS", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("ADD", "N N -> N", BYTES | REALS, Rule.SUM),
  new Covered("ARG_MAX", "E index! -> index", BYTES | REALS, Rule.ARG_MAX),
  new Covered("AVERAGE_POOL_2D", "N -> N", BYTES | REALS, Rule.POOL),
  new Covered("CONCATENATION", "E* -> E", SIZED, Rule.CONCATENATION),
  new Covered("CONV_2D", "N W int32? -> N", BYTES, Rule.CONVOLUTION),
  new Covered("CONV_2D", "N N float32? -> N", REALS, Rule.CONVOLUTION),
  new Covered("DEPTHWISE_CONV_2D", "N W int32? -> N", BYTES, Rule.DEPTHWISE),
  new Covered("DEPTHWISE_CONV_2D", "N N float32? -> N", REALS, Rule.DEPTHWISE),
  new Covered("DEQUANTIZE", "N -> float32", BYTES | HALVES, Rule.SAME_ELEMENTS),
  new Covered("EXPAND_DIMS", "E -> E", SIZED, Rule.SAME_ELEMENTS),
  new Covered("FULLY_CONNECTED", "N W int32? -> N", BYTES, Rule.FULLY_CONNECTED),
  new Covered("FULLY_CONNECTED", "N N float32? -> N", REALS, Rule.FULLY_CONNECTED),
  new Covered("LEAKY_RELU", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("LOGISTIC", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("MAX_POOL_2D", "N -> N", BYTES | REALS, Rule.POOL),
  new Covered("MEAN", "N index! -> N", BYTES | REALS, Rule.MEAN),
  new Covered("MUL", "N N -> N", BYTES | REALS, Rule.PAIR),
  new Covered("PAD", "E index! -> E", SIZED, Rule.PAD),
  new Covered("QUANTIZE", "N -> byte", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("RELU", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("RELU6", "N -> N", BYTES | REALS, Rule.SAME_ELEMENTS),
  new Covered("RESHAPE", "E -> E", SIZED, Rule.SAME_ELEMENTS),
  new Covered("RESIZE_BILINEAR", "N -> N", BYTES | REALS, Rule.RESIZE),
  new Covered("RESIZE_NEAREST_NEIGHBOR", "E -> E", SIZED, Rule.RESIZE),
  new Covered("SOFTMAX", "N -> N", BYTES | REALS, Rule.SOFTMAX),
  new Covered("SPLIT", "index! E -> E*", SIZED, Rule.SPLIT),
  new Covered("SQUEEZE", "E -> E", SIZED, Rule.SAME_ELEMENTS),
  new Covered("STRIDED_SLICE", "E index! index! index! -> E", SIZED, Rule.STRIDED_SLICE),
  new Covered("SUB", "N N -> N", BYTES | REALS, Rule.SUM),
  new Covered("TRANSPOSE", "E index! -> E", SIZED, Rule.TRANSPOSE),
  new Covered(DETECTION, "number number number -> float32 float32 float32 float32", BYTES | REALS, Rule.DETECTION),
];

/** Where an operator's data come first; a SPLIT names its axis before. */
export function firstDataInput(operator: string): i32 {
  return operator == "SPLIT" ? 1 : 0;
}
