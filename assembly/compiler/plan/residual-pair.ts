import { Convolution } from "./convolution";

/**
 * Two convolutions that come to one whose weights are finer than bytes, for some kernels of a
 * layer: two-term weights. Both read the image as it is prepared for the whole layer. The first
 * computes the residual, what 8 bits cannot represent of the weights; its output lies after the
 * image, like more channels of it, and the second adds it to its own sums:
 *
 *     ┌─────────────┐ residual ┌──────────────┐
 *     │ n planes    │ ───────► │ a plane for  │
 *     │ (× copies)  │          │ every kernel │
 *     └─────────────┴──────────┴──────────────┘
 *            └────────── main ─────────┘
 */
export class ResidualPair {
  constructor(
    public residual: Convolution,
    public main: Convolution,
    /** The first of the layer's kernels that they stand for. */
    public first: i32,
    /** The first plane of the prepared image that they read. */
    public firstPlane: i32,
    /** How often the image is there: a weight is the sum of as many bytes. */
    public inputCopies: i32,
  ) {}
}
