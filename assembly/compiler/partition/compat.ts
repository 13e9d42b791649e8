import { Convolution, Striding } from "./geometry";

/**
 * `--compat mesa`: how Mesa 25.0.7 lowers a convolution on v7, its faults included. Kernels
 * stay as the model has them, and padding is not thought of as pixels before the image.
 */
export function chooseMesaStrategy(c: Convolution): void {
  const single = c.rows.kernel == 1 && c.inputChannels == 1 && !c.depthwise;
  c.side = single ? 2 : c.rows.kernel;
  c.striding = c.stride == 1 ? Striding.NONE : chooseStriding(c);
}

/** Fault: a depthwise convolution on 6 or 7 rows is not rearranged, though its kernel is. */
function chooseStriding(c: Convolution): Striding {
  const rows = c.rows.input;
  if (c.pointwise) return Striding.FIRST_PIXEL;
  if (!c.depthwise || (rows >= 3 && rows <= 5)) return Striding.SPACE_TO_DEPTH;
  return rows == 6 || rows == 7 ? Striding.HALVED_KERNEL_ONLY : Striding.FIRST_PIXEL;
}
