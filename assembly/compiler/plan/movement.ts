import { Tensor } from "../graph";
import { LONGEST_WINDOW, MOST_PLANES, WIDEST_PITCH } from "./limits";

/** One dimension of a block of elements: how many, and how far apart in either tensor. */
export class Stride {
  constructor(
    public count: i32,
    public from: i32,
    public to: i32,
  ) {}
}

/**
 * A block of elements that goes from a position in one tensor to a position in another. Both count
 * elements in the model's order, which a RESHAPE does not change.
 *
 *     to[end + Σ i·to] = from[start + Σ i·from]      for all i of all dimensions
 */
export class Move {
  /** In any order. */
  strides: Stride[] = [];

  constructor(
    /** Which of the plan's inputs and outputs. */
    public input: i32,
    public output: i32,
    public start: i32,
    public end: i32,
  ) {}

  along(count: i32, from: i32, to: i32): this {
    this.strides.push(new Stride(count, from, to));
    return this;
  }

  get elements(): i32 {
    let product = 1;
    for (let i = 0; i < this.strides.length; i++) product *= this.strides[i].count;
    return product;
  }

  /** Whether the elements follow each other on both sides. */
  get isRun(): bool {
    const strides = merged(this.strides);
    return strides.length == 0 || (strides.length == 1 && isUnit(strides[0]));
  }

  /** The same move where one or both tensors are planar; null where no strides express it. */
  arranged(planarInput: Tensor | null, planarOutput: Tensor | null): Move | null {
    const move = new Move(this.input, this.output, this.start, this.end);
    move.strides = this.strides;
    if (planarInput != null && !move.makePlanar(planarInput, false)) return null;
    if (planarOutput != null && !move.makePlanar(planarOutput, true)) return null;
    return move;
  }

  /**
   * Address p · channels + c becomes c · pixels + p: every stride must go from pixel to pixel, or
   * from channel to channel of the same pixel. One that does both is cut in two.
   */
  private makePlanar(tensor: Tensor, isOutput: bool): bool {
    const channels = tensor.fromLast(1);
    const pixels = (tensor.elements as i32) / channels;
    const first = isOutput ? this.end : this.start;
    let channel = first % channels;
    const planar: Stride[] = [];
    for (let i = 0; i < this.strides.length; i++) {
      const stride = this.strides[i];
      if (stride.count == 1) continue;
      const pitch = isOutput ? stride.to : stride.from;
      const other = isOutput ? stride.from : stride.to;
      if (pitch % channels == 0) {
        planar.push(strideOf(stride.count, pitch / channels, other, isOutput));
        continue;
      }
      let within = stride.count;
      if (pitch * within > channels && channels % pitch == 0 && within % (channels / pitch) == 0) {
        within = channels / pitch;
        planar.push(strideOf(stride.count / within, 1, other * within, isOutput));
      }
      planar.push(strideOf(within, pitch * pixels, other, isOutput));
      channel += (within - 1) * pitch;
    }
    if (channel >= channels) return false;
    this.strides = planar;
    const planarFirst = (first % channels) * pixels + first / channels;
    if (isOutput) this.end = planarFirst;
    else this.start = planarFirst;
    return true;
  }
}

function strideOf(count: i32, pitch: i32, other: i32, isOutput: bool): Stride {
  return isOutput ? new Stride(count, other, pitch) : new Stride(count, pitch, other);
}

function isUnit(stride: Stride): bool {
  return stride.from == 1 && stride.to == 1;
}

/** Innermost in the input first, without single ones, and neighbours that continue each other as one. */
function merged(strides: Stride[]): Stride[] {
  const sorted: Stride[] = [];
  for (let i = 0; i < strides.length; i++) {
    const stride = strides[i];
    if (stride.count == 1) continue;
    sorted.push(stride);
    let at = sorted.length - 1;
    for (; at > 0 && sorted[at - 1].from > stride.from; at--) sorted[at] = sorted[at - 1];
    sorted[at] = stride;
  }
  const result: Stride[] = [];
  for (let i = 0; i < sorted.length; i++) {
    const outer = sorted[i];
    const last = result.length - 1;
    const continues =
      last >= 0 &&
      outer.from == result[last].from * result[last].count &&
      outer.to == result[last].to * result[last].count;
    if (!continues) result.push(outer);
    else
      result[last] = new Stride(
        result[last].count * outer.count,
        result[last].from,
        result[last].to,
      );
  }
  return result;
}

/** What one TP job moves: it reads x, y and z, and counts out the addresses with a loop for each stride. */
export class MoveBlock {
  x: i32 = 1;
  y: i32 = 1;
  z: i32 = 1;
  rowPitch: i32 = 1;
  planePitch: i32 = 1;

