/** What the small models of ../shared/cases are to give, where LiteRT's kernels do not tell it. */

export interface Expectation {
  /** By output: what plain arithmetic gives where LiteRT.js is wrong. */
  values?: Record<number, number[]>;
  /** By output: the constant, by tensor index, that it is. */
  constants?: Record<number, number>;
  /** By output: another output whose values it has, too. */
  sameAs?: Record<number, number>;
  /** Another case that is right for this one, too. */
  twin?: string;
  /** The code of the error that it is refused with. */
  refused?: string;
  /** It may as well be refused when it is compiled, with this code; never later. */
  refusable?: string;
}

// biome-ignore format: a table
export const EXPECTATIONS: Record<string, Expectation> = {
  bias_axis_3: { twin: "bias_axis_0" },
  "shape-only": { values: { 0: [1, 8, 8, 32] } },
  "shape-slice-only": { values: { 0: [1] } },
  shape: { values: { 0: [1, 6, 6, 20] } },
  shape_strided_slice: { values: { 0: [1] } },
  tile_computed_multiples: { values: { 0: [1] }, constants: { 1: 3 } },
  // LiteRT.js leaves all but the last of them empty.
  "same-output-twice": { sameAs: { 0: 1 } },
  // Neither activations of 16 bits nor real ones get to 8 bits without the floating-point model.
  "float-conv": { refused: "NOT_QUANTIZED" },
  int16_add: { refused: "NOT_QUANTIZED" },
  dynamic_range_kws: { refused: "NOT_QUANTIZED" },
  "hybrid-dynamic-range": { refused: "NOT_QUANTIZED" },
};

/**
 * Cases that are not right yet, and why. A test asserts that they are still wrong, so that whoever
 * mends one takes it out of here.
 */
export const STILL_WRONG: Record<string, string> = {};
