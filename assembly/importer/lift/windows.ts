import { Builtin, Padding } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Value } from "../graph/graph";
import { OnnxNode } from "../onnx/model";
import { Lifting } from "./lifting";

/** How a window moves over an image's rows and columns. */
export class SlidingWindow {
  stride: i32[] = [1, 1];
  dilation: i32[] = [1, 1];
  before: i32[] = [0, 0];
  after: i32[] = [0, 0];
  /** Extents of the result. */
  size: i32[] = [0, 0];

  constructor(public kernel: i32[]) {}

  get isPadded(): bool {
    return this.before[0] + this.before[1] + this.after[0] + this.after[1] > 0;
  }

  span(axis: i32): i32 {
    return (this.kernel[axis] - 1) * this.dilation[axis] + 1;
  }

  /** Whether TFLite's padding SAME gives the same borders. */
  isSame(extents: i32[]): bool {
    for (let axis = 0; axis < 2; axis++) {
      const steps = (extents[axis] + this.stride[axis] - 1) / this.stride[axis];
      const total = max((steps - 1) * this.stride[axis] + this.span(axis) - extents[axis], 0);
      if (this.size[axis] != steps || this.before[axis] != total / 2) return false;
      if (this.after[axis] != total - total / 2) return false;
    }
    return true;
  }
}

const MOST_EXTENT = 65535;

/** Reads a node's window over an image of `extents` rows and columns; null where it is not taken. */
export function windowOf(
  lifting: Lifting,
  node: OnnxNode,
  kernel: i32[],
  extents: i32[],
): SlidingWindow | null {
  const window = new SlidingWindow(kernel);
  const strides = listOf(lifting, node, "strides", 2, 1);
  const dilations = listOf(lifting, node, "dilations", 2, 1);
  const pads = listOf(lifting, node, "pads", 4, 0);
  if (strides == null || dilations == null || pads == null) return null;
  if (kernel.length != 2 || !areSteps(kernel) || !areSteps(strides) || !areSteps(dilations)) {
    lifting.refuse(node, "a window over rows and columns", "another");
    return null;
  }
  window.stride = strides;
  window.dilation = dilations;
  window.before = [pads[0], pads[1]];
  window.after = [pads[2], pads[3]];
  const automatic = node.text("auto_pad", "NOTSET");
  for (let axis = 0; axis < 2; axis++) {
    if (automatic.startsWith("SAME"))
      padSame(window, axis, extents[axis], automatic == "SAME_UPPER");
    else if (automatic == "VALID") window.before[axis] = window.after[axis] = 0;
    const free = extents[axis] + window.before[axis] + window.after[axis] - window.span(axis);
    const size = free < 0 ? 0 : free / window.stride[axis] + 1;
    if (node.int("ceil_mode", 0) != 0 && free > 0) growToCeiling(window, axis, extents[axis], free);
    else window.size[axis] = size;
    if (window.size[axis] <= 0) {
      lifting.refuse(node, "a window no larger than the image", `${extents.join(" × ")}`);
      return null;
    }
  }
  return window;
}

/** Rounds the number of steps up, where the last window still begins inside the image. */
function growToCeiling(window: SlidingWindow, axis: i32, extent: i32, free: i32): void {
  const stride = window.stride[axis];
  let size = (free + stride - 1) / stride + 1;
  if ((size - 1) * stride >= extent + window.before[axis]) size--;
  window.size[axis] = size;
  const missing = (size - 1) * stride - free;
  if (missing > 0) window.after[axis] += missing;
}

function padSame(window: SlidingWindow, axis: i32, extent: i32, isUpper: bool): void {
  const steps = (extent + window.stride[axis] - 1) / window.stride[axis];
  const total = max((steps - 1) * window.stride[axis] + window.span(axis) - extent, 0);
  window.before[axis] = isUpper ? total / 2 : total - total / 2;
  window.after[axis] = total - window.before[axis];
}

/** A list of `count` numbers that a window has; `otherwise` for each where it has none. */
export function listOf(
  lifting: Lifting,
  node: OnnxNode,
  name: string,
  count: i32,
  otherwise: i32,
): i32[] | null {
  const given = node.ints(name);
  const values: i32[] = given == null ? new Array<i32>(count).fill(otherwise) : given;
  let isTaken = values.length == count;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < 0 || values[i] > MOST_EXTENT) isTaken = false;
  }
  if (isTaken) return values;
  lifting.refuse(node, `${count} ${name} from 0 to ${MOST_EXTENT}`, values.join(", "));
  return null;
}

function areSteps(values: i32[]): bool {
  for (let i = 0; i < values.length; i++) {
    if (values[i] < 1 || values[i] > MOST_EXTENT) return false;
  }
  return true;
}

/** An image with the window's border, and the kind of padding that is left to its operator. */
export class Bordered {
  constructor(
    public image: Value,
    public padding: Padding,
  ) {}
}

/** `border`: what the pixels around the image hold; 0 for null. */
export function bordered(
  lifting: Lifting,
  image: Value,
  window: SlidingWindow,
  border: Constant | null = null,
): Bordered {
  if (!window.isPadded) return new Bordered(image, Padding.VALID);
  if (window.isSame([image.shape[1], image.shape[2]])) return new Bordered(image, Padding.SAME);
  return new Bordered(padded(lifting, image, window, border), Padding.VALID);
}

/** An image with the window's border around it. */
export function padded(
  lifting: Lifting,
  image: Value,
  window: SlidingWindow,
  border: Constant | null = null,
): Value {
  const shape = image.shape;
  const amounts = Constant.integers(
    // biome-ignore format: axis by axis
    [0, 0, window.before[0], window.after[0], window.before[1], window.after[1], 0, 0],
    [4, 2],
  );
  const larger = [
    shape[0],
    shape[1] + window.before[0] + window.after[0],
    shape[2] + window.before[1] + window.after[1],
    shape[3],
  ];
  const inputs: (Value | null)[] = [image, Value.known("paddings", amounts)];
  if (border != null) inputs.push(Value.known("border", border));
  return lifting.emit(border == null ? Builtin.PAD : Builtin.PADV2, inputs, larger);
}

/** Rows and columns of an image N × C × H × W. */
export function extentsOf(shape: i32[]): i32[] {
  return [shape[2], shape[3]];
}
