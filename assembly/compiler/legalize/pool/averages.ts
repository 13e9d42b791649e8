import { Activation, Padding } from "../../../tflite/schema";
import { Options, Tensor } from "../../graph";
import { Axis } from "../../plan/axis";
import { Convolution } from "../../plan/convolution";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { ConvolutionsPlan, Patch } from "../../plan/plan";
import { isRectified, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeConvolutions } from "../conv/convolutions";
import { convolveEachChannel } from "../conv/dense-expansion";
import { Division } from "./division";

export class Window {
  constructor(
    public rows: i32,
    public columns: i32,
  ) {}

  get pixels(): i32 {
    return this.rows * this.columns;
  }

  /** One window, over the whole image. */
  covers(input: Tensor, output: Tensor): bool {
    const single = output.elements == (input.fromLast(1) as u32);
    return single && this.rows == input.fromLast(3) && this.columns == input.fromLast(2);
  }
}

/** How windows follow each other, and what becomes of their averages. */
export class PoolSteps {
  constructor(
    public strideHeight: i32,
    public strideWidth: i32,
    public padding: Padding,
    public activation: Activation,
  ) {}

  static of(options: Options): PoolSteps {
    const padding = options.padding;
    return new PoolSteps(options.strideHeight, options.strideWidth, padding, options.activation);
  }
}

/** Convolutions that a pool may take whose windows do not all hold as many pixels. */
const MOST_SIZES = 9;

/** Averages over sliding windows. Pixels outside the image do not count. */
export class Averages {
  constructor(
    private input: Tensor,
    private output: Tensor,
    private window: Window,
    private steps: PoolSteps,
    private context: Context,
  ) {}

  /** The sums of all windows, divided by a number of pixels. */
  over(pixels: i32): Convolution {
    const c = new Convolution();
    c.rows.kernel = this.window.rows;
    c.columns.kernel = this.window.columns;
    c.step(this.steps.strideHeight, this.steps.strideWidth);
    c.same = this.steps.padding == Padding.SAME;
    c.measure(this.input, this.output);
    c.outputChannels = this.input.fromLast(1);
    c.relu = isRectified(this.steps.activation);
    c.inputZero = zeroByte(this.input);
    c.outputZero = zeroByte(this.output);
    const division = Division.ofPool(pixels, this.input, this.output);
    convolveEachChannel(c, division.weights(this.window.pixels), this.context.core);
    division.apply(c);
    return c;
  }

  /**
   * SAME padding, which is no part of an average: the sums of all windows, divided by each number
   * of pixels that occurs. The first has the most, which whole windows have.
   */
  legalizeUneven(): Legalization {
    const first = this.over(this.window.pixels);
    const legalization = legalizeConvolutions(
      this.input,
      this.output,
      [first],
      Mark.EXPECTED,
      this.context,
    );
    if (!legalization.isOnNpu) return legalization;
    const rows = stretchesOf(first.rows);
    const columns = stretchesOf(first.columns);
    const sizes: i32[] = [mostPixels(rows) * mostPixels(columns)];
    const patches: Patch[] = [];
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < columns.length; j++) {
        const pixels = rows[i].pixels * columns[j].pixels;
        if (!sizes.includes(pixels)) sizes.push(pixels);
        if (sizes.length > MOST_SIZES)
          return Legalization.onCpu(
            `its windows hold more than ${MOST_SIZES} different numbers of pixels`,
          );
        const source = sizes.indexOf(pixels);
        patches.push(
          new Patch(source, rows[i].first, rows[i].count, columns[j].first, columns[j].count),
        );
      }
    }
    return this.legalize(sizes, patches);
  }

  private legalize(sizes: i32[], patches: Patch[]): Legalization {
    const all: Convolution[] = [];
    for (let i = 0; i < sizes.length; i++) all.push(this.over(sizes[i]));
    const legalization = legalizeConvolutions(
      this.input,
      this.output,
      all,
      Mark.EXPECTED,
      this.context,
    );
    const plan = legalization.plan;
    if (plan != null) (plan as ConvolutionsPlan).patches = patches;
    return legalization;
  }
}

/** Neighbouring windows along an axis that hold equally many pixels. */
class WindowSpan {
  constructor(
    public first: i32,
    public count: i32,
    public pixels: i32,
  ) {}
}

function mostPixels(stretches: WindowSpan[]): i32 {
  let most = 0;
  for (let i = 0; i < stretches.length; i++) most = max(most, stretches[i].pixels);
  return most;
}

function stretchesOf(axis: Axis): WindowSpan[] {
  const stretches: WindowSpan[] = [];
  for (let i = 0; i < axis.output; i++) {
    const from = i * axis.stride - (axis.padding - axis.inset);
    const pixels = min(from + axis.kernel, axis.input) - max(from, 0);
    const last = stretches.length - 1;
    if (last >= 0 && stretches[last].pixels == pixels) stretches[last].count++;
    else stretches.push(new WindowSpan(i, 1, pixels));
  }
  return stretches;
}
