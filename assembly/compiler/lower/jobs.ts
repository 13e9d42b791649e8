import { Tensor } from "../graph";
import { Mark } from "../plan/mark";
import { LookupTable } from "../plan/table";
import { Kernels } from "./kernels";
import { Purpose } from "./purpose.generated";

/** What a job is for, as the `.nolf` schema numbers it. */
export { Purpose };

/** A piece of NPU memory with a lifetime of its own; `allocate` gives it an address in the arena. */
export class Buffer {
  /** What it holds from the start, which lies beside the tables of the jobs that read it; it has no bytes in the arena. */
  constant: Tensor | null = null;

  constructor(
    public id: i32,
    public bytes: u32,
    /** Index of the tensor that it was made for, −1 where it is for none alone. */
    public tensor: i32 = -1,
  ) {}
}

/** Where a tensor begins inside a buffer. */
export class BufferSlice {
  constructor(
    public buffer: Buffer,
    public offset: u32 = 0,
  ) {}

  plus(bytes: u32): BufferSlice {
    return new BufferSlice(this.buffer, this.offset + bytes);
  }

  equals(other: BufferSlice): bool {
    return this.buffer == other.buffer && this.offset == other.offset;
  }
}

/** What a TP job keeps of 2×2 pixels: nothing is pooled, the greatest of every block, or of every pixel and its neighbours. */
export enum Pooling {
  NONE = 0,
  SLIDING = 1,
  HALVING = 3,
}

/** One descriptor's worth of work, in the words of the field; `encode` turns it into bits. */
export class Job {
  /** The index of the operator it serves, and that operator's mark. */
  operator: i32 = 0;
  mark: Mark = 0;
  inputBytes: u32 = 0;
  outputBytes: u32 = 0;
  /** Bytes are stored as signed numbers, not with 128 added. */
  isSigned: bool = false;

  constructor(
    public purpose: Purpose,
    public input: BufferSlice,
    public output: BufferSlice,
  ) {}

  /** What zero points and bytes are combined with (exclusive or) as they are stored. */
  get flip(): i32 {
    return this.isSigned ? 128 : 0;
  }
}

/** NN unit: x runs along columns, y along rows, z along channels; images are channel planar. */
export class ConvolutionJob extends Job {
  inputX: i32 = 0;
  inputY: i32 = 0;
  inputZ: i32 = 0;
  outputX: i32 = 0;
  outputY: i32 = 0;
  outputZ: i32 = 0;
  /** The first kernel tap's distance from the output pixel: −(padding before). */
  offsetX: i32 = 0;
  offsetY: i32 = 0;
  /** Twice the output's size is computed, and the first pixel of every 2×2 block kept. */
  firstPixel: bool = false;
  /** The operator's stride, which Mesa's tiling looks at even where the job steps by one. */
  stride: i32 = 1;
  /** The model's output rows and columns, which Mesa's tiling takes in this order. */
  outputRows: i32 = 0;
  outputColumns: i32 = 0;
  /** The operator is 1×1 over several channels, which has a stream order of its own. */
  pointwise: bool = false;
  depthwise: bool = false;
  /** One plane per kernel: the unit itself convolves depthwise. */
  native: bool = false;
  relu: bool = false;
  inputZero: i32 = 0;
  outputZero: i32 = 0;
  /** Steps of the output for one step of the accumulator. */
  scale: f32 = 0;
  /** TFLite's kernel for the operator rounds its sums twice. */
  roundsTwice: bool = false;
  macs: u64 = 0;
  /** The job of the segment that has the same kernels and sizes, for another image; −1: none. */
  twin: i32 = -1;

  /** The kernel's sides, as the descriptor has them. */
  kernelX: i32;
  kernelY: i32;

  constructor(
    input: BufferSlice,
    output: BufferSlice,
    public kernels: Kernels,
  ) {
    super(Purpose.CONVOLUTION, input, output);
    this.kernelX = kernels.side;
    this.kernelY = kernels.side;
  }
}

export const NO_ORDER = -1;

/**
 * TP unit: copies a window of the input, tile by tile, to addresses that seven nested loops
 * count out. What lies outside the image comes out as the zero point.
 */
export class TpJob extends Job {
  sizeX: i32 = 0;
  sizeY: i32 = 0;
  sizeZ: i32 = 0;
  rowPitch: i32 = 0;
  planePitch: i32 = 0;
  /** First and last column and row of the window, the last included. */
  windowX0: i32 = 0;
  windowY0: i32 = 0;
  windowX1: i32 = 0;
  windowY1: i32 = 0;
  tileX: i32 = 1;
  tileY: i32 = 1;
  /** Bytes that each loop advances, the innermost first. */
  increments: StaticArray<i32> = new StaticArray<i32>(7);
  /** Rounds of each loop; the seventh has no bound. */
  counts: StaticArray<i32> = new StaticArray<i32>(6).fill(1);
  /** Loops 1 and 2 begin anew with every row of a tile and every tile, 3 with every slice. */
  reset1: bool = false;
  reset2: bool = false;
  reset3: bool = false;
  /** The bytes that stand for zero. */
  zero: i32 = 0;
  outputZero: i32 = 0;
  /** The function that the job computes on its way. */
  table: LookupTable | null = null;
  /** The greatest of 2×2 pixels; loops count these. */
  pooling: Pooling = Pooling.NONE;
  /** Which of the TP cores that share the work this is, and how many they are. */
  core: i32 = 0;
  cores: i32 = 1;
  /** A field whose meaning is not known: probably how many bytes are written at a time. */
  reorder: i32 = 0;
  /** What state 0x03950 is loaded with before the job, or NO_ORDER. */
  order: i32 = NO_ORDER;

  /** From a tile to the next one: sliding maxima need the last column and row once more. */
  get stepX(): i32 {
    return this.pooling == Pooling.SLIDING ? this.tileX - 1 : this.tileX;
  }

  get stepY(): i32 {
    return this.pooling == Pooling.SLIDING ? this.tileY - 1 : this.tileY;
  }

  loop(index: i32, increment: i32, count: i32): this {
    this.increments[index] = increment;
    this.counts[index] = count;
    return this;
  }
}
