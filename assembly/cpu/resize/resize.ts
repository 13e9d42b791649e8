import { Operation } from "../operation";
import { Option } from "../option";

/** Along one axis. */
const MOST_PIXELS = 1 << 16;

/** Whether an operator resizes images NHWC, batches and channels kept, to some pixels at least. */
export function isResize(operation: Operation): bool {
  if (!operation.wants(1, 1)) return false;
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  if (!operation.wantsRank(input, 4, "input") || !operation.wantsRank(output, 4, "output")) {
    return false;
  }
  if (!operation.wantsDtype(output, input.dtype, "an output")) return false;
  const shape = [input.shape[0], output.shape[1], output.shape[2], input.shape[3]];
  if (!operation.wantsShape(output, shape, "an output")) return false;
  if (output.elements != 0 && input.elements == 0) return operation.refuse("an image", "none");
  const longest = max(output.shape[1], output.shape[2]);
  if (longest > MOST_PIXELS) return operation.refuse(`at most ${MOST_PIXELS} pixels`, `${longest}`);
  if (!operation.flag(Option.ALIGN_CORNERS) || !operation.flag(Option.HALF_PIXEL_CENTERS)) {
    return true;
  }
  return operation.refuse("either aligned corners or half-pixel centres", "both");
}
