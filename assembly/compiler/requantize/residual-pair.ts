import { toByte } from "../../diagnostics/narrow";
import { Core } from "../../targets/cores";
import { isKnownToFail, MOST_KERNEL_PLANES } from "../legalize/conv/rules";
import { isNative, markOf } from "../legalize/conv/strategy";
import { Axis, LARGEST_KERNEL } from "../plan/axis";
import { Convolution, Striding } from "../plan/convolution";
import { LARGEST_TENSOR, MOST_CHANNELS } from "../plan/limits";
import { Mark } from "../plan/mark";
import { ResidualPair } from "../plan/residual-pair";
import { NO_TAP, tapAt } from "../plan/taps";
import { LARGEST_WEIGHT, ResidualWindows } from "./residual-windows";

/**
 * Makes a residual pair for some kernels of a layer. To make the main convolution's weights finer
 * still, the image is there several times. The residual has a channel for every kernel and window.
 */
export class ResidualPairBuilder extends ResidualPair {
  constructor(
    private whole: Convolution,
    /** Which of its kernels, and how many. */
    first: i32,
    public count: i32,
    inputCopies: i32,
    public windows: ResidualWindows,
    core: Core,
  ) {
    const residual = residualOf(whole, count, windows.count, core);
    const main = mainOf(whole, residual, count, inputCopies);
    super(residual, main, first, whole.depthwise ? first : 0, inputCopies);
  }

  /** The weaker mark of both. */
  markOn(core: Core): Mark {
    // Kernels over several planes have kept their first pixels where nearly all weights are zeros.
    const isUsual = this.main.side == 1 || this.main.striding == Striding.NONE;
    const mark = max<i32>(markOf(this.residual, core), markOf(this.main, core));
    return max<i32>(mark, isUsual ? Mark.PROVEN : Mark.EXPECTED) as Mark;
  }

  /** Bytes that the weights of both take, zeros included. */
  get weightBytes(): u64 {
    const main = this.main;
    const taps = (main.side * main.side) as u64;
    return 2 * taps * (main.inputChannels as u64) * (main.outputChannels as u64);
  }

  /** Multiply-accumulates of the main one, those with zeros included. */
  get macs(): u64 {
    const main = this.main;
    const kept: u64 = main.striding == Striding.FIRST_PIXEL ? 4 : 1;
    return main.macs * kept;
  }

  /** Of both. */
  get allMacs(): u64 {
    return this.macs + this.residual.macs;
  }

  /** Whether both are within the limits of what the NPU is given. */
  isPossibleOn(core: Core): bool {
    const c = this.whole;
    if (c.isDense || c.blankPlane || c.planeSide > LARGEST_KERNEL) return false;
    if (!findsResidual(c, c.rows) || !findsResidual(c, c.columns)) return false;
    if (c.depthwise && c.isRearranged) return false;
    if (this.windows.weight > LARGEST_WEIGHT) return false;
    const main = this.main;
    if (main.inputChannels > MOST_CHANNELS) return false;
    if ((main.inputChannels as u64) * (main.outputChannels as u64) > MOST_KERNEL_PLANES)
      return false;
    const area = (main.rows.input as u64) * (main.columns.input as u64);
    if (area * (main.inputChannels as u64) > (LARGEST_TENSOR as u64)) return false;
    return !isKnownToFail(this.residual, core) && !isKnownToFail(main, core);
  }

  /**
   * Takes the weights of all kernels in the model's layout, those of the main one for each
   * reading, and both biases of these kernels, those of the residual window by window.
   */
  weigh(
    zero: u8,
    residuals: StaticArray<u8>,
    residualBiases: StaticArray<i32>,
    weights: StaticArray<u8>[],
    biases: StaticArray<i32>,
  ): void {
    const residual = this.residual;
    const planes = residual.inputChannels;
    const left = blank(residual, zero, residualBiases);
    for (let w = 0; w < this.windows.count; w++)
      this.lay(residuals, left, residual, w * this.count, 0);
    const rounded = blank(this.main, zero, biases);
    for (let r = 0; r < this.inputCopies; r++)
      this.lay(weights[r], rounded, this.main, 0, r * planes);
    const tap =
      residualTap(this.whole, this.whole.rows) * this.main.side +
      residualTap(this.whole, this.whole.columns);
    const weight = toByte((zero as i32) + this.windows.weight, "the weight of a residual");
    const first = this.inputCopies * planes;
    for (let w = 0; w < this.windows.count; w++) {
      for (let k = 0; k < this.count; k++)
        rounded[indexOf(this.main, k, tap, first + w * this.count + k)] = weight;
    }
  }

