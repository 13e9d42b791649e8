import { Convolution, Striding } from "../partition/geometry";
import { ChannelGroup } from "./jobs";

/**
 * The kernels of one job as planes of taps, without ever being laid out in memory: a plane is
 * an address in the model's weights plus a table that says where each tap lies from there.
 *
 * Space-to-depth makes four planes (phases) of each channel: phase 2a + b holds the taps
 * whose row and column leave a and b when divided by 2.
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
  /** The byte that stands for zero. */
  zero: u8 = 0;
  /** Row-major taps of each phase: bytes from the plane's address, or NO_TAP. */
  taps: StaticArray<i32> = NO_TABLE;

  private phaseBits: i32 = 0;
  private data: usize = 0;
  /** The first of the biases, or 0: all of them are 0. */
  private bias: usize = 0;
  /** Bytes between kernels, between channels, and between taps side by side. */
  private kernelPitch: i32 = 0;
  private channelPitch: i32 = 0;
  private tapPitch: i32 = 0;
  /** The model's weights of one kernel: how many, and the bytes between them. */
  private sourceCount: i32 = 0;
  private sourcePitch: i32 = 0;

  constructor(c: Convolution, group: ChannelGroup) {
    const halved = c.striding != Striding.NONE && c.striding != Striding.FIRST_PIXEL;
    this.count = group.count;
    this.channels = c.depthwise ? group.count : c.inputChannels;
    this.depthwise = c.depthwise && c.outputChannels > 1 && !c.native;
    this.phases = halved ? 4 : 1;
    this.phaseBits = halved ? 2 : 0;
    this.side = halved ? (c.side + 1) >> 1 : c.side;
    this.planes = c.native ? 1 : this.channels * this.phases + (c.blankPlane ? 1 : 0);
    this.zero = c.weights.quantization.zeroPoint(0) as u8;
    const bias = c.bias;
    if (bias != null) this.bias = bias.data.pointer + ((group.first as usize) << 2);
    this.tapPitch = c.depthwise ? c.outputChannels : c.inputChannels;
    const sourceTaps = c.rows.kernel * c.columns.kernel;
    this.sourceCount = c.depthwise ? sourceTaps : sourceTaps * this.tapPitch;
    this.sourcePitch = c.depthwise ? this.tapPitch : 1;
    this.kernelPitch = c.depthwise ? 1 : this.sourceCount;
    this.data = c.weights.data.pointer + group.first * this.kernelPitch;
    this.channelPitch = c.depthwise ? 0 : 1;
    this.taps = tapTable(c, this.phases, this.side, this.tapPitch);
  }

  /** Weights of one kernel, zeros included. */
  get size(): i32 {
    return this.planes * this.side * this.side;
  }

  channelOf(plane: i32): i32 {
    return plane >> this.phaseBits;
  }

  phaseOf(plane: i32): i32 {
    return plane & (this.phases - 1);
  }

  /** Whether a plane of a kernel has any tap of the model's. */
  hasTaps(kernel: i32, plane: i32): bool {
    const channel = this.channelOf(plane);
    return this.depthwise ? channel == kernel : channel < this.channels;
  }

  /** The address that the taps of a whole kernel count from; see `wholeKernel`. */
  kernelAddress(kernel: i32): usize {
    return this.data + kernel * this.kernelPitch;
  }

  /** All taps of a kernel, plane after plane, in one table. */
  wholeKernel(): StaticArray<i32> {
    const area = this.side * this.side;
    const table = new StaticArray<i32>(this.size);
    for (let i = 0; i < table.length; i++) {
      const plane = i / area;
      const tap = this.taps[this.phaseOf(plane) * area + (i % area)];
      const channel = this.channelOf(plane);
      table[i] = tap < 0 || channel >= this.channels ? NO_TAP : tap + channel * this.channelPitch;
    }
    return table;
  }

  /** The address that the taps of a plane count from. */
  planeAddress(kernel: i32, plane: i32): usize {
    return this.kernelAddress(kernel) + this.channelOf(plane) * this.channelPitch;
  }

  biasOf(kernel: i32): i32 {
    return this.bias == 0 ? 0 : load<i32>(this.bias + ((kernel as usize) << 2));
  }

  /** Sum of a kernel's weights, each less the zero point. */
  sumOf(kernel: i32): i32 {
    const base = this.kernelAddress(kernel);
    let sum = 0;
    for (let i = 0; i < this.sourceCount; i++) sum += load<u8>(base + i * this.sourcePitch);
    return sum - this.sourceCount * (this.zero as i32);
  }
}

export const NO_TAP = -1;
const NO_TABLE = new StaticArray<i32>(0);

function tapTable(c: Convolution, phases: i32, side: i32, tapPitch: i32): StaticArray<i32> {
  const taps = new StaticArray<i32>(phases * side * side);
  const step = phases == 4 ? 2 : 1;
  let i = 0;
  for (let phase = 0; phase < phases; phase++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const row = step * y + (phase >> 1) - c.rows.inset;
        const column = step * x + (phase & 1) - c.columns.inset;
        const inside = row >= 0 && row < c.rows.kernel && column >= 0 && column < c.columns.kernel;
        taps[i++] = inside ? (row * c.columns.kernel + column) * tapPitch : NO_TAP;
      }
    }
  }
  return taps;
}