  constructor(
    public start: i32,
    public end: i32,
    /** Innermost first. */
    public loops: Stride[],
  ) {}

  get elements(): i32 {
    return this.x * this.y * this.z;
  }
}

/** Loops that count to an end. */
const MOST_LOOPS = 6;

/** The jobs of a move, or null if they are more than `most`. */
export function blocksOf(move: Move, most: i32): MoveBlock[] | null {
  const blocks: MoveBlock[] = [];
  return collect(move.start, move.end, merged(move.strides), most, blocks) ? blocks : null;
}

function collect(start: i32, end: i32, strides: Stride[], most: i32, blocks: MoveBlock[]): bool {
  for (let i = 0; i < strides.length; i++) {
    if (strides[i].count > LONGEST_WINDOW) return collectLong(start, end, strides, i, most, blocks);
  }
  const block = new MoveBlock(start, end, strides);
  if (strides.length <= MOST_LOOPS && readsAll(block, strides)) {
    blocks.push(block);
    return blocks.length <= most;
  }
  const outer = leastOuter(strides);
  const stride = strides[outer];
  if (blocks.length + stride.count > most) return false;
  const inner = strides.slice(0, outer).concat(strides.slice(outer + 1));
  for (let i = 0; i < stride.count; i++) {
    if (!collect(start + i * stride.from, end + i * stride.to, inner, most, blocks)) return false;
  }
  return true;
}

/** Makes two loops of one that is too long, of the largest count that divides it, or splits off the remainder. */
function collectLong(
  start: i32,
  end: i32,
  strides: Stride[],
  i: i32,
  most: i32,
  blocks: MoveBlock[],
): bool {
  const long = strides[i];
  let inner = LONGEST_WINDOW;
  while (inner > 1 && long.count % inner != 0) inner--;
  const before = strides.slice(0, i);
  const behind = strides.slice(i + 1);
  if (inner >= LEAST_DIVISOR) {
    const outer = new Stride(long.count / inner, long.from * inner, long.to * inner);
    const two = [new Stride(inner, long.from, long.to), outer];
    return collect(start, end, before.concat(two).concat(behind), most, blocks);
  }
  const whole = long.count - (long.count % LONGEST_WINDOW);
  const first = [new Stride(whole, long.from, long.to)];
  const rest = merged([new Stride(long.count - whole, long.from, long.to)]);
  return (
    collect(start, end, before.concat(first).concat(behind), most, blocks) &&
    collect(
      start + whole * long.from,
      end + whole * long.to,
      before.concat(rest).concat(behind),
      most,
      blocks,
    )
  );
}

/** Shorter lines than that are not worth avoiding a second job. */
const LEAST_DIVISOR = 64;

/** Lets the block's x, y and z take all strides, as far as one continues the other; false if some are left. */
function readsAll(block: MoveBlock, strides: Stride[]): bool {
  let next = 0;
  if (strides.length > 0 && strides[0].from == 1) {
    const taken = takeAxis(strides, 0, LONGEST_WINDOW);
    block.x = productOf(strides, 0, taken);
    next = taken;
  }
  block.rowPitch = block.x;
  if (next < strides.length && strides[next].from <= WIDEST_PITCH) {
    const taken = takeAxis(strides, next, LONGEST_WINDOW);
    block.y = productOf(strides, next, taken);
    block.rowPitch = strides[next].from;
    next = taken;
  }
  block.planePitch = block.rowPitch * block.y;
  if (next < strides.length) {
    const taken = takeAxis(strides, next, MOST_PLANES);
    block.z = productOf(strides, next, taken);
    block.planePitch = strides[next].from;
    next = taken;
  }
  return next == strides.length;
}

/** The first stride after those that continue each other from `first` on, as many as `most` elements hold. */
function takeAxis(strides: Stride[], first: i32, most: i32): i32 {
  let count = strides[first].count;
  let next = first + 1;
  while (next < strides.length) {
    const stride = strides[next];
    if (stride.from != strides[first].from * count || count * stride.count > most) break;
    count *= stride.count;
    next++;
  }
  return next;
}

function productOf(strides: Stride[], from: i32, to: i32): i32 {
  let product = 1;
  for (let i = from; i < to; i++) product *= strides[i].count;
  return product;
}

/** The shortest of all loops but the innermost. */
function leastOuter(strides: Stride[]): i32 {
  let least = strides.length - 1;
  for (let i = 1; i < strides.length; i++) if (strides[i].count < strides[least].count) least = i;
  return least;
}
