import { decimal } from "../../diagnostics/text";
import { readDescriptor, refuse } from "../descriptor";
import { noteRange, RecordRange } from "../extents";
import { isDryRun } from "../jobs";
import {
  Buffer,
  bufferAt,
  outOfBounds,
  refuseKind,
  resolve,
  resolveWords,
} from "../memory/buffers";
import { Reach, Ring } from "../memory/ring";
import { isRowWritten, isWatching } from "../memory/written";
import * as field from "./fields";

/** Codes of data types. */
const FLOAT16: u32 = 1;
const SIGNED: u32 = 2;

/** Of the tile sequence. */
const FULLY_CONNECTED: u32 = 3;

/** Of either axis: a maximum at every other pixel. At every one it is 1. */
const EVERY_OTHER: u32 = 3;

/**
 * What one TP job is to do, read from its descriptor: which elements of an image of bytes it
 * fetches. The output loops determine where they go.
 *
 * A job may pool: it emits the maxima of 2 x 2 pixels. With a distance of 2 they share no pixel;
 * with 1 they do, and so do tiles, which then are one pixel larger than they lie apart:
 *
 * ```
 *  distance 2             distance 1
 *  ┌─────┬─────┐          ┌───┬─┬───┐
 *  │ 64  │ 64  │ → 32, 32 │ 63│1│63 │ → 63, 63
 *  └─────┴─────┘          └───┴─┴───┘
 * ```
 */
export class TpJob {
  /** Extents of the image; element (z, y, x) lies at `z * slice + y * stride + x`. */
  width: i32 = 0;
  height: i32 = 0;
  depth: i32 = 0;
  stride: i64 = 0;
  slice: i64 = 0;

  /** The window, inclusive; it may reach over the image's edges. */
  left: i32 = 0;
  top: i32 = 0;
  right: i32 = 0;
  bottom: i32 = 0;

  tileWidth: i32 = 0;
  tileHeight: i32 = 0;
  /** From a tile to the next one. */
  pitchX: i32 = 0;
  pitchY: i32 = 0;

  /** From a maximum of 2 x 2 pixels to the next one; 0 without pooling. */
  poolStep: i32 = 0;

  /** Loops that start again at the end of a tile row and of a tile: up to this one, -1 for none. */
  rowReset: i32 = -1;
  tileReset: i32 = -1;

  /** Slices of nothing but border before and after those of the image. */
  slicesBefore: i32 = 0;
  slicesBehind: i32 = 0;

  /** Whether the elements go through a function, and where its table lies. */
  hasFunction: bool = false;
  table: u32 = 0;
  /** Whether the table has a half for negative numbers; otherwise the function is odd. */
  hasNegativeHalf: bool = false;
  /** Bits of a fraction that the input has. */
  preshift: i32 = 0;
  /** 15 bits; the leading one is not among them. */
  multiplier: u32 = 0;
  /** To the right; below 0 to the left. */
  shift: i32 = 0;

  /** Every output is a weighted sum over all channels of a pixel; `table` has the weights then. */
  isFullyConnected: bool = false;
  outputs: i32 = 0;
  weightZero: i32 = 0;

  inputIsSigned: bool = false;
  outputIsSigned: bool = false;
  outputIsFloat: bool = false;
  inputZero: i32 = 0;
  outputZero: i32 = 0;
  /** What positions outside the image hold, as a difference from the input's zero point. */
  border: i32 = 0;

  /** Pointer to element (0, 0, 0); of no use where the window does not meet the image. */
  input: usize = 0;
  /** The bytes of the input that are fetched. */
  fetched: Reach = new Reach();
  inputRing: Ring = new Ring();
  outputRing: Ring = new Ring();
  output: Buffer = new Buffer(0, 0, 0);
  /** Bytes from the start of the output's buffer to the output's base. */
  outputBase: i64 = 0;

  /** Reads the descriptor at an address; false where it is not understood or not mapped. */
  read(address: u32, architecture: u32, continued: bool): bool {
    const words = resolveWords(address, field.layout.bytes, "the TP descriptor");
    if (words == 0 || !readDescriptor(field.layout, words, architecture)) return false;
    this.isFullyConnected = field.tileSequence.value == FULLY_CONNECTED;
    this.takeImage();
    this.takeTiles();
    this.takeFunction();
    this.takeTypes();
    return (
      checkFlush(continued) &&
      this.checkTiles() &&
      (this.isFullyConnected ? this.checkFullyConnected() : this.checkPooling()) &&
      (this.isFullyConnected || checkFunction()) &&
      this.checkTypes() &&
      this.findInput() &&
      this.findOutput()
    );
  }

