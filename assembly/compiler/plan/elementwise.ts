import { operatorCode } from "../../tflite/operators";

/** A function of one element, which the TP unit looks up in a table. */
export class ElementwiseFunction {
  /** TFLite's builtin code. */
  code: i32;

  constructor(
    /** The operator's name in TFLite's schema. */
    public name: string,
    /** The function: finite for finite inputs. The encoder keeps the sign of a zero. */
    public at: (x: f64) => f64,
    /**
     * f(s · x) = s · f(x) for all s > 0, so that f bends at 0 alone. Its table then counts inputs and
     * results in steps of the input, and is the same for all scales. Other tables count in real
     * numbers, and run straight between 16 points for each power of two: a bend is smoothed there.
     */
    public isHomogeneous: bool,
    /** TP cores share the work from so many slices on (rows; channels in planar layout). */
    public fewestShared: i32,
    /** Whether GL_TP_ORDER is set between the TP cores that share the work. */
    public isOrdered: bool,
    /** Saturation of the output has to clamp at it: its largest byte may stand for no more. */
    public limit: f64 = Infinity,
  ) {
    this.code = operatorCode(name);
  }
}

/**
 * Every function that the NPU computes. Sharing and order are those of recorded streams; a function
 * without a recording does as LOGISTIC. The layout is the input's, whichever that is.
 */
// biome-ignore format: a table
const FUNCTIONS: ElementwiseFunction[] = [
  new ElementwiseFunction("RELU", rectify, true, 6, true),
  new ElementwiseFunction("RELU6", rectify, true, 6, true, 6),
  new ElementwiseFunction("ABS", (x: f64): f64 => (x < 0 ? -x : x), true, 1, true),
  new ElementwiseFunction("LOGISTIC", (x: f64): f64 => 1.0 / (1.0 + Math.exp(-x)), false, 6, false),
];

/** −0 for negative inputs, as in recorded tables. */
function rectify(x: f64): f64 {
  return max<f64>(x, -0.0);
}

export namespace ELEMENTWISE {
  /** The function that an operator computes, by its builtin code; null for any other operator. */
  export function find(code: i32): ElementwiseFunction | null {
    for (let i = 0; i < FUNCTIONS.length; i++) if (FUNCTIONS[i].code == code) return FUNCTIONS[i];
    return null;
  }
}
