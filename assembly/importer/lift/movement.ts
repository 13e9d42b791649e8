import { Builtin, Dtype } from "../../tflite/schema";
import { Constant, elementsOf, identity, permutedShape } from "../graph/constant";
import { hasManyScales, Value } from "../graph/graph";
import { OnnxNode } from "../onnx/model";
import { publish } from "./binary";
import { axisOf, fits, indices, Lifting, scalar } from "./lifting";
import { NHWC, Operand } from "./operand";
import { regroup } from "./regroup";

export function liftIdentity(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  return operand != null && lifting.define(node, 0, operand);
}

/** Another order of axes, which storage need not follow. */
export function liftTranspose(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  let steps = node.ints("perm");
  if (steps == null) steps = identity(operand.rank).reverse();
  if (!isOrder(steps, operand.rank)) {
    return lifting.refuse(node, `an order of ${operand.rank} axes`, steps.join(", "));
  }
  const order: i32[] = [];
  for (let i = 0; i < operand.rank; i++) order.push(steps.indexOf(operand.order[i]));
  const shape = permutedShape(operand.shape, steps);
  if (operand.constant != null)
    return define(lifting, node, (operand.constant as Constant).permuted(steps), operand);
  return lifting.define(node, 0, Operand.of(operand.value as Value, shape, order));
}

/** A constant, quantized as the operand was; scales of channels have no axis any more. */
function define(lifting: Lifting, node: OnnxNode, constant: Constant, from: Operand): bool {
  const result = Operand.known(constant);
  const quantization = from.quantization;
  if (hasManyScales(quantization)) {
    return lifting.refuse(node, "constants with one scale", "scales for each channel");
  }
  result.quantization = quantization;
  return lifting.define(node, 0, result);
}

function isOrder(order: i32[], rank: i32): bool {
  if (order.length != rank) return false;
  for (let i = 0; i < rank; i++) if (order.indexOf(i) < 0) return false;
  return true;
}

/** Reshape, Flatten, Squeeze and Unsqueeze. */
export function liftReshape(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const shape = targetShape(lifting, node, operand);
  if (shape == null) return false;
  if (elementsOf(shape) != elementsOf(operand.shape)) {
    const found = `${shape.join(" × ")} for ${operand.shape.join(" × ")}`;
    return lifting.refuse(node, "a shape of as many elements", found);
  }
  if (operand.constant != null) {
    return define(lifting, node, (operand.constant as Constant).reshaped(shape), operand);
  }
  return publish(lifting, node, regroup(lifting, operand, shape));
}

function targetShape(lifting: Lifting, node: OnnxNode, operand: Operand): i32[] | null {
  if (node.operator == "Reshape") return reshapeTarget(lifting, node, operand);
  if (node.operator == "Flatten") {
    const axis = min(max(fromEnd(node.int("axis", 1), operand.rank), 0), operand.rank);
    const head = elementsOf(operand.shape.slice(0, axis)) as i32;
    return [head, elementsOf(operand.shape.slice(axis)) as i32];
  }
  const axes = lifting.ints(node, "axes", 1);
  if (node.operator == "Squeeze") return squeezed(operand.shape, axes);
  if (axes == null) {
    lifting.refuse(node, "axes", "none");
    return null;
  }
  return unsqueezed(lifting, node, operand.shape, axes);
}

function fromEnd(axis: i32, rank: i32): i32 {
  return axis < 0 ? axis + rank : axis;
}

function reshapeTarget(lifting: Lifting, node: OnnxNode, operand: Operand): i32[] | null {
  const given = lifting.ints(node, "shape", 1);
  if (given == null) {
    lifting.refuse(node, "a constant shape", "none");
    return null;
  }
  const shape: i32[] = [];
  let open = -1;
  let product: i64 = 1;
  const keepsZero = node.int("allowzero", 0) != 0;
  for (let i = 0; i < given.length; i++) {
    let extent = given[i];
    if (extent == 0 && !keepsZero) extent = i < operand.rank ? operand.shape[i] : 0;
    if (extent == -1 && open < 0) open = i;
    else if (extent < 0) {
      lifting.refuse(node, "one open extent", given.join(" × "));
      return null;
    } else product *= extent;
    shape.push(extent);
  }
  if (open >= 0) shape[open] = product == 0 ? 0 : ((elementsOf(operand.shape) / product) as i32);
  return shape;
}

