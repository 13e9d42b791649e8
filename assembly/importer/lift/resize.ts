import { Builtin } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Value } from "../graph/graph";
import { OnnxNode } from "../onnx/model";
import { indices, Lifting } from "./lifting";
import { NHWC } from "./operand";

const MOST_EXTENT: f64 = 65535;

/** New rows and columns, and how many of them stand for one, as the model says. */
class Target {
  size: i32[] = [];
  scales: f64[] = [];
}

/** Resize and its predecessor Upsample, over rows and columns. */
export function liftResize(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const isPlain =
    node.int("antialias", 0) == 0 &&
    node.attribute("axes") == null &&
    node.text("keep_aspect_ratio_policy", "stretch") == "stretch";
  if (operand.rank != 4 || !isPlain) return lifting.refuse(node, "an image, stretched", "another");
  const target = targetOf(lifting, node, operand.shape);
  if (target == null) return false;
  const image = lifting.image(operand);
  const size = target.size;
  const shape = [image.shape[0], size[0], size[1], image.shape[3]];
  const sizes = indices("size", size);
  const mode = node.text("mode", "nearest");
  const position = positionOf(lifting, node);
  const isLinear = mode == "linear" || mode == "bilinear";
  if (!isLinear && mode != "nearest") return lifting.refuse(node, "mode nearest or linear", mode);
  if (!takesPixelsOfTflite(lifting, node, position, image, target, isLinear)) {
    const found = `${position}, ${node.text("nearest_mode", "round_prefer_floor")}`;
    return lifting.refuse(node, "pixels that TFLite takes as well", found);
  }
  if (!isLinear) {
    const nearest = lifting.emit(Builtin.RESIZE_NEAREST_NEIGHBOR, [image, sizes], shape, [0, 0]);
    return lifting.result(node, nearest, NHWC);
  }
  const isAligned = position == "align_corners" ? 1 : 0;
  const isCentred = isHalfPixel(position) ? 1 : 0;
  const options: i32[] = [0, 0, isAligned, isCentred];
  const result = lifting.emit(Builtin.RESIZE_BILINEAR, [image, sizes], shape, options);
  return lifting.result(node, result, NHWC);
}

function isHalfPixel(position: string): bool {
  return position == "half_pixel" || position == "pytorch_half_pixel";
}

function positionOf(lifting: Lifting, node: OnnxNode): string {
  const isOld = node.operator == "Upsample" || lifting.model.opset < 11;
  return node.text("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel");
}

/** Sizes, or scales: an attribute (Upsample 7), input 1 (until 10), or inputs 2 and 3. */
function targetOf(lifting: Lifting, node: OnnxNode, shape: i32[]): Target | null {
  if (lifting.has(node, 3)) return checked(lifting, node, lifting.known(node, 3), shape, false);
  const attribute = node.attribute("scales");
  if (attribute != null) {
    const scales = Constant.floats(attribute.floats, [attribute.floats.length]);
    return checked(lifting, node, scales, shape, true);
  }
  const scales = lifting.known(node, lifting.has(node, 2) ? 2 : 1);
  return checked(lifting, node, scales, shape, true);
}

function checked(
  lifting: Lifting,
  node: OnnxNode,
  values: Constant | null,
  shape: i32[],
  areScales: bool,
): Target | null {
  const target = new Target();
  const count = values == null ? 0 : values.count;
  for (let i = 0; values != null && i < count && count == 4; i++) {
    const given = values.get(i);
    const extent = Math.floor(areScales ? given * (shape[i] as f64) : given);
    const isKept = i >= 2 || extent == (shape[i] as f64);
    if (!isKept || !(extent >= 1) || extent > MOST_EXTENT) {
      lifting.refuse(node, "new rows and columns alone", `${extent}`);
      return null;
    }
    if (i < 2) continue;
    target.size.push(extent as i32);
    target.scales.push(areScales ? given : extent / (shape[i] as f64));
  }
  if (target.size.length == 2) return target;
  lifting.refuse(node, "sizes or scales of four axes", `${count}`);
  return null;
}

/**
 * Whether each pixel comes from where TFLite takes it: by the ratio of sizes, floor(position) for the
 * nearest one.
 */
function takesPixelsOfTflite(
  lifting: Lifting,
  node: OnnxNode,
  position: string,
  image: Value,
  target: Target,
  isLinear: bool,
): bool {
  const isOld = node.operator == "Upsample" || lifting.model.opset < 11;
  const rounding = node.text("nearest_mode", isOld ? "floor" : "round_prefer_floor");
  const known = isHalfPixel(position) || position == "asymmetric" || position == "align_corners";
  for (let axis = 0; axis < 2 && known; axis++) {
    const extent = image.shape[axis + 1];
    const size = target.size[axis];
    const ratio = (size as f64) / (extent as f64);
    for (let i = 0; i < size; i++) {
      const theirs = source(i, target.scales[axis], extent, size, position);
      if (isLinear) {
        const form = position == "pytorch_half_pixel" ? "half_pixel" : position;
        const ours = source(i, ratio, extent, size, form);
        if (Math.abs(inside(ours, extent) - inside(theirs, extent)) > NEAR) return false;
      } else {
        const ours = min(Math.floor((i as f64) / ratio) as i32, extent - 1);
        if (ours != pixel(theirs, rounding, extent)) return false;
      }
    }
  }
  return known;
}

/** Parts of a pixel that make no difference. */
const NEAR: f64 = 1e-4;

function inside(at: f64, extent: i32): f64 {
  return Math.min(Math.max(at, 0), (extent - 1) as f64);
}

/** Where a pixel lies in the source, as ONNX defines Resize. */
function source(index: i32, scale: f64, extent: i32, size: i32, position: string): f64 {
  const at = index as f64;
  if (position == "asymmetric") return at / scale;
  if (position == "align_corners") {
    return size == 1 ? 0 : (at * ((extent - 1) as f64)) / ((size - 1) as f64);
  }
  if (position == "pytorch_half_pixel" && size == 1) return 0;
  return (at + 0.5) / scale - 0.5;
}

function pixel(at: f64, rounding: string, extent: i32): i32 {
  let whole = Math.floor(at);
  if (rounding == "ceil") whole = Math.ceil(at);
  else if (rounding == "round_prefer_ceil") whole = Math.floor(at + 0.5);
  else if (rounding == "round_prefer_floor") whole = Math.ceil(at - 0.5);
  return Math.min(Math.max(whole, 0), (extent - 1) as f64) as i32;
}
