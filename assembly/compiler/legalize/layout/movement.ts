import { isCovered } from "../../../tflite/covers";
import { Operation } from "../../../tflite/operation";
import { Option } from "../../../tflite/option";
import { lengthsAxis, SliceRanges, splitAxis } from "../../../tflite/rules/movement";
import { axisOf } from "../../../tflite/rules/parts";
import { stackedAxis } from "../../../tflite/rules/rearrangement";
import { Builtin } from "../../../tflite/schema";
import { Tensor as Operand } from "../../../tflite/tensor";
import { Operator, Tensor } from "../../graph";
import { whyNoLayout } from "../../plan/layout";
import { Legalization } from "../../plan/legalization";
import { LARGEST_TENSOR } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { blocksOf, Move } from "../../plan/movement";
import { MovementPlan } from "../../plan/plan";
import { isQuantizedByte, sameQuantization } from "../../plan/tensors";
import { Context } from "../context";
import { operationOf } from "../cpu-coverage";

/** Operators that put elements into another order, as blocks whose addresses the TP unit can count out. */

/** Each of them reads and writes a part of the tensor. */
const MOST_JOBS = 64;

type Moves = (operation: Operation) => Move[];

class Movement {
  constructor(
    public code: i32,
    /** None where loops cannot count out the order. */
    public moves: Moves,
    /** The first input with elements to move, and how many such inputs there are; 0: all. */
    public first: i32 = 0,
    public inputs: i32 = 1,
  ) {}
}

// biome-ignore format: a table
const MOVEMENTS: Movement[] = [
  new Movement(Builtin.TRANSPOSE, transpose),
  new Movement(Builtin.SLICE, slice),
  new Movement(Builtin.STRIDED_SLICE, stridedSlice),
  new Movement(Builtin.GATHER, gather),
  new Movement(Builtin.SPLIT, split, 1),
  new Movement(Builtin.SPLIT_V, splitByLengths),
  new Movement(Builtin.UNPACK, unpack),
  new Movement(Builtin.PACK, pack, 0, 0),
  new Movement(Builtin.CONCATENATION, concatenate, 0, 0),
  new Movement(Builtin.TILE, tile),
  new Movement(Builtin.DEPTH_TO_SPACE, depthToSpace),
  new Movement(Builtin.SPACE_TO_DEPTH, spaceToDepth),
  new Movement(Builtin.MIRROR_PAD, mirrorPad),
];

export function legalizeMovement(operator: Operator, context: Context): Legalization {
  const movement = find(operator.code);
  const operation = operationOf(operator, context.graph);
  if (!isCovered(operation))
    return Legalization.onCpu(`it is not ${operation.expected}, but ${operation.found}`);
  const last = movement.inputs == 0 ? operator.inputs.length : movement.first + movement.inputs;
  const inputs = tensorsOf(operator.inputs.slice(movement.first, last), context);
  const outputs = tensorsOf(operator.outputs, context);
  const reason = whyNotMoved(inputs, outputs);
  if (reason != "") return Legalization.onCpu(reason);
  const moves = movement.moves(operation);
  if (moves.length == 0) return Legalization.onCpu("its order is not known before it runs");
  return legalizeMoves(inputs, outputs, moves, context);
}

/** If they are not too many jobs. */
export function legalizeMoves(
  inputs: Tensor[],
  outputs: Tensor[],
  moves: Move[],
  context: Context,
  isForChannels: bool = false,
): Legalization {
  const plan = new MovementPlan(inputs, outputs, moves, isForChannels);
  // Collecting moves stops after so many.
  let jobs = plan.moves.length > MOST_JOBS ? plan.moves.length : 0;
  for (let i = 0; i < plan.moves.length; i++) {
    const move = plan.moves[i];
    if (isReversed(move)) return Legalization.onCpu("it reverses a dimension");
    jobs += jobsOf(move);
    if (jobs > MOST_JOBS) return Legalization.onCpu(`it would take more than ${MOST_JOBS} jobs`);
  }
  return Legalization.onNpu(plan, context.capped(Mark.EXPECTED));
}

function find(code: i32): Movement {
  for (let i = 0; i < MOVEMENTS.length; i++) if (MOVEMENTS[i].code == code) return MOVEMENTS[i];
  return MOVEMENTS[0];
}

function tensorsOf(indices: i32[], context: Context): Tensor[] {
  const tensors: Tensor[] = [];
  for (let i = 0; i < indices.length; i++) tensors.push(context.graph.tensors[indices[i]]);
  return tensors;
}