function squeezed(shape: i32[], axes: i32[] | null): i32[] {
  const result: i32[] = [];
  for (let i = 0; i < shape.length; i++) {
    const isNamed = axes != null && (axes.indexOf(i) >= 0 || axes.indexOf(i - shape.length) >= 0);
    const isDropped = axes == null ? shape[i] == 1 : isNamed;
    if (!isDropped) result.push(shape[i]);
  }
  return result;
}

function unsqueezed(lifting: Lifting, node: OnnxNode, shape: i32[], axes: i32[]): i32[] | null {
  const rank = shape.length + axes.length;
  const result: i32[] = [];
  let next = 0;
  for (let i = 0; i < rank; i++) {
    if (axes.indexOf(i) >= 0 || axes.indexOf(i - rank) >= 0) result.push(1);
    else if (next < shape.length) result.push(shape[next++]);
    else {
      lifting.refuse(node, "axes that differ", axes.join(", "));
      return null;
    }
  }
  return result;
}

export function liftConcat(lifting: Lifting, node: OnnxNode, first: i32, step: i32): bool {
  const head = lifting.operand(node, first);
  if (head == null) return false;
  const axis = axisOf(node.int("axis", 1), head.rank);
  if (axis < 0) return lifting.refuse(node, "an axis of the operands", `${node.int("axis", 1)}`);
  let order = head.order;
  for (let i = first; i < node.inputs.length; i += step) {
    const operand = lifting.operand(node, i);
    if (operand == null) return false;
    if (operand.constant == null) {
      order = operand.order;
      break;
    }
  }
  const values: (Value | null)[] = [];
  let extent: i64 = 0;
  for (let i = first; i < node.inputs.length; i += step) {
    const operand = lifting.operand(node, i);
    if (operand == null) return false;
    for (let j = 0; j < head.rank; j++) {
      if (operand.rank != head.rank || (j != axis && operand.shape[j] != head.shape[j])) {
        return lifting.refuse(
          node,
          "operands of one shape but for the axis",
          operand.shape.join(" × "),
        );
      }
    }
    extent += operand.shape[axis];
    values.push(lifting.stored(operand, order));
  }
  const shape = head.shape.slice(0);
  if (extent > i32.MAX_VALUE) return lifting.refuse(node, "an extent of 31 bits", `${extent}`);
  shape[axis] = extent as i32;
  if (values.length == 1) return lifting.define(node, 0, head);
  const stored = permutedShape(shape, order);
  const result = lifting.emit(Builtin.CONCATENATION, values, stored, [order.indexOf(axis), 0]);
  return lifting.result(node, result, order);
}

export function liftSplit(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const axis = axisOf(node.int("axis", 0), operand.rank);
  if (axis < 0) return lifting.refuse(node, "an axis of the operand", `${node.int("axis", 0)}`);
  let parts = lifting.ints(node, "split", 1);
  const extent = operand.shape[axis];
  if (parts == null) {
    const count = node.outputs.length;
    const size = (extent + count - 1) / count;
    parts = [];
    for (let i = 0; i < count; i++) parts.push(min(size, extent - i * size));
  }
  let begin = 0;
  for (let i = 0; i < node.outputs.length; i++) {
    if (i >= parts.length || parts[i] < 0 || begin + parts[i] > extent) {
      return lifting.refuse(node, `parts of ${extent}`, parts.join(", "));
    }
    const begins: i32[] = [];
    const shape = operand.shape.slice(0);
    for (let j = 0; j < operand.rank; j++) begins.push(j == axis ? begin : 0);
    shape[axis] = parts[i];
    const part = sliced(lifting, operand, begins, shape);
    (part.value as Value).name = node.outputs[i];
    lifting.define(node, i, part);
    begin += parts[i];
  }
  return true;
}

