import { ChannelGroup, Convolution, Weights } from "../plan/convolution";
import { NO_TAP, tapAt } from "../plan/taps";

/**
 * The kernels of one job as planes of taps, without ever being laid out in memory: a plane is
 * an address in the model's weights plus a table that says where each tap lies from there.
 *
 * Where the image is rearranged, each channel has several planes (phases). Space-to-depth makes
 * four: phase 2a + b holds the taps whose row and column leave a and b when divided by 2.
 */
export class Kernels {
  /** Kernels in the model; a job may stream a few more, all zero bytes, to fill its cores. */
  count: i32 = 0;
  /** Planes of one kernel, and the sides of one plane. */
  planes: i32 = 0;
  side: i32 = 0;
  phases: i32 = 1;
  /** Channels of the model's input; planes past them hold zero weights only. */
  channels: i32 = 0;
  /** Each kernel has taps in the planes of its own channel only, unless it is that one plane. */
  depthwise: bool = false;
  /** Taps of one plane: the square of the side, but for a fault that compat has. */
  area: i32 = 0;
  /** The byte that stands for zero, once `flip` is applied. */
  zero: u8;
  /** Row-major taps of each phase: bytes from the plane's address, or NO_TAP. */
  taps: StaticArray<i32> = NO_TABLE;

  private weights: Weights = NO_WEIGHTS;
  private firstKernel: i32 = 0;
  /** What a kernel's sum runs over: taps and channels of the model's weights. */
  private sourceTaps: i32 = 0;
  private summedChannels: i32 = 0;

  constructor(c: Convolution, group: ChannelGroup) {
    this.count = group.count;
    this.zero = group.weightZero;
    this.channels = c.depthwise ? group.count : c.inputChannels;
    this.depthwise = c.depthwise && c.outputChannels > 1 && !c.native;
    this.phases = c.planesOfChannel;
    this.side = c.planeSide;
    this.area = this.side * this.side;
    this.planes = c.native ? 1 : this.channels * this.phases + (c.blankPlane ? 1 : 0);
    this.weights = c.weights;
    this.firstKernel = group.first;
    this.summedChannels = c.depthwise ? 1 : c.inputChannels;
    this.sourceTaps = c.rows.kernel * c.columns.kernel;
    this.taps = tapTable(c, this.phases, this.side);
  }

  /** `--compat mesa`: all taps of a kernel in one plane, in their plain order. */
  flatten(): void {
    this.area = this.planes;
    this.planes = 1;
    this.side = 2;
    this.taps = new StaticArray<i32>(this.area);
    for (let i = 0; i < this.area; i++) this.taps[i] = i;
  }

  /** Weights of one kernel, zeros included. */
  get size(): i32 {
    return this.planes * this.area;
  }

  /** What stored bytes are combined with (exclusive or). */
  get flip(): u8 {
    return this.weights.flip;
  }

  channelOf(plane: i32): i32 {
    return this.phases == 1 ? plane : plane / this.phases;
  }

  phaseOf(plane: i32): i32 {
    return this.phases == 1 ? 0 : plane % this.phases;
  }

  /** Whether a plane of a kernel has any tap of the model's. */
  hasTaps(kernel: i32, plane: i32): bool {
    const channel = this.channelOf(plane);
    return this.depthwise ? channel == kernel : channel < this.channels;
  }

  /** The address that the taps of a whole kernel count from; see `wholeKernel`. */
  kernelAddress(kernel: i32): usize {
    return this.weights.data + (this.firstKernel + kernel) * this.weights.kernelPitch;
  }

  /** The address that the taps of a plane count from. */
  planeAddress(kernel: i32, plane: i32): usize {
    return this.kernelAddress(kernel) + this.channelOf(plane) * this.weights.channelPitch;
  }

  /**
   * All taps of a kernel, plane after plane, in one table for all kernels. Where each has but the
   * planes of its own channel, there are blanks on both sides of these: a kernel's table begins
   * as far into them as its channel asks.
   */
  wholeKernel(): StaticArray<i32> {
    const own = this.phases * this.area;
    const blanks = this.depthwise ? (this.channels - 1) * own : 0;
    const table = new StaticArray<i32>(this.size + blanks).fill(NO_TAP);
    const taps = this.depthwise ? own : this.size;
    for (let i = 0; i < taps; i++) {
      const plane = i / this.area;
      const tap = this.taps[this.phaseOf(plane) * this.area + (i % this.area)];
      const channel = this.channelOf(plane);
      const isBlank = tap < 0 || channel >= this.channels;
      if (!isBlank) table[blanks + i] = tap + channel * this.weights.channelPitch;
    }
    return table;
  }

  /** Where a kernel's own begins in the table of whole kernels. */
  startInTable(kernel: i32): i32 {
    return this.depthwise ? (this.channels - 1 - kernel) * this.phases * this.area : 0;
  }

  biasOf(kernel: i32): i32 {
    const index = (this.firstKernel + kernel) as usize;
    return this.weights.bias == 0 ? 0 : load<i32>(this.weights.bias + (index << 2));
  }

  /** Sum of a kernel's weights, each less the zero point. */
  sumOf(kernel: i32): i32 {
    let tap = this.kernelAddress(kernel);
    let sum = 0;
    for (let t = 0; t < this.sourceTaps; t++, tap += this.weights.tapPitch) {
      let at = tap;
      for (let c = 0; c < this.summedChannels; c++, at += this.weights.channelPitch) {
        sum += load<u8>(at) ^ this.flip;
      }
    }
    return sum - this.sourceTaps * this.summedChannels * (this.zero as i32);
  }
}

const NO_WEIGHTS = new Weights();
const NO_TABLE = new StaticArray<i32>(0);

function tapTable(c: Convolution, phases: i32, side: i32): StaticArray<i32> {
  const taps = new StaticArray<i32>(phases * side * side);
  let i = 0;
  for (let phase = 0; phase < phases; phase++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const tap = tapAt(c, phase, y, x);
        taps[i++] = tap < 0 ? NO_TAP : tap * c.weights.tapPitch;
      }
    }
  }
  return taps;
}