export function whyNotMoved(inputs: Tensor[], outputs: Tensor[]): string {
  const tensors = inputs.concat(outputs);
  for (let i = 0; i < tensors.length; i++) {
    const tensor = tensors[i];
    if (tensor.isConstant) return "one of its inputs is constant";
    if (!isQuantizedByte(tensor)) return "its tensors are not of 8 bits and one quantization";
    if (!sameQuantization(tensor, tensors[0])) return "it changes the quantization";
    if (tensor.elements == 0) return "one of its tensors is empty";
    if (tensor.elements > LARGEST_TENSOR) return "one of its tensors is too large";
    const reason = whyNoLayout(tensor, i < inputs.length ? "input" : "output");
    if (reason != "") return reason;
  }
  return "";
}

/** A run stays where it is, or is copied in lines. */
function jobsOf(move: Move): i32 {
  const blocks = blocksOf(move, MOST_JOBS);
  if (blocks == null) return MOST_JOBS + 1;
  return move.isRun ? 0 : blocks.length;
}

function isReversed(move: Move): bool {
  for (let i = 0; i < move.strides.length; i++) {
    if (move.strides[i].count > 1 && (move.strides[i].from < 0 || move.strides[i].to < 1))
      return true;
  }
  return false;
}

function transpose(operation: Operation): Move[] {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const move = new Move(0, 0, 0, 0);
  for (let i = 0; i < output.shape.length; i++) {
    const axis = operation.inputs[1].integerAt(i) as i32;
    const from = axis < 0 ? axis + input.shape.length : axis;
    move.along(output.shape[i], input.pitch(from), output.pitch(i));
  }
  return [move];
}

function slice(operation: Operation): Move[] {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const move = new Move(0, 0, 0, 0);
  for (let i = 0; i < input.shape.length; i++) {
    move.start += (operation.inputs[1].integerAt(i) as i32) * input.pitch(i);
    move.along(output.shape[i], input.pitch(i), output.pitch(i));
  }
  return [move];
}

/** Dimensions that shrink have one element, so the output's pitches follow from the counts. */
function stridedSlice(operation: Operation): Move[] {
  const ranges = SliceRanges.of(operation);
  if (ranges == null) return [];
  const input = operation.inputs[0];
  const move = new Move(0, 0, 0, 0);
  let pitch = 1;
  for (let i = input.shape.length - 1; i >= 0; i--) {
    move.start += ranges.begins[i] * input.pitch(i);
    move.along(ranges.counts[i], ranges.strides[i] * input.pitch(i), pitch);
    pitch *= ranges.counts[i];
  }
  return [move];
}

/** A block for every run of indices that are equally far apart. */
function gather(operation: Operation): Move[] {
  const input = operation.inputs[0];
  const indices = operation.inputs[1];
  const moves: Move[] = [];
  if (!indices.isConstant) return moves;
  const axis = axisOf(operation, operation.integer(Option.AXIS), input.shape.length);
  const inner = input.pitch(axis);
  const count = indices.elements as i32;
  const outer = (input.elements as i32) / (inner * input.shape[axis]);
  for (let i = 0; i < count && moves.length <= MOST_JOBS; ) {
    const first = indices.integerAt(i) as i32;
    const step = i + 1 < count ? (indices.integerAt(i + 1) as i32) - first : 1;
    let length = 1;
    while (step > 0 && i + length < count) {
      if ((indices.integerAt(i + length) as i32) != first + length * step) break;
      length++;
    }
    moves.push(
      new Move(0, 0, first * inner, i * inner)
        .along(outer, inner * input.shape[axis], inner * count)
        .along(length, step * inner, inner)
        .along(inner, 1, 1),
    );
    i += length;
  }
  return moves;
}

function split(operation: Operation): Move[] {
  return cut(operation.inputs[1], operation.outputs, splitAxis(operation), 0);
}

function splitByLengths(operation: Operation): Move[] {
  return cut(operation.inputs[0], operation.outputs, lengthsAxis(operation), 0);
}

function unpack(operation: Operation): Move[] {
  const whole = operation.inputs[0];
  return cut(whole, operation.outputs, stackedAxis(operation, whole), 1);
}

function pack(operation: Operation): Move[] {
  const whole = operation.outputs[0];
  return joined(cut(whole, operation.inputs, stackedAxis(operation, whole), 1));
}