/** A part of a computed operand. */
export function sliced(lifting: Lifting, operand: Operand, begin: i32[], shape: i32[]): Operand {
  const order = operand.order;
  const source = lifting.stored(operand, order);
  const stored = permutedShape(shape, order);
  const from = indices("begin", permutedShape(begin, order));
  const result = lifting.emit(Builtin.SLICE, [source, from, indices("size", stored)], stored);
  return Operand.of(result, shape, order);
}

/** What a Slice takes of each dimension: from `begin` on, before `end`, every `stride`-th. */
class SliceRange {
  begin: i32[] = [];
  end: i32[] = [];
  stride: i32[] = [];

  constructor(private extents: i32[]) {
    for (let i = 0; i < extents.length; i++) {
      this.begin.push(0);
      this.end.push(extents[i]);
      this.stride.push(1);
    }
  }

  /** Ends beyond the operand end there. */
  set(axis: i32, begin: i32, end: i32, stride: i32): void {
    const extent = this.extents[axis];
    this.begin[axis] = bound(begin, extent);
    this.end[axis] = max(bound(end, extent), this.begin[axis]);
    this.stride[axis] = stride;
  }

  get shape(): i32[] {
    const shape: i32[] = [];
    for (let i = 0; i < this.extents.length; i++) {
      const stride = this.stride[i];
      shape.push((this.end[i] - this.begin[i] + stride - 1) / stride);
    }
    return shape;
  }

  get isPlain(): bool {
    for (let i = 0; i < this.stride.length; i++) if (this.stride[i] != 1) return false;
    return true;
  }
}

/** Slice: attributes until opset 9, inputs from 10 on. */
export function liftSlice(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const range = sliceRange(lifting, node, operand);
  if (range == null) return false;
  if (range.isPlain) {
    return publish(lifting, node, sliced(lifting, operand, range.begin, range.shape));
  }
  const order = operand.order;
  const inputs: (Value | null)[] = [
    lifting.stored(operand, order),
    indices("begin", permutedShape(range.begin, order)),
    indices("end", permutedShape(range.end, order)),
    indices("strides", permutedShape(range.stride, order)),
  ];
  const stored = permutedShape(range.shape, order);
  const result = lifting.emit(Builtin.STRIDED_SLICE, inputs, stored, [0, 0, 0, 0, 0]);
  return lifting.result(node, result, order);
}

/** Null with a refusal recorded. */
function sliceRange(lifting: Lifting, node: OnnxNode, operand: Operand): SliceRange | null {
  const starts = lifting.ints(node, "starts", 1);
  const ends = lifting.ints(node, "ends", 2);
  if (starts == null || ends == null || starts.length != ends.length) {
    lifting.refuse(node, "constant bounds", "others");
    return null;
  }
  const axes = lifting.ints(node, "axes", 3);
  const steps = lifting.known(node, 4);
  const isComplete =
    (axes == null || axes.length == starts.length) &&
    (steps == null || steps.count == starts.length);
  if (!isComplete) {
    lifting.refuse(node, "an axis and a step for each bound", "others");
    return null;
  }
  const range = new SliceRange(operand.shape);
  for (let i = 0; i < starts.length; i++) {
    const axis = axisOf(axes != null ? axes[i] : i, operand.rank);
    const step = steps != null ? steps.int(i) : 1;
    if (axis < 0) lifting.refuse(node, "an axis of the operand", `${i}`);
    else if (step < 1) lifting.refuse(node, "steps from 1 on", `${step}`);
    if (axis < 0 || step < 1) return null;
    range.set(axis, starts[i], ends[i], step);
  }
  return range;
}

export function bound(index: i32, extent: i32): i32 {
  const positive = index < 0 ? (index as i64) + extent : (index as i64);
  return max(min(positive, extent as i64), 0) as i32;
}

