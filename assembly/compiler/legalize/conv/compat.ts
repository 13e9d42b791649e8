import { Core } from "../../../targets/cores";
import { generationOf } from "../../generations/generations";
import { Convolution, Striding } from "../../plan/convolution";
import { LONGEST_REARRANGED } from "../../plan/limits";
import { isCustomary, isNative } from "./strategy";

/**
 * `--compat mesa`: how Mesa 25.0.7 lowers a convolution, its faults included. Kernels
 * stay as the model has them, and padding is not expressed as pixels before the image.
 */
export function whyNotInMesa(c: Convolution): string {
  if (c.rows.kernel != c.columns.kernel)
    return "Mesa's words for kernels that are not square are not known";
  if (!isCustomary(c)) return "Mesa's words for such strides or kernels are not known";
  return c.rows.dilation != 1 || c.columns.dilation != 1
    ? "Mesa takes no dilated convolutions"
    : "";
}

/** Patterns that occur only in networks for which boards gave zeros, cause unknown. */
export function whyUnprovenInMesa(c: Convolution, core: Core): string {
  if (!generationOf(core).zeroesNetworks || c.stride != 2) return "";
  if (c.side == 5 && c.depthwise)
    return "depthwise 5×5 at stride 2: boards gave zeros for the network that has it (MobileDet)";
  const longest = max(c.rows.input, c.columns.input);
  if (c.striding == Striding.SPACE_TO_DEPTH && longest > LONGEST_REARRANGED)
    return `stride 2 over ${longest} pixels: boards gave zeros for networks that have more than ${LONGEST_REARRANGED}`;
  return "";
}

export function chooseMesaStrategy(c: Convolution, core: Core): void {
  c.native = isNative(c, core);
  const single = c.rows.kernel == 1 && c.inputChannels == 1 && !c.depthwise;
  c.side = single ? 2 : c.rows.kernel;
  if (c.stride == 1) c.striding = Striding.NONE;
  else c.striding = generationOf(core).hasDepthwise ? strideNative(c, single) : strideExpanded(c);
}

/** On cores that take depthwise kernels. */
function strideNative(c: Convolution, single: bool): Striding {
  const keeps =
    c.native || (c.pointwise && c.rows.input >= 3) || ((c.pointwise || single) && c.same);
  return keeps ? Striding.FIRST_PIXEL : Striding.SPACE_TO_DEPTH;
}

/** On others. Fault: a depthwise convolution on 6 or 7 rows is not rearranged, though its kernel is. */
function strideExpanded(c: Convolution): Striding {
  const rows = c.rows.input;
  if (c.pointwise) return Striding.FIRST_PIXEL;
  if (!c.depthwise || (rows >= 3 && rows <= 5)) return Striding.SPACE_TO_DEPTH;
  return rows == 6 || rows == 7 ? Striding.HALVED_KERNEL_ONLY : Striding.FIRST_PIXEL;
}
