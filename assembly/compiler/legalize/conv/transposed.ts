import { isCovered } from "../../../tflite/covers";
import { transposedGeometry } from "../../../tflite/rules/convolutions";
import { Dtype } from "../../../tflite/schema";
import { WindowAxis } from "../../../tflite/window";
import { Operator, Tensor } from "../../graph";
import { Convolution } from "../../plan/convolution";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { Move } from "../../plan/movement";
import { Along, ConcatenationPlan, PaddingPlan } from "../../plan/plan";
import { isRectified, whyNoImage, whyNotFused, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { operationOf } from "../cpu-coverage";
import { legalizeMoves } from "../layout/movement";
import { PlanSequence } from "../sequence";
import { legalizeConvolutions } from "./convolutions";
import { mostBias, whyWrapsWhenScaled } from "./sums";

/**
 * TRANSPOSE_CONV: output pixels with the same remainder by the stride, a *phase*, are an ordinary
 * convolution with every so many of the taps, in reverse. All phases are kernels of one convolution,
 * s · s for each output channel, whose output pixels are then interleaved.
 *
 *     stride 2, 3 taps:   out[2u] = w₀ · x[u] + w₂ · x[u − 1]      out[2u + 1] = w₁ · x[u]
 */
export function legalizeTransposed(operator: Operator, context: Context): Legalization {
  const tensors = context.graph.tensors;
  const weights = tensors[operator.inputs[1]];
  const input = tensors[operator.inputs[2]];
  const output = tensors[operator.outputs[0]];
  const bias =
    operator.inputs.length > 3 && operator.inputs[3] >= 0 ? tensors[operator.inputs[3]] : null;
  const reason = whyNotTransposed(operator, weights, input, output, bias, context);
  if (reason != "") return Legalization.onCpu(reason);
  const geometry = transposedGeometry(operationOf(operator, context.graph));
  if (geometry == null) return Legalization.onCpu("its sizes do not go together");
  const rows = new PhasedAxis(geometry.rows, input.fromLast(3), output.fromLast(3));
  const columns = new PhasedAxis(geometry.columns, input.fromLast(2), output.fromLast(2));
  const units = output.fromLast(1);
  const phases = rows.stride * columns.stride;
  const sequence = new PlanSequence(context);
  const image = padded(input, rows, columns, sequence, context);
  const all = sequence.between([1, rows.steps, columns.steps, units * phases], output);
  const parts: Tensor[] = [];
  const kernels = new Kernels(weights, bias, rows, columns);
  const isSingle = weights.quantization.count == 1;
  const inPart = isSingle ? units : 1;
  for (let first = 0; first < units; first += inPart) {
    const part = isSingle
      ? all
      : sequence.between([1, rows.steps, columns.steps, inPart * phases], output);
    parts.push(part);
    const c = kernels.convolution(first, inPart, image, part);
    c.relu = isRectified(operator.options.activation);
    sequence.add(legalizeConvolutions(image, part, [c], Mark.EXPECTED, context));
  }
  if (!isSingle) {
    const joined = new ConcatenationPlan(parts, all, Along.CHANNELS);
    for (let i = 0; i < parts.length; i++) joined.requantizations.push(null);
    sequence.add(Legalization.onNpu(joined, Mark.PROVEN));
  }
  sequence.add(legalizeMoves([all], [output], interleaved(units, rows, columns), context));
  const legalization = sequence.legalization(input, output);
  const plan = legalization.plan;
  if (plan != null) plan.weightBytes = weights.data.bytes;
  return legalization;
}

/** One for each scale. */
const MOST_CONVOLUTIONS = 64;
const MOST_SUM: i64 = i32.MAX_VALUE;

function whyNotTransposed(
  operator: Operator,
  weights: Tensor,
  input: Tensor,
  output: Tensor,
  bias: Tensor | null,
  context: Context,
): string {
  const broken = whyNoImage(input, "input");
  if (broken != "") return broken;
  const wrong = whyNoImage(output, "output");
  if (wrong != "") return wrong;
  if (!weights.isConstant || (bias != null && !bias.isConstant))
    return "its weights are computed, not constant";
  if (weights.dtype != input.dtype) return "its weights are of another type than its input";
  const operation = operationOf(operator, context.graph);
  if (!isCovered(operation)) return `it is not ${operation.expected}, but ${operation.found}`;
  if (weights.quantization.count > MOST_CONVOLUTIONS)
    return `its weights have ${weights.quantization.count} scales; ${MOST_CONVOLUTIONS} is the most`;
  const unfused = whyNotFused(operator.options.activation, output);
  if (unfused != "") return unfused;
  const fanIn = (weights.elements as i64) / (weights.shape[0] as i64);
  const most = 255 * 255 * fanIn + mostBias(bias);
  if (most > MOST_SUM) return "its sums may exceed 32 bits";
  return whyWrapsWhenScaled(most, input, weights, output);
}

/** Rows or columns. */
class PhasedAxis {
  stride: i32;
  taps: i32;
  /** Taps that one phase has at most. */
  tapsOfPhase: i32;
  /** The output's first pixel, counted from the first that a tap of the image's first reaches. */
  first: i32;
  /** Steps of the convolution that all output pixels take. */
  steps: i32;
  /** Pixels around the image that the convolution reads. */
  before: i32;
  after: i32;

  constructor(
    window: WindowAxis,
    public input: i32,
    public output: i32,
  ) {
    this.stride = window.stride;
    this.taps = window.kernel;
    this.tapsOfPhase = (this.taps + this.stride - 1) / this.stride;
    this.first = window.before % this.stride;
    const skipped = window.before / this.stride;
    this.steps = (this.first + output - 1) / this.stride + 1;
    this.before = this.tapsOfPhase - 1 - skipped;
    this.after = this.steps + this.tapsOfPhase - 1 - input - this.before;
  }

  /** The model's tap at a position of a phase's kernel, −1 where there is none. */
  tapAt(phase: i32, position: i32): i32 {
    const tap = phase + this.stride * (this.tapsOfPhase - 1 - position);
    return tap < this.taps ? tap : -1;
  }

  /** The first step of a phase that gives an output pixel, that pixel, and how many there are. */
  firstStep(phase: i32): i32 {
    return phase < this.first ? 1 : 0;
  }

  pixel(phase: i32): i32 {
    return this.firstStep(phase) * this.stride + phase - this.first;
  }

  count(phase: i32): i32 {
    return (this.output - this.pixel(phase) + this.stride - 1) / this.stride;
  }

  /** How many phases from one on have their pixels side by side, and as many. */
  alike(phase: i32): i32 {
    let next = phase + 1;
    while (
      next < this.stride &&
      this.count(next) == this.count(phase) &&
      this.firstStep(next) == this.firstStep(phase)
    )
      next++;
    return next - phase;
  }
}

function padded(
  input: Tensor,
  rows: PhasedAxis,
  columns: PhasedAxis,
  sequence: PlanSequence,
  context: Context,
): Tensor {
  const top = max(rows.before, 0);
  const left = max(columns.before, 0);
  const bottom = max(rows.after, 0);
  const right = max(columns.after, 0);
  if (min(min(rows.before, rows.after), min(columns.before, columns.after)) < 0)
    sequence.add(Legalization.onCpu("it leaves out pixels of its input"));
  if (top + left + bottom + right == 0) return input;
  const height = rows.input + top + bottom;
  const width = columns.input + left + right;
  const image = sequence.between([1, height, width, input.fromLast(1)], input);
  const plan = new PaddingPlan(input, image, zeroByte(input));
  plan.before[0] = top;
  plan.before[1] = left;
  plan.after[0] = bottom;
  plan.after[1] = right;
  sequence.add(Legalization.onNpu(plan, context.capped(Mark.EXPECTED)));
  return image;
}

/** The kernels of all phases, [unit][phase][row][column][channel]. */
class Kernels {
  private bytes: StaticArray<u8> = [];
  private biases: StaticArray<i32> = [];
  private size: i32 = 0;
  private phases: i32 = 0;
  private channels: i32 = 0;

  constructor(
    private weights: Tensor,
    bias: Tensor | null,
    private rows: PhasedAxis,
    private columns: PhasedAxis,
  ) {
    const units = weights.shape[0];
    this.channels = weights.fromLast(1);
    this.phases = rows.stride * columns.stride;
    this.size = rows.tapsOfPhase * columns.tapsOfPhase * this.channels;
    this.bytes = new StaticArray<u8>(units * this.phases * this.size);
    this.biases = new StaticArray<i32>(units * this.phases);
    const zero = (zeroByte(weights) as u8) ^ this.flip;
    for (let unit = 0; unit < units; unit++) {
      const value = bias == null ? 0 : load<i32>(bias.data.pointer + ((unit as usize) << 2));
      for (let phase = 0; phase < this.phases; phase++) {
        this.biases[unit * this.phases + phase] = value;
        this.fill(unit, phase, zero);
      }
    }
  }

  private get flip(): u8 {
    return this.weights.dtype == Dtype.INT8 ? 0x80 : 0;
  }

  private fill(unit: i32, phase: i32, zero: u8): void {
    const rows = this.rows;
    const columns = this.columns;
    let to = (unit * this.phases + phase) * this.size;
    for (let y = 0; y < rows.tapsOfPhase; y++) {
      const row = rows.tapAt(phase / columns.stride, y);
      for (let x = 0; x < columns.tapsOfPhase; x++, to += this.channels) {
        const column = columns.tapAt(phase % columns.stride, x);
        const isTap = row >= 0 && column >= 0;
        const tap = (unit * rows.taps + row) * columns.taps + column;
        const from = this.weights.data.pointer + tap * this.channels;
        for (let c = 0; c < this.channels; c++)
          this.bytes[to + c] = isTap ? load<u8>(from + c) : zero;
      }
    }
  }

  /** For so many units from one on, which have one scale. */
  convolution(first: i32, units: i32, input: Tensor, output: Tensor): Convolution {
    const scales = this.weights.quantization;
    const c = new Convolution();
    c.rows.kernel = this.rows.tapsOfPhase;
    c.columns.kernel = this.columns.tapsOfPhase;
    c.inputChannels = this.channels;
    c.outputChannels = units * this.phases;
    c.measure(input, output);
    c.inputZero = zeroByte(input);
    c.outputZero = zeroByte(output);
    const product = input.quantization.scale(0) * scales.scale(scales.count == 1 ? 0 : first);
    c.scale = product / output.quantization.scale(0);
    c.roundsTwice = true;
    c.weights.data = changetype<usize>(this.bytes) + first * this.phases * this.size;
    c.weights.bias = changetype<usize>(this.biases) + ((first * this.phases) << 2);
    c.weights.zero = zeroByte(this.weights) as u8;
    c.weights.flip = this.flip;
    c.weights.tapPitch = this.channels;
    c.weights.channelPitch = 1;
    c.weights.kernelPitch = this.size;
    return c;
  }
}

/** Step (v, u) of unit n and phase (q, p) → pixel (s · v + q, s · u + p), from the first on. */
function interleaved(units: i32, rows: PhasedAxis, columns: PhasedAxis): Move[] {
  const phases = rows.stride * columns.stride;
  const step = units * phases;
  const line = columns.output * units;
  const moves: Move[] = [];
  for (let y = 0; y < rows.stride; y += rows.alike(y)) {
    for (let x = 0; x < columns.stride; x += columns.alike(x)) {
      if (rows.count(y) <= 0 || columns.count(x) <= 0) continue;
      const from = rows.firstStep(y) * columns.steps + columns.firstStep(x);
      const start = from * step + y * columns.stride + x;
      const end = rows.pixel(y) * line + columns.pixel(x) * units;
      moves.push(
        new Move(0, 0, start, end)
          .along(rows.count(y), columns.steps * step, rows.stride * line)
          .along(columns.count(x), step, columns.stride * units)
          .along(rows.alike(y), columns.stride, line)
          .along(columns.alike(x), 1, units)
          .along(units, phases, 1),
      );
    }
  }
  return moves;
}