/** Gather by constant indices, a single one or a row. */
export function liftGather(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  const chosen = lifting.known(node, 1);
  if (operand == null || chosen == null) return false;
  const axis = axisOf(node.int("axis", 0), operand.rank);
  if (axis < 0 || chosen.shape.length > 1) return lifting.refuse(node, "a row of indices", "more");
  const extent = operand.shape[axis];
  const rows: i32[] = [];
  for (let i = 0; i < chosen.count; i++) {
    const row = fromEnd(chosen.int(i), extent);
    if (row < 0 || row >= extent) return lifting.refuse(node, `indices below ${extent}`, `${row}`);
    rows.push(row);
  }
  const shape = operand.shape.slice(0);
  shape[axis] = rows.length;
  const part = isRow(rows)
    ? sliced(lifting, operand, beginOf(operand.rank, axis, rows), shape)
    : gathered(lifting, operand, axis, rows, shape);
  if (chosen.shape.length == 1) return publish(lifting, node, part);
  const without: i32[] = [];
  for (let i = 0; i < shape.length; i++) if (i != axis) without.push(shape[i]);
  return publish(lifting, node, regroup(lifting, part, without));
}

function isRow(rows: i32[]): bool {
  for (let i = 1; i < rows.length; i++) if (rows[i] != rows[i - 1] + 1) return false;
  return rows.length > 0;
}

function beginOf(rank: i32, axis: i32, rows: i32[]): i32[] {
  const begin: i32[] = [];
  for (let i = 0; i < rank; i++) begin.push(i == axis ? rows[0] : 0);
  return begin;
}

function gathered(
  lifting: Lifting,
  operand: Operand,
  axis: i32,
  rows: i32[],
  shape: i32[],
): Operand {
  const order = operand.order;
  const source = lifting.stored(operand, order);
  const stored = permutedShape(shape, order);
  const options: i32[] = [order.indexOf(axis), 0];
  const result = lifting.emit(Builtin.GATHER, [source, indices("rows", rows)], stored, options);
  return Operand.of(result, shape, order);
}

/** Pad: attributes until opset 10, inputs from 11 on. */
export function liftPad(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const named = node.attribute("paddings") != null ? "paddings" : "pads";
  const pads = lifting.ints(node, named, 1);
  const mode = node.text("mode", "constant");
  const isMirror = mode == "reflect";
  const isKnown = isMirror || mode == "constant";
  if (pads == null || pads.length != 2 * operand.rank || !isKnown || lifting.has(node, 3)) {
    return lifting.refuse(node, "constant pads for each axis", `mode ${mode}`);
  }
  const border = lifting.known(node, 2);
  const value =
    border != null && border.count == 1 ? (border.get(0) as f32) : node.float("value", 0);
  const order = operand.order;
  const amounts: i32[] = [];
  const shape: i32[] = [];
  for (let i = 0; i < operand.rank; i++) {
    const axis = order[i];
    const before = pads[axis];
    const after = pads[axis + operand.rank];
    if (isMirror && max(before, after) >= operand.shape[axis]) {
      return lifting.refuse(node, "pads inside the operand", `${max(before, after)}`);
    }
    if (before < 0 || after < 0)
      return lifting.refuse(node, "pads from 0 on", `${min(before, after)}`);
    amounts.push(before);
    amounts.push(after);
    shape.push(operand.shape[axis] + before + after);
  }
  if (!fits(shape)) return lifting.refuse(node, "a shape that fits into memory", shape.join(" × "));
  const paddings = Value.known("paddings", Constant.integers(amounts, [operand.rank, 2]));
  const inputs: (Value | null)[] = [lifting.stored(operand, order), paddings];
  if (isMirror)
    return lifting.result(node, lifting.emit(Builtin.MIRROR_PAD, inputs, shape, [0]), order);
  if (value != 0) inputs.push(scalar(value));
  const result = lifting.emit(value == 0 ? Builtin.PAD : Builtin.PADV2, inputs, shape);
  return lifting.result(node, result, order);
}

/** Its square is a number of 32 bits. */
const MOST_BLOCK = 32767;

