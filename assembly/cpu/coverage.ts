/**
 * Which operators the CPU kernels cover, by the type of their first input that is not an index
 * or a list of axes. The compiler, the host and the kernels' own table go by these lines, so
 * the file is AssemblyScript and TypeScript at once.
 */

/** Sets of element types, numbered as in the `.nolf` schema: bit n stands for type n. */
const BYTES: i32 = 0b000_0000_0011; // uint8, int8
const REALS: i32 = 0b000_0100_0000; // float32
const HALVES: i32 = 0b000_0010_0000; // float16
const SIZED: i32 = 0b001_1111_1111; // all whose elements have a size

export class Covered {
  constructor(
    public operator: string,
    public dtypes: i32,
  ) {}
}

/** The one custom operator that there is a kernel for. */
export const DETECTION: string = "TFLite_Detection_PostProcess";

// biome-ignore format: a table
export const COVERAGE: Covered[] = [
  new Covered("ABS", BYTES | REALS),
  new Covered("ADD", BYTES | REALS),
  new Covered("ARG_MAX", BYTES | REALS),
  new Covered("AVERAGE_POOL_2D", BYTES | REALS),
  new Covered("CONCATENATION", SIZED),
  new Covered("CONV_2D", BYTES | REALS),
  new Covered("DEPTHWISE_CONV_2D", BYTES | REALS),
  new Covered("DEQUANTIZE", BYTES | HALVES),
  new Covered("EXPAND_DIMS", SIZED),
  new Covered("FULLY_CONNECTED", BYTES | REALS),
  new Covered("LEAKY_RELU", BYTES | REALS),
  new Covered("LOGISTIC", BYTES | REALS),
  new Covered("MAX_POOL_2D", BYTES | REALS),
  new Covered("MEAN", BYTES | REALS),
  new Covered("MUL", BYTES | REALS),
  new Covered("PAD", SIZED),
  new Covered("QUANTIZE", BYTES | REALS),
  new Covered("RELU", BYTES | REALS),
  new Covered("RELU6", BYTES | REALS),
  new Covered("RESHAPE", SIZED),
  new Covered("RESIZE_BILINEAR", BYTES | REALS),
  new Covered("RESIZE_NEAREST_NEIGHBOR", SIZED),
  new Covered("SOFTMAX", BYTES | REALS),
  new Covered("SPLIT", SIZED),
  new Covered("SQUEEZE", SIZED),
  new Covered("STRIDED_SLICE", SIZED),
  new Covered("SUB", BYTES | REALS),
  new Covered("TRANSPOSE", SIZED),
  new Covered(DETECTION, BYTES | REALS),
];

/** Whether there is a CPU kernel for an operator whose first data input is of a type. */
export function covers(operator: string, dtype: i32): boolean {
  for (let i = 0; i < COVERAGE.length; i++) {
    const entry = COVERAGE[i] as Covered;
    if (entry.operator == operator) return ((entry.dtypes >> dtype) & 1) != 0;
  }
  return false;
}

/** Where an operator's data come first; a SPLIT names its axis before. */
export function firstDataInput(operator: string): i32 {
  return operator == "SPLIT" ? 1 : 0;
}
