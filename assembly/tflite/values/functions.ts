import { Operation } from "../operation";
import { Option } from "../option";
import { ByteFunction, RealByteFunction } from "./byte-function";
import { ByteHardSwish } from "./hard-swish";
import { BytePrelu, ByteRectifier, ByteRescaling } from "./linear";
import { ByteExtreme, ByteProduct, ByteQuotient, ByteSquaredDifference, ByteSum } from "./pairs";
import { approximateGelu, elu, gelu, logistic } from "./real";

/** An operator that gives each element of its output from the same element of its inputs alone. */
class Row {
  constructor(
    public operator: string,
    /** What it computes, for an operator over bytes. */
    public make: (operation: Operation) => ByteFunction,
    /** Whether the CPU's kernel for bytes is this function; TFLite's may differ otherwise, by a rounding. */
    public hasKernel: bool = true,
  ) {}
}

// biome-ignore format: a table
const FUNCTIONS: Row[] = [
  new Row("ABS", (o: Operation) => new ByteRectifier(o, -1, -Infinity, Infinity)),
  new Row("ADD", (o: Operation) => new ByteSum(o, false)),
  new Row("DIV", (o: Operation) => new ByteQuotient(o), false),
  new Row("ELU", (o: Operation) => new RealByteFunction(o, elu), false),
  new Row("EXP", (o: Operation) => new RealByteFunction(o, (x: f32): f32 => Mathf.exp(x)), false),
  new Row("GELU", (o: Operation) => new RealByteFunction(o, o.flag(Option.APPROXIMATE) ? approximateGelu : gelu), false),
  new Row("HARD_SWISH", (o: Operation) => new ByteHardSwish(o)),
  new Row("LEAKY_RELU", (o: Operation) => new ByteRectifier(o, o.real(Option.ALPHA) as f32, -Infinity, Infinity)),
  new Row("LOG", (o: Operation) => new RealByteFunction(o, (x: f32): f32 => Mathf.log(x)), false),
  new Row("LOGISTIC", (o: Operation) => new RealByteFunction(o, logistic)),
  new Row("MAXIMUM", (_o: Operation) => new ByteExtreme(true)),
  new Row("MINIMUM", (_o: Operation) => new ByteExtreme(false)),
  new Row("MUL", (o: Operation) => new ByteProduct(o)),
  new Row("NEG", (o: Operation) => new RealByteFunction(o, (x: f32): f32 => -x), false),
  new Row("PRELU", (o: Operation) => new BytePrelu(o)),
  new Row("QUANTIZE", (o: Operation) => new ByteRescaling(o)),
  new Row("RELU", (o: Operation) => new ByteRectifier(o, 1, 0, Infinity)),
  new Row("RELU6", (o: Operation) => new ByteRectifier(o, 1, 0, 6)),
  new Row("RELU_0_TO_1", (o: Operation) => new ByteRectifier(o, 1, 0, 1), false),
  new Row("RELU_N1_TO_1", (o: Operation) => new ByteRectifier(o, 1, -1, 1), false),
  new Row("RSQRT", (o: Operation) => new RealByteFunction(o, (x: f32): f32 => 1 / Mathf.sqrt(x)), false),
  new Row("SQRT", (o: Operation) => new RealByteFunction(o, (x: f32): f32 => Mathf.sqrt(x)), false),
  new Row("SQUARE", (o: Operation) => new RealByteFunction(o, (x: f32): f32 => x * x), false),
  new Row("SQUARED_DIFFERENCE", (o: Operation) => new ByteSquaredDifference(o), false),
  new Row("SUB", (o: Operation) => new ByteSum(o, true)),
  new Row("TANH", (o: Operation) => new RealByteFunction(o, (x: f32): f32 => Mathf.tanh(x))),
];

/** Whether an operator, by its name, is one of elements alone. */
export function isByteFunction(operator: string): bool {
  return find(operator) != null;
}

/** Whether the CPU runs an operator over bytes by its function; another table says which operands it covers. */
export function hasByteKernel(operator: string): bool {
  const row = find(operator);
  if (row == null) return false;
  return row.hasKernel;
}

/** What an operator over bytes gives for each element; null for one that is not of elements alone. */
export function byteFunctionOf(operation: Operation): ByteFunction | null {
  const row = find(operation.name);
  return row == null ? null : row.make(operation);
}

function find(operator: string): Row | null {
  for (let i = 0; i < FUNCTIONS.length; i++) {
    if (FUNCTIONS[i].operator == operator) return FUNCTIONS[i];
  }
  return null;
}
