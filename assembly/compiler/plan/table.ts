import { ElementwiseFunction } from "./elementwise";

/**
 * What the TP unit looks up for each byte: points by a number's exponent and the upper four bits of
 * its mantissa, between which it draws straight lines. Two halves for either sign of an input:
 *
 *     0        16                                   496        512
 *    ┌────────┬────────────────────────────────────┬──────────┐
 *    │ E = 0  │ sixteen steps for each E = 1 … 30  │ E = 31   │   positive inputs
 *    ├────────┼────────────────────────────────────┼──────────┤
 *    │        │                                    │          │   negative inputs
 *    └────────┴────────────────────────────────────┴──────────┘
 *
 * The unit gives it integers: steps of the input, counted from a byte.
 */
export const POINTS = 1024;
export const HALF = 512;
/** Points for each power of two. */
export const STEPS = 16;
const BIAS = 15;

/** The positive input that a point of E = 1 … 30 stands at. */
export function magnitudeAt(point: i32): f64 {
  const fraction = ((point % STEPS) as f64) / (STEPS as f64);
  return (1.0 + fraction) * 2.0 ** ((point / STEPS - BIAS) as f64);
}

/** The point at a positive whole number, or the last before it. */
export function pointBefore(input: i32): i32 {
  const exponent = 31 - clz(input);
  const mantissa = (input << 4) >> exponent;
  return (BIAS + exponent) * STEPS + (mantissa - STEPS);
}

export abstract class LookupTable {
  constructor(
    /** The byte that inputs are counted from. */
    public inputZero: i32,
    /** Steps of the output, counted from its zero point, for one of what the table gives. */
    public factor: f32,
    /** TP cores share the work from so many slices on (rows; channels in planar layout). */
    public fewestShared: i32,
    /** Whether GL_TP_ORDER is set between the TP cores that share the work. */
    public isOrdered: bool,
  ) {}

  /** What one of the 1024 points gives. */
  abstract valueAt(point: i32): f64;
}

/** Stands for inputs of E = 31: larger than all others, and finite after scaling by any float32. */
const FAR: f64 = 1e200;

/** A function by its values at the points, as recorded tables have it. */
export class FunctionTable extends LookupTable {
  private unit: f64;

  constructor(
    private elementwise: ElementwiseFunction,
    inputZero: i32,
    /** What one step of the input, and one of the output, is worth. */
    inputScale: f32,
    outputScale: f32,
  ) {
    super(
      inputZero,
      (elementwise.isHomogeneous ? inputScale : 1) / outputScale,
      elementwise.fewestShared,
      elementwise.isOrdered,
    );
    this.unit = elementwise.isHomogeneous ? 1.0 : inputScale;
  }

  valueAt(point: i32): f64 {
    const magnitude = this.magnitudeOf(point) * this.unit;
    return this.elementwise.at(point < HALF ? magnitude : -magnitude);
  }

  /** In recorded tables of LOGISTIC, zero has one more negative entry. */
  private magnitudeOf(point: i32): f64 {
    const step = point & (HALF - 1);
    const first = point < HALF || this.elementwise.isHomogeneous ? STEPS : STEPS + 1;
    if (step < first) return 0;
    return step >= HALF - STEPS ? FAR : magnitudeAt(step);
  }
}

/** Points that were chosen for what 256 bytes are to become. */
export class FittedTable extends LookupTable {
  constructor(
    inputZero: i32,
    /** Steps of the output: multiples of 1/8 below 4096 in magnitude, which the unit's numbers hold. */
    private values: StaticArray<f32>,
    /** The most that a byte's result is off by. */
    public error: i32,
  ) {
    super(inputZero, 1, FEWEST_SHARED, false);
  }

  valueAt(point: i32): f64 {
    return this.values[point];
  }

  /** What a byte becomes, where the output's zero point is 0. */
  byteAt(byte: i32): i32 {
    const input = byte - this.inputZero;
    const half = input < 0 ? HALF : 0;
    const first = input == 0 ? 0 : half + pointBefore(abs(input));
    const shared = max(27 - (clz(abs(input)) as i32), 0);
    const way = ((abs(input) & ((1 << shared) - 1)) as f64) / ((1 << shared) as f64);
    const from = this.values[first] as f64;
    const value = way == 0 ? from : from + ((this.values[first + 1] as f64) - from) * way;
    return Math.round(min<f64>(max<f64>(value, 0), 255)) as i32;
  }
}

/** As recorded streams have it for LOGISTIC. */
const FEWEST_SHARED = 6;