/** DepthToSpace and SpaceToDepth; TFLite has the order of channels that ONNX calls DCR. */
export function liftBlocks(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const block = node.int("blocksize", 0);
  const toSpace = node.operator == "DepthToSpace";
  if (operand.rank != 4 || block < 1 || block > MOST_BLOCK)
    return lifting.refuse(node, "an image and a block", `${block}`);
  const area = block * block;
  const divides = toSpace
    ? operand.shape[1] % area == 0
    : operand.shape[2] % block == 0 && operand.shape[3] % block == 0;
  if (!divides) return lifting.refuse(node, "whole blocks", operand.shape.join(" × "));
  let source = lifting.image(operand);
  if (toSpace && node.text("mode", "DCR") == "CRD") source = interleaved(lifting, source, area);
  const shape = toSpace
    ? [source.shape[0], source.shape[1] * block, source.shape[2] * block, source.shape[3] / area]
    : [source.shape[0], source.shape[1] / block, source.shape[2] / block, source.shape[3] * area];
  const code = toSpace ? Builtin.DEPTH_TO_SPACE : Builtin.SPACE_TO_DEPTH;
  return lifting.result(node, lifting.emit(code, [source], shape, [block]), NHWC);
}

/** Channels c · area + i become i · channels + c. */
function interleaved(lifting: Lifting, image: Value, area: i32): Value {
  const channels = image.shape[3] / area;
  const rows: i32[] = [];
  for (let i = 0; i < area; i++) for (let c = 0; c < channels; c++) rows.push(c * area + i);
  return lifting.emit(Builtin.GATHER, [image, indices("channels", rows)], image.shape, [3, 0]);
}

export function liftExpand(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  const target = lifting.known(node, 1);
  if (operand == null || target == null) return false;
  const source = lifting.plain(operand);
  const wanted = target.ints();
  const rank = max(wanted.length, operand.rank);
  const shape: i32[] = [];
  for (let i = 0; i < rank; i++) {
    const own = i < rank - operand.rank ? 1 : operand.shape[i - (rank - operand.rank)];
    const other = i < rank - wanted.length ? 1 : wanted[i - (rank - wanted.length)];
    if (own != other && own != 1 && other != 1) {
      return lifting.refuse(node, "a shape to broadcast to", wanted.join(" × "));
    }
    shape.push(own == 1 ? other : own);
  }
  if (!fits(shape)) return lifting.refuse(node, "a shape that fits into memory", shape.join(" × "));
  const result = lifting.emit(Builtin.BROADCAST_TO, [source, indices("shape", shape)], shape);
  return lifting.result(node, result, identity(rank));
}

export function liftTile(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  const repeats = lifting.known(node, 1);
  if (operand == null || repeats == null) return false;
  if (repeats.count != operand.rank) return lifting.refuse(node, "repeats for each axis", "others");
  const times = repeats.ints();
  const shape: i32[] = [];
  for (let i = 0; i < operand.rank; i++) {
    const axis = operand.order[i];
    if (times[axis] < 0 || (times[axis] as i64) * operand.shape[axis] > i32.MAX_VALUE) {
      return lifting.refuse(node, "repeats from 0 on", `${times[axis]}`);
    }
    shape.push(operand.shape[axis] * times[axis]);
  }
  if (!fits(shape)) return lifting.refuse(node, "a shape that fits into memory", shape.join(" × "));
  const steps = indices("repeats", permutedShape(times, operand.order));
  const source = lifting.stored(operand, operand.order);
  return lifting.result(node, lifting.emit(Builtin.TILE, [source, steps], shape), operand.order);
}

/** Between types of real numbers a cast is none; others only steer, and are folded. */
export function liftCast(lifting: Lifting, node: OnnxNode): bool {
  const to = node.int("to", 1);
  if (to != 1 && to != 10 && to != 11)
    return lifting.refuse(node, "a cast of real numbers", `${to}`);
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  const value = operand.value;
  if (value != null && value.dtype != Dtype.FLOAT32) {
    return lifting.refuse(node, "a cast of real numbers", "one of whole numbers");
  }
  return lifting.define(node, 0, operand);
}