  private takeImage(): void {
    this.width = field.inX.value;
    this.height = field.inY.value;
    this.depth = field.inZ.value;
    this.stride = field.stride.value;
    this.slice = field.slice.value;
    this.left = field.windowXStart.signed;
    this.top = field.windowYStart.signed;
    this.right = field.windowXEnd.signed;
    this.bottom = field.windowYEnd.signed;
    this.slicesBefore = field.slicesBefore.value;
    this.slicesBehind = field.slicesBehind.value;
    this.inputZero = field.inZero.value;
    this.outputZero = field.outZero.value;
    this.border = field.borderConstant.value;
  }

  private takeTiles(): void {
    this.tileWidth = field.tileX.value;
    this.tileHeight = field.tileY.value;
    this.pitchX = field.tileXIncrement.value;
    this.pitchY = field.tileYIncrement.value;
    this.rowReset = field.reset1.value == 1 ? 1 : -1;
    this.tileReset = field.reset3.value == 1 ? 3 : field.reset2.value == 1 ? 2 : -1;
  }

  private takeFunction(): void {
    this.hasFunction = field.functionEnable.value == 1;
    this.table = field.tableAddress.value;
    this.hasNegativeHalf = field.signSupport.value == 1;
    this.preshift = field.preshift.value;
    this.multiplier = field.multiplier.value;
    this.shift = field.shift0.value | (field.shift5.signed << 5);
  }

  private takeTypes(): void {
    this.inputIsSigned = field.inType.value == SIGNED;
    this.outputIsSigned = field.outType.value == SIGNED;
    this.outputIsFloat = field.outType.value == FLOAT16;
  }

  private checkTiles(): bool {
    if (this.tileWidth == 0) return refuse(field.tileX, "above 0");
    if (this.tileHeight == 0) return refuse(field.tileY, "above 0");
    this.poolStep = (field.columnPooling.value + 1) >> 1;
    const shared = this.sharedByTiles;
    if (this.pitchX != this.tileWidth - shared) {
      return refuse(field.tileXIncrement, pitchOf(shared));
    }
    if (this.pitchY != this.tileHeight - shared) {
      return refuse(field.tileYIncrement, pitchOf(shared));
    }
    if (this.right < this.left) return refuse(field.windowXEnd, "from the window's start on");
    if (this.bottom < this.top) return refuse(field.windowYEnd, "from the window's start on");
    return this.border < 256 || refuse(field.borderConstant, "up to 255");
  }

  /** A row of 1 x 1 pixels, all channels of which go into every output. */
  private checkFullyConnected(): bool {
    if (isDryRun()) return refuse(field.tileSequence, "0 in a stream that is verified");
    const outputs = (field.columnCount.value | (field.rowCount.value << 6)) + 1;
    this.outputs = outputs;
    this.weightZero = field.weightZero.value;
    for (let i = 0; i < field.counts.length; i++) {
      const count: u32 = i == 4 ? outputs : 1;
      if (field.counts[i].value != count) return refuse(field.counts[i], decimal(count));
    }
    if (field.increments[4].value != 1) return refuse(field.increments[4], "1");
    const others =
      field.columnPooling.value |
      field.rowPooling.value |
      field.borderMode.value |
      field.functionEnable.value |
      field.loadTable.value |
      field.signSupport.value |
      field.preshift.value |
      field.inType.value |
      field.outType.value;
    if (others != 0) return refuse(field.tileSequence, "0 with pooling, a table or other types");
    if (field.tableInMemory.value == 0) return refuse(field.tableInMemory, "1");
    const isPoint =
      this.width == 1 && this.height == 1 && this.windowWidth * this.windowHeight == 1;
    if (!isPoint || this.left != 0 || this.top != 0) return refuse(field.inX, "1 x 1 pixels");
    return this.depth > 0 || refuse(field.inZ, "above 0");
  }

