import { Dtype } from "../../../tflite/schema";
import { Operator, Tensor } from "../../graph";
import { Convolution } from "../../plan/convolution";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { Move } from "../../plan/movement";
import { Along, ConcatenationPlan } from "../../plan/plan";
import { Context } from "../context";
import { legalizeConvolutions } from "../conv/convolutions";
import { convolveEachChannel } from "../conv/dense-expansion";
import { PlanSequence } from "../sequence";
import { legalizeMoves } from "./movement";

/**
 * RESIZE_BILINEAR by whole factors: all output pixels with the same remainder by the factor, a
 * *phase*, are a depthwise convolution of the image with fixed weights. The image gets its edges once
 * more around it, as what lies outside counts as the pixel at the edge, and the phases are interleaved.
 *
 *     factor 2, pixels' centres:   phase 0:  ¼ a + ¾ b      phase 1:  ¾ b + ¼ c      of … a b c …
 *     factor 2, pixels' corners:   phase 0:  b              phase 1:  ½ b + ½ c
 */
export function legalizeInterpolation(
  operator: Operator,
  input: Tensor,
  output: Tensor,
  context: Context,
): Legalization {
  const rows = new Phases(operator, input.fromLast(3), output.fromLast(3));
  const columns = new Phases(operator, input.fromLast(2), output.fromLast(2));
  if (rows.factor == 0 || columns.factor == 0)
    return Legalization.onCpu(`it interpolates by other factors than ${FACTORS}`);
  const channels = input.fromLast(1);
  const sequence = new PlanSequence(context);
  const image = edged(input, rows, columns, sequence, context);
  const parts: Tensor[] = [];
  const phases = rows.factor * columns.factor;
  const all = sequence.between([1, rows.input, columns.input, phases * channels], input);
  for (let i = 0; i < phases; i++) {
    const part = sequence.between([1, rows.input, columns.input, channels], input);
    parts.push(part);
    sequence.add(phase(i, image, part, rows, columns, context));
  }
  const joined = new ConcatenationPlan(parts, all, Along.CHANNELS);
  for (let i = 0; i < phases; i++) joined.requantizations.push(null);
  sequence.add(Legalization.onNpu(joined, Mark.PROVEN));
  const moves = interleaved(channels, rows, columns);
  sequence.add(legalizeMoves([all], [output], moves, context));
  return sequence.legalization(input, output);
}

const FACTORS: string = "1, 2, 4 and 8";
// With a factor of 8, the largest weight is 15 · 15.

/** One axis of a resize. */
class Phases {
  /** Output pixels for one of the input; 0: it is none of those that are known. */
  factor: i32 = 0;
  /** Steps of the weights from 0 to 1. */
  unit: i32 = 1;
  /** Copies of the pixels at the edges. */
  before: i32 = 0;
  after: i32 = 0;
  private isCentred: bool;

  constructor(
    operator: Operator,
    public input: i32,
    public output: i32,
  ) {
    this.isCentred = operator.options.halfPixelCenters;
    this.factor = factorOf(operator, input, output);
    if (this.factor > 1) {
      this.unit = this.isCentred ? 2 * this.factor : this.factor;
      this.before = this.isCentred ? 1 : 0;
      this.after = 1;
    }
  }

  get taps(): i32 {
    return 1 + this.before + this.after;
  }

  /** Of the taps around an input pixel, for one of its output pixels. */
  weight(phase: i32, tap: i32): i32 {
    const distance = this.isCentred ? 2 * phase + 1 - this.factor : phase;
    const position = tap - this.before;
    if (this.factor == 1) return 1;
    if (position == 0) return this.unit - abs(distance);
    return max(position * distance, 0);
  }

  /** Output pixels of a phase. */
  count(phase: i32): i32 {
    return (this.output - phase + this.factor - 1) / this.factor;
  }
}

/** 0 where positions do not repeat from one input pixel to the next. */
function factorOf(operator: Operator, input: i32, output: i32): i32 {
  const options = operator.options;
  if (options.alignCorners && options.halfPixelCenters) return 0;
  const isAligned = options.alignCorners && output > 1;
  const from = isAligned ? input - 1 : input;
  const to = isAligned ? output - 1 : output;
  if (from < 1 || to % from != 0) return 0;
  const factor = to / from;
  // TFLite counts positions in 1024ths or in float32, in which only these are exact.
  return factor == 1 || factor == 2 || factor == 4 || factor == 8 ? factor : 0;
}