function concatenate(operation: Operation): Move[] {
  const whole = operation.outputs[0];
  const axis = axisOf(operation, operation.integer(Option.AXIS), whole.shape.length);
  return joined(cut(whole, operation.inputs, axis, 0));
}

/** The parts of a whole along an axis; `extent` is that of each part, or 0 for its own. */
function cut(whole: Operand, parts: Operand[], axis: i32, extent: i32): Move[] {
  const inner = whole.pitch(axis);
  const line = whole.shape[axis] * inner;
  const outer = (whole.elements as i32) / line;
  const moves: Move[] = [];
  let first = 0;
  for (let i = 0; i < parts.length; i++) {
    const length = (extent > 0 ? extent : parts[i].shape[axis]) * inner;
    moves.push(new Move(0, i, first, 0).along(outer, line, length).along(length, 1, 1));
    first += length;
  }
  return moves;
}

/** The same from the parts to the whole. */
function joined(moves: Move[]): Move[] {
  for (let i = 0; i < moves.length; i++) {
    const cut = moves[i];
    const move = new Move(cut.output, cut.input, cut.end, cut.start);
    for (let j = 0; j < cut.strides.length; j++) {
      const stride = cut.strides[j];
      move.along(stride.count, stride.to, stride.from);
    }
    moves[i] = move;
  }
  return moves;
}

/** A block for every time that the whole tensor is repeated. */
function tile(operation: Operation): Move[] {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const moves: Move[] = [whole(input, output, 0)];
  for (let i = 0; i < input.shape.length; i++) {
    const times = operation.inputs[1].integerAt(i) as i32;
    const single = moves.length;
    for (let j = 1; j < times && moves.length <= MOST_JOBS; j++) {
      const further = j * input.shape[i] * output.pitch(i);
      for (let k = 0; k < single; k++) moves.push(whole(input, output, moves[k].end + further));
    }
  }
  return moves;
}

function whole(input: Operand, output: Operand, end: i32): Move {
  const move = new Move(0, 0, 0, end);
  for (let i = 0; i < input.shape.length; i++) {
    move.along(input.shape[i], input.pitch(i), output.pitch(i));
  }
  return move;
}

function depthToSpace(operation: Operation): Move[] {
  return joined([blocks(operation.outputs[0], operation.inputs[0])]);
}

function spaceToDepth(operation: Operation): Move[] {
  return [blocks(operation.inputs[0], operation.outputs[0])];
}

/** The pixels of a block of the wide image are channels of the deep one. */
function blocks(wide: Operand, deep: Operand): Move {
  const block = wide.shape[1] / deep.shape[1];
  const channels = wide.shape[3];
  return new Move(0, 0, 0, 0)
    .along(wide.shape[0], wide.pitch(0), deep.pitch(0))
    .along(deep.shape[1], block * wide.pitch(1), deep.pitch(1))
    .along(block, wide.pitch(1), block * channels)
    .along(deep.shape[2], block * channels, deep.pitch(2))
    .along(block, channels, channels)
    .along(channels, 1, 1);
}

/** Along each dimension the tensor itself, and a line for each that mirrors another. */
function mirrorPad(operation: Operation): Move[] {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const gap = operation.flag(Option.SYMMETRIC) ? 0 : 1;
  let moves: Move[] = [new Move(0, 0, 0, 0)];
  for (let i = 0; i < input.shape.length; i++) {
    const before = operation.inputs[1].integerAt(2 * i) as i32;
    const extent = input.shape[i];
    const all: Move[] = [];
    for (let j = 0; j < moves.length && all.length <= MOST_JOBS; j++) {
      all.push(extended(moves[j], 0, before, extent, input.pitch(i), output.pitch(i)));
      for (let at = 0; at < output.shape[i] && all.length <= MOST_JOBS; at++) {
        if (at >= before && at < before + extent) continue;
        const from = at < before ? before - at - 1 + gap : 2 * extent - 1 - gap - (at - before);
        all.push(extended(moves[j], from, at, 1, input.pitch(i), output.pitch(i)));
      }
    }
    moves = all;
  }
  return moves;
}

function extended(move: Move, from: i32, to: i32, count: i32, pitch: i32, outPitch: i32): Move {
  const longer = new Move(0, 0, move.start + from * pitch, move.end + to * outPitch);
  longer.strides = move.strides.slice(0);
  return longer.along(count, pitch, outPitch);
}