  /** Both axes pool alike, and the outside never wins; every maximum is over 2 x 2 pixels. */
  private checkPooling(): bool {
    if (field.weightZero.value != 0) return refuse(field.weightZero, "0 without weights");
    const code = field.columnPooling.value;
    const count: u32 = code == 0 ? 0 : 1;
    if (field.rowPooling.value != code) return refuse(field.rowPooling, "as for columns");
    if (field.columnCount.value != count) return refuse(field.columnCount, decimal(count));
    if (field.rowCount.value != count) return refuse(field.rowCount, decimal(count));
    if (field.borderMode.value != count) return refuse(field.borderMode, decimal(count));
    if (code == 0) return true;
    if (this.left < -1) return refuse(field.windowXStart, "-1 or more with pooling");
    if (this.top < -1) return refuse(field.windowYStart, "-1 or more with pooling");
    if (this.right > this.width) return refuse(field.windowXEnd, "at most one behind the image");
    if (this.bottom > this.height) return refuse(field.windowYEnd, "at most one behind the image");
    if (this.slicesBefore + this.slicesBehind != 0) {
      return refuse(field.slicesBefore, "no border with pooling");
    }
    const columns = this.right - this.left + 1;
    const rows = this.bottom - this.top + 1;
    if (!arePairs(code, columns, this.tileWidth, this.pitchX)) {
      return refuse(field.windowXEnd, "tiles of pairs");
    }
    return (
      arePairs(code, rows, this.tileHeight, this.pitchY) ||
      refuse(field.windowYEnd, "tiles of pairs")
    );
  }

  /** Zero points are those of unsigned numbers. */
  private checkTypes(): bool {
    if (this.inputIsSigned && this.inputZero != 0) return refuse(field.inZero, "0 if signed");
    if (field.outType.value != 0 && this.outputZero != 0) {
      return refuse(field.outZero, "0 if signed or a float");
    }
    const integer: u32 = this.outputIsFloat ? 0 : 1;
    return (
      field.convertsToInteger.value == integer || refuse(field.convertsToInteger, decimal(integer))
    );
  }

  /** Columns and rows that neighbouring tiles have in common. */
  private get sharedByTiles(): i32 {
    return this.poolStep == 1 ? 1 : 0;
  }

  /** Of so many pixels along an axis, those that are emitted. */
  emitted(pixels: i32): i32 {
    return this.poolStep == 2 ? pixels >> 1 : pixels - this.poolStep;
  }

  get isPooling(): bool {
    return this.poolStep != 0;
  }

  /** Elements that are emitted: along x and y, in all and from a whole tile. */
  get windowWidth(): i64 {
    return this.emitted(this.right - this.left + 1);
  }

  get windowHeight(): i64 {
    return this.emitted(this.bottom - this.top + 1);
  }

  get emittedTileWidth(): i64 {
    return this.emitted(this.tileWidth);
  }

  get emittedTileHeight(): i64 {
    return this.emitted(this.tileHeight);
  }

  /** Bytes of an element of the output. */
  get outputBytes(): i64 {
    return this.outputIsFloat ? 2 : 1;
  }

  get slices(): i64 {
    return this.slicesBefore + this.depth + this.slicesBehind;
  }

  /** Elements that the job emits, those outside the image included. */
  get elements(): i64 {
    return this.windowWidth * this.windowHeight * this.slices;
  }

  /** Columns and rows of tiles, whole or cut off by the window's edges. */
  get tileColumns(): i64 {
    return (this.windowWidth + this.emittedTileWidth - 1) / this.emittedTileWidth;
  }

  get tileRows(): i64 {
    return (this.windowHeight + this.emittedTileHeight - 1) / this.emittedTileHeight;
  }

  /** Finds the part of the image that the window covers; the image itself lies in a buffer anyhow. */
  private findInput(): bool {
    const left = max(this.left, 0);
    const top = max(this.top, 0);
    const right = min(this.right, this.width - 1);
    const bottom = min(this.bottom, this.height - 1);
    this.input = 0;
    this.fetched.clear();
    if (!this.inputRing.read(field.inRing, field.inRingEnd)) return false;
    if (!isPlace(field.inAddress.value, "the input image")) return false;
    if (this.depth == 0 || left > right || top > bottom) return true;
    const first = top * this.stride + left;
    const last = (this.depth - 1) * this.slice + bottom * this.stride + right;
    const address = <u64>field.inAddress.value + first;
    const bytes: u64 = last - first + 1;
    if (isWatching() && !this.isInputWritten(left, top, right, bottom)) return false;
    const pointer = this.findInputBytes(address, bytes);
    this.input = pointer - <usize>first;
    return pointer != 0;
  }

