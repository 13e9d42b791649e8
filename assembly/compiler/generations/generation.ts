import { Words } from "../fields/field";
import { Convolution } from "../plan/convolution";
import { AdditionForm } from "../plan/plan";

/** A convolution without strides, over a square image, that is known to fail. */
export class FailingCase {
  constructor(
    private image: i32,
    private side: i32,
    private inputChannels: i32,
    private outputChannels: i32,
  ) {}

  is(c: Convolution): bool {
    return (
      c.rows.input == this.image &&
      c.side == this.side &&
      c.inputChannels == this.inputChannels &&
      c.outputChannels == this.outputChannels
    );
  }
}

/** What the tile of a job is like: its sides, the side of the kernels, and how they stride. */
export class TileShape {
  constructor(
    public x: i32,
    public y: i32,
    public side: i32,
    public stride: i32,
  ) {}
}

/**
 * What the compiler must know of a generation of NPUs: which patterns it runs, how its numbers
 * are coded, and what its buffers hold. Each generation is one file, which overrides what is
 * different there; generations.ts lists them. Sources: docs/hardware.md.
 */
export abstract class Generation {
  /** Takes kernels of one plane for each channel. Others get them expanded to dense ones. */
  hasDepthwise: bool = false;
  /** The form of an addition that silicon has run. */
  addition: AdditionForm = AdditionForm.CHANNELS;
  /** A single input plane of 5×5 taps over a small image fails. */
  singlePlanesFail: bool = false;
  /**
   * The order in which up to so many single-pixel kernels are streamed is not known, if a core
   * has more than one of them.
   */
  unknownOrderUpTo: i32 = 0;

  /** Bits of the requantization's multiplier below its leading one, of 23 in a float32. */
  fractionBits: i32 = 23;
  /** The least shift leaves so many bits of the multiplier before the point, after the leading one. */
  wholeBits: i32 = 0;

  /** Boards gave zeros for whole networks, cause unknown: what only these have is unproven. */
  zeroesNetworks: bool = false;
  /**
   * The vendor's TP jobs are known for this generation: work is split over TP cores as there, and
   * state 0x03950 left alone. Otherwise both are as in the open driver.
   */
  hasVendorTp: bool = false;
  /** `--compat mesa`: Mesa writes the offsets' signs in word 18. */
  hasSignsInMesa: bool = false;

  /** Keeps kernels and image tiles in SRAM between superblocks. */
  caches: bool = false;
  /** `--compat mesa`: rows of a tile. */
  highestTile: i32 = i32.MAX_VALUE;

  /** Convolutions that fail on silicon for unknown reasons ("What fails on silicon"). */
  failing: FailingCase[] = [new FailingCase(112, 5, 256, 120)];

  constructor(public architecture: u32) {}

  /** What no effective scale may reach: the shift would be below 0, or rounding makes it so. */
  get scalesEnd(): f32 {
    const end = 2 ** (this.wholeBits + 1);
    return (end - 2 ** (this.wholeBits - this.fractionBits - 1)) as f32;
  }

  /** `--compat mesa`: rows of an image that share a line of the buffers at most; `span`: a tile's row and its border. */
  abstract rowsPerLine(span: i32): i32;

  /**
   * `--compat mesa`: kernels of one core whose accumulators for a tile are there at the same time: `lines` rows
   * of the tile share one of the core's `depth` accumulation lines.
   */
  abstract kernelsPerCore(tile: TileShape, lines: i32, depth: i32): i32;

  /** Writes the descriptor's fields that other generations have not, or code differently. */
  abstract setWords(words: Words, multiplier: u32, depthwise: bool): void;
}