  /** Sets the model's taps under the planes of a half, from its kernel and plane on. */
  private lay(
    from: StaticArray<u8>,
    to: StaticArray<u8>,
    h: Convolution,
    kernel: i32,
    plane: i32,
  ): void {
    const c = this.whole;
    const phases = c.planesOfChannel;
    const side = c.planeSide;
    const inset = h.side - side;
    for (let i = 0; i < phases * side * side; i++) {
      const phase = i % phases;
      const y = i / phases / side;
      const x = (i / phases) % side;
      const tap = tapAt(c, phase, y, x);
      if (tap == NO_TAP) continue;
      const ownTap = (y + inset) * h.side + x + inset;
      for (let k = 0; k < this.count; k++) {
        const own = c.depthwise ? k : 0;
        const source = (this.first + k) * c.weights.kernelPitch + tap * c.weights.tapPitch;
        const target = indexOf(h, kernel + k, ownTap, plane + own + phase);
        const channels = c.depthwise ? 1 : c.inputChannels;
        for (let i = 0; i < channels; i++)
          to[target + i * phases] = from[source + i * c.weights.channelPitch];
      }
    }
  }
}

/** As large an output as the image, so that it lies after it like more of its channels. */
function residualOf(c: Convolution, count: i32, windows: i32, core: Core): Convolution {
  const h = half(c, c.planeSide | 1); // a kernel with a pixel in the middle
  h.outputChannels = count * windows;
  h.inputChannels = c.depthwise ? count : c.inputChannels * c.planesOfChannel;
  // Of several windows, each channel has several kernels: as full ones, nearly all zeros.
  h.depthwise = c.depthwise && count > 1 && windows == 1;
  h.native = isNative(h, core);
  h.same = true;
  frame(h.rows, c.rows, c, h);
  frame(h.columns, c.columns, c, h);
  return h;
}

/**
 * The tap, along an axis, under which the main one finds the residual's output: that in the middle,
 * unless the last window reaches so far over the image's end that it is outside there. (An even
 * kernel has its middle between two taps, and takes the first.)
 */
function residualTap(c: Convolution, axis: Axis): i32 {
  const side = c.planeSide;
  if ((side & 1) == 0) return 0;
  const stride = c.striding == Striding.FIRST_PIXEL ? axis.stride : 1;
  const lastWindow = (axis.output - 1) * stride - paddingLeft(c, axis);
  return min(side >> 1, c.preparedSide(axis) - 1 - lastWindow);
}

/** Whether that tap is inside the image for the first window, too. */
function findsResidual(c: Convolution, axis: Axis): bool {
  return residualTap(c, axis) >= paddingLeft(c, axis);
}

/** The part of the padding that is not in the image already. */
function paddingLeft(c: Convolution, axis: Axis): i32 {
  return c.isRearranged ? 0 : axis.padding;
}

function mainOf(c: Convolution, residual: Convolution, count: i32, inputCopies: i32): Convolution {
  const h = half(c, c.planeSide);
  h.outputChannels = count;
  h.inputChannels = residual.inputChannels * inputCopies + residual.outputChannels;
  h.outputZero = c.outputZero;
  h.relu = c.relu;
  h.same = c.same && !c.isRearranged;
  if (c.striding == Striding.FIRST_PIXEL) h.striding = Striding.FIRST_PIXEL;
  follow(h.rows, c.rows, c, h);
  follow(h.columns, c.columns, c, h);
  return h;
}

function half(c: Convolution, side: i32): Convolution {
  const h = new Convolution();
  h.inputZero = c.inputZero;
  h.side = side;
  h.rows.kernel = side;
  h.columns.kernel = side;
  return h;
}

/** The residual's taps lie about a pixel as the main one's do about the tap of the residualWeight. */
function frame(axis: Axis, whole: Axis, c: Convolution, h: Convolution): void {
  axis.input = c.preparedSide(whole);
  axis.output = axis.input;
  axis.padding = residualTap(c, whole) + h.side - c.planeSide;
}

function follow(axis: Axis, whole: Axis, c: Convolution, h: Convolution): void {
  axis.input = c.preparedSide(whole);
  axis.output = whole.output;
  axis.padding = paddingLeft(c, whole);
  if (h.striding == Striding.FIRST_PIXEL) axis.stride = whole.stride;
}

/** Zero weights for a half: [kernel][tap][plane], or, depthwise, [tap][kernel]. */
function blank(h: Convolution, zero: u8, biases: StaticArray<i32>): StaticArray<u8> {
  const taps = h.side * h.side;
  const planes = h.depthwise ? 1 : h.inputChannels;
  const bytes = new StaticArray<u8>(h.outputChannels * taps * planes).fill(zero);
  h.weights.data = changetype<usize>(bytes);
  h.weights.bias = changetype<usize>(biases);
  h.weights.zero = zero;
  h.weights.channelPitch = h.depthwise ? 0 : 1;
  h.weights.tapPitch = h.depthwise ? h.outputChannels : planes;
  h.weights.kernelPitch = h.depthwise ? 1 : taps * planes;
  return bytes;
}

function indexOf(h: Convolution, kernel: i32, tap: i32, plane: i32): i32 {
  const w = h.weights;
  return kernel * w.kernelPitch + tap * w.tapPitch + plane * w.channelPitch;
}
