import { Operation } from "../operation";
import { Option } from "../option";
import { ByteFunction, RealByteFunction } from "./byte-function";
import { ByteHardSwish } from "./hard-swish";
import { BytePrelu, ByteRectifier, ByteRescaling } from "./linear";
import { ByteExtreme, ByteProduct, ByteSum } from "./pairs";

/** An operator that gives each element of its output from the same element of its inputs alone. */
class Row {
  constructor(
    public operator: string,
    /** What it computes, for an operator over bytes that the table of covered ones has. */
    public make: (operation: Operation) => ByteFunction,
  ) {}
}

// biome-ignore format: a table
const FUNCTIONS: Row[] = [
  new Row("ABS", (o: Operation) => new ByteRectifier(o, -1, -Infinity, Infinity)),
  new Row("ADD", (o: Operation) => new ByteSum(o, false)),
  new Row("HARD_SWISH", (o: Operation) => new ByteHardSwish(o)),
  new Row("LEAKY_RELU", (o: Operation) => new ByteRectifier(o, o.real(Option.ALPHA) as f32, -Infinity, Infinity)),
  new Row("LOGISTIC", (o: Operation) => new RealByteFunction(o, (x: f32): f32 => 1 / (1 + Mathf.exp(-x)))),
  new Row("MAXIMUM", (_o: Operation) => new ByteExtreme(true)),
  new Row("MINIMUM", (_o: Operation) => new ByteExtreme(false)),
  new Row("MUL", (o: Operation) => new ByteProduct(o)),
  new Row("PRELU", (o: Operation) => new BytePrelu(o)),
  new Row("QUANTIZE", (o: Operation) => new ByteRescaling(o)),
  new Row("RELU", (o: Operation) => new ByteRectifier(o, 1, 0, Infinity)),
  new Row("RELU6", (o: Operation) => new ByteRectifier(o, 1, 0, 6)),
  new Row("SUB", (o: Operation) => new ByteSum(o, true)),
  new Row("TANH", (o: Operation) => new RealByteFunction(o, (x: f32): f32 => Mathf.tanh(x))),
];

/** Whether an operator, by its name, is one of elements alone. */
export function isByteFunction(operator: string): bool {
  for (let i = 0; i < FUNCTIONS.length; i++) if (FUNCTIONS[i].operator == operator) return true;
  return false;
}

/** What an operator over bytes gives for each element; null for one that is not of elements alone. */
export function byteFunctionOf(operation: Operation): ByteFunction | null {
  for (let i = 0; i < FUNCTIONS.length; i++) {
    if (FUNCTIONS[i].operator == operation.name) return FUNCTIONS[i].make(operation);
  }
  return null;
}