/** The image with its edges once more; itself if there is no need. */
function edged(
  input: Tensor,
  rows: Phases,
  columns: Phases,
  sequence: PlanSequence,
  context: Context,
): Tensor {
  if (rows.taps == 1 && columns.taps == 1) return input;
  const width = columns.input + columns.taps - 1;
  const height = rows.input + rows.taps - 1;
  const channels = input.fromLast(1);
  const output = sequence.between([1, height, width, channels], input);
  const downs = piecesOf(rows);
  const acrosses = piecesOf(columns);
  const moves: Move[] = [];
  for (let i = 0; i < downs.length; i++) {
    for (let j = 0; j < acrosses.length; j++) {
      const y = downs[i];
      const x = acrosses[j];
      const start = (y.from * columns.input + x.from) * channels;
      const end = (y.to * width + x.to) * channels;
      moves.push(
        new Move(0, 0, start, end)
          .along(y.count, y.step * columns.input * channels, y.stepTo * width * channels)
          .along(x.count, x.step * channels, x.stepTo * channels)
          .along(channels, 1, 1),
      );
    }
  }
  sequence.add(legalizeMoves([input], [output], moves, context, true));
  return output;
}

/** Equally distant pixels of an axis, and where they go. */
class Piece {
  constructor(
    public count: i32,
    public from: i32,
    public step: i32,
    public to: i32,
    public stepTo: i32,
  ) {}
}

/** All pixels, and those at the edges: both at once. */
function piecesOf(axis: Phases): Piece[] {
  const last = axis.input - 1;
  const pieces = [new Piece(axis.input, 0, 1, axis.before, 1)];
  const end = axis.before + axis.input;
  if (axis.before == 0) {
    if (axis.after > 0) pieces.push(new Piece(1, last, 1, end, 1));
  } else if (last > 0) {
    pieces.push(new Piece(2, 0, last, 0, end));
  } else {
    pieces.push(new Piece(1, 0, 1, 0, 1));
    pieces.push(new Piece(1, 0, 1, end, 1));
  }
  return pieces;
}

function phase(
  index: i32,
  image: Tensor,
  part: Tensor,
  rows: Phases,
  columns: Phases,
  context: Context,
): Legalization {
  const c = new Convolution();
  c.rows.kernel = rows.taps;
  c.columns.kernel = columns.taps;
  c.measure(image, part);
  c.outputChannels = image.fromLast(1);
  // TFLite rounds ties of stored values away from 0, which counting from there does as well.
  c.inputZero = c.outputZero = image.dtype == Dtype.INT8 ? 128 : 0;
  c.scale = (1.0 / ((rows.unit * columns.unit) as f64)) as f32;
  const weights = new StaticArray<u8>(rows.taps * columns.taps);
  for (let y = 0; y < rows.taps; y++) {
    for (let x = 0; x < columns.taps; x++) {
      const down = rows.weight(index / columns.factor, y);
      weights[y * columns.taps + x] = (down * columns.weight(index % columns.factor, x)) as u8;
    }
  }
  convolveEachChannel(c, weights, context.core);
  return legalizeConvolutions(image, part, [c], Mark.EXPECTED, context);
}

/** A block for all phases that have as many pixels; the output may end before the last. */
function interleaved(channels: i32, rows: Phases, columns: Phases): Move[] {
  const phases = rows.factor * columns.factor;
  const pixel = phases * channels;
  const width = columns.output * channels;
  const moves: Move[] = [];
  for (let y = 0; y < rows.factor; ) {
    const down = alike(rows, y);
    for (let x = 0; x < columns.factor; ) {
      const across = alike(columns, x);
      moves.push(
        new Move(0, 0, (y * columns.factor + x) * channels, y * width + x * channels)
          .along(rows.count(y), columns.input * pixel, rows.factor * width)
          .along(columns.count(x), pixel, columns.factor * channels)
          .along(down, columns.factor * channels, width)
          .along(across, channels, channels)
          .along(channels, 1, 1),
      );
      x += across;
    }
    y += down;
  }
  return moves;
}

/** How many phases from one on have as many pixels. */
function alike(axis: Phases, first: i32): i32 {
  let next = first + 1;
  while (next < axis.factor && axis.count(next) == axis.count(first)) next++;
  return next - first;
}