  private isInputWritten(left: i32, top: i32, right: i32, bottom: i32): bool {
    for (let z = 0; z < this.depth; z++) {
      for (let y = top; y <= bottom; y++) {
        const first = field.inAddress.value + <u64>(z * this.slice + y * this.stride + left);
        if (!isRowWritten(this.inputRing, first, right - left + 1)) return false;
      }
    }
    return true;
  }

  /** Pointer to the input's bytes, or to a copy of those that wrap. */
  private findInputBytes(address: u64, bytes: u64): usize {
    const ring = this.inputRing;
    if (!this.fetched.take(ring, address, bytes, field.inRing)) return 0;
    noteRange(RecordRange.INPUT, this.fetched.first, this.fetched.bytes);
    if (!ring.isUsed) return resolve(address, bytes, "the input image");
    return ring.unroll(address, bytes, "the input image");
  }

  /** Finds the output's buffer. No known job writes a byte twice, so it has room for all. */
  private findOutput(): bool {
    const address = field.outAddress.value;
    if (!this.outputRing.read(field.outRing, field.outRingEnd)) return false;
    if (this.elements == 0) return isPlace(address, "the output image");
    const buffer = bufferAt(address);
    const bytes = this.elements * this.outputBytes;
    if (buffer == null || bytes > <i64>buffer.bytes) {
      return outOfBounds(address, bytes, "the output image", buffer);
    }
    if (buffer.constant) {
      const apart = "the output image apart from the constants";
      return refuseKind(address, apart, "them") != 0;
    }
    this.output = buffer;
    this.outputBase = address - buffer.address;
    return this.checkOutputRing(buffer);
  }

  /** A circular buffer lies in the output's buffer, around its base. */
  private checkOutputRing(buffer: Buffer): bool {
    const ring = this.outputRing;
    if (!ring.isUsed) return true;
    if (ring.start < <u64>buffer.address || ring.end > buffer.end) {
      return outOfBounds(ring.start, ring.bytes, "the circular output", buffer);
    }
    const base: u64 = field.outAddress.value;
    return (base >= ring.start && base < ring.end) || refuse(field.outRingEnd, "behind the output");
  }
}

function pitchOf(shared: i32): string {
  return shared == 0 ? "equal to the tile's" : "one less than the tile's";
}

/**
 * Whether every tile, those that a window of so many pixels cuts off included, pools pairs. What a
 * last tile of one row or column would do is not known.
 */
function arePairs(code: u32, pixels: i32, tile: i32, pitch: i32): bool {
  if (code == EVERY_OTHER) return pixels % 2 == 0 && tile % 2 == 0;
  return pitch > 0 && (pixels - 1) % pitch != 0;
}

/** The jobs of a split operation flush with its last one. */
function checkFlush(continued: bool): bool {
  const expected: u32 = continued ? 1 : 0;
  if (field.noFlush.value == expected) return true;
  return refuse(field.noFlush, continued ? "1 before others of an operation" : "0 in a last job");
}

/** Whether an address lies in a buffer, or after its last byte: a core without a share is sent there. */
function isPlace(address: u32, wanted: string): bool {
  if (bufferAt(address) != null) return true;
  return (address > 0 && bufferAt(address - 1) != null) || outOfBounds(address, 0, wanted, null);
}

/** The flags of a function go together; a table in memory is announced with pooling as well. */
function checkFunction(): bool {
  const enabled = field.functionEnable.value;
  const inMemory: u32 = enabled | field.columnCount.value;
  if (field.loadTable.value != enabled) return refuse(field.loadTable, "equal to alu_pwl_enable");
  if (field.tableInMemory.value != inMemory) return refuse(field.tableInMemory, decimal(inMemory));
  if (enabled == 1) {
    return field.columnCount.value == 0 || refuse(field.functionEnable, "0 with pooling");
  }
  if (field.signSupport.value != 0) return refuse(field.signSupport, "0 without alu_pwl_enable");
  return field.tableAddress.value == 0 || refuse(field.tableAddress, "0 without alu_pwl_enable");
}
