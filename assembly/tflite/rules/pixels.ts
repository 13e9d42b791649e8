import { Geometry } from "../geometry";
import { Operation } from "../operation";
import { Option } from "../option";
import { clamps } from "./elementwise";

/** A pool makes of one image another with the same quantization. */
export function isPool(operation: Operation): bool {
  const input = operation.inputs[0];
  if (!operation.wantsSameQuantization(input, operation.outputs[0])) return false;
  return poolGeometry(operation) != null && clamps(operation);
}

/** Of a pool; null with a refusal recorded. */
export function poolGeometry(operation: Operation): Geometry | null {
  const input = operation.inputs[0];
  if (!operation.wantsRank(input, 4, "input")) return null;
  const height = operation.integer(Option.FILTER_HEIGHT);
  const width = operation.integer(Option.FILTER_WIDTH);
  return Geometry.of(operation, height, width, false, input.shape[3]);
}

/** Along one axis. Each has a position in memory, for bilinear ones with shares of 32 bits. */
const MOST_NEAREST = 1 << 20;
const MOST_BILINEAR = 1 << 16;

/** Images NHWC, batches and channels kept, brought to some pixels at least. */
export function isResize(operation: Operation): bool {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  if (!operation.wantsRank(input, 4, "input") || !operation.wantsRank(output, 4, "output")) {
    return false;
  }
  const shape = [input.shape[0], output.shape[1], output.shape[2], input.shape[3]];
  if (!operation.wantsShape(output, shape, "an output")) return false;
  if (output.elements != 0 && input.elements == 0) return operation.refuse("an image", "none");
  const longest = max(output.shape[1], output.shape[2]);
  const most = operation.name == "RESIZE_NEAREST_NEIGHBOR" ? MOST_NEAREST : MOST_BILINEAR;
  if (longest > most) return operation.refuse(`at most ${most} pixels on a side`, `${longest}`);
  if (!operation.flag(Option.ALIGN_CORNERS) || !operation.flag(Option.HALF_PIXEL_CENTERS)) {
    return true;
  }
  return operation.refuse("either aligned corners or half-pixel centres", "both");
}
