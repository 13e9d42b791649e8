import { readDescriptor, refuse } from "../descriptor";
import { noteRange, Range } from "../extents";
import {
  Buffer,
  bufferAt,
  outOfBounds,
  refuseKind,
  resolve,
  resolveWords,
} from "../memory/buffers";
import * as field from "./fields";

/**
 * What one TP job is to do, read from its descriptor: which elements of an image of bytes it
 * fetches. Where they go is told by the output loops.
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

  /** Loops that start again at the end of a tile row and of a tile: up to this one, -1 for none. */
  rowReset: i32 = -1;
  tileReset: i32 = -1;

  /** Slices of nothing but border before and behind those of the image. */
  slicesBefore: i32 = 0;
  slicesBehind: i32 = 0;

  /** Whether the elements go through a function, and where its table lies. */
  hasFunction: bool = false;
  table: u32 = 0;
  /** 15 bits; the leading one is not among them. */
  multiplier: u32 = 0;
  /** To the right; below 0 to the left. */
  shift: i32 = 0;

  inputZero: i32 = 0;
  outputZero: i32 = 0;
  /** What positions outside the image hold, as a difference from the input's zero point. */
  border: i32 = 0;

  /** Pointer to element (0, 0, 0); of no use where the window does not meet the image. */
  input: usize = 0;
  /** The bytes of the input that are fetched: address of the first, and behind the last. */
  inputFirst: u64 = 0;
  inputEnd: u64 = 0;
  output: Buffer = new Buffer(0, 0, 0);
  /** Bytes from the start of the output's buffer to the output's base. */
  outputBase: i64 = 0;

  /** Reads the descriptor at an address; false where it is not understood or not mapped. */
  read(address: u32, architecture: u32, continued: bool): bool {
    const words = resolveWords(address, field.layout.bytes, "the TP descriptor");
    if (words == 0 || !readDescriptor(field.layout, words, architecture)) return false;
    this.takeImage();
    this.takeTiles();
    this.takeFunction();
    return (
      checkFlush(continued) &&
      this.checkTiles() &&
      checkFunction() &&
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
    this.multiplier = field.multiplier.value;
    this.shift = field.shift0.value | (field.shift5.signed << 5);
  }

  private checkTiles(): bool {
    if (this.tileWidth == 0) return refuse(field.tileX, "above 0");
    if (this.tileHeight == 0) return refuse(field.tileY, "above 0");
    if (this.pitchX != this.tileWidth) return refuse(field.tileXIncrement, "equal to the tile's");
    if (this.pitchY != this.tileHeight) return refuse(field.tileYIncrement, "equal to the tile's");
    if (this.right < this.left) return refuse(field.windowXEnd, "from the window's start on");
    if (this.bottom < this.top) return refuse(field.windowYEnd, "from the window's start on");
    return this.border < 256 || refuse(field.borderConstant, "up to 255");
  }

  get windowWidth(): i64 {
    return this.right - this.left + 1;
  }

  get windowHeight(): i64 {
    return this.bottom - this.top + 1;
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
    return (this.windowWidth + this.tileWidth - 1) / this.tileWidth;
  }

  get tileRows(): i64 {
    return (this.windowHeight + this.tileHeight - 1) / this.tileHeight;
  }

  /** Finds the part of the image that the window covers; the image itself lies in a buffer anyhow. */
  private findInput(): bool {
    const left = max(this.left, 0);
    const top = max(this.top, 0);
    const right = min(this.right, this.width - 1);
    const bottom = min(this.bottom, this.height - 1);
    this.input = 0;
    this.inputFirst = this.inputEnd = 0;
    if (!isPlace(field.inAddress.value, "the input image")) return false;
    if (this.depth == 0 || left > right || top > bottom) return true;
    const first = top * this.stride + left;
    const last = (this.depth - 1) * this.slice + bottom * this.stride + right;
    const address = <u64>field.inAddress.value + first;
    const bytes = last - first + 1;
    this.inputFirst = address;
    this.inputEnd = address + bytes;
    const pointer = resolve(address, bytes, "the input image");
    this.input = pointer - <usize>first;
    noteRange(Range.INPUT, address, bytes);
    return pointer != 0;
  }

  /** Finds the output's buffer. No known job writes a byte twice, so it has room for all. */
  private findOutput(): bool {
    if (this.elements == 0) return isPlace(field.outAddress.value, "the output image");
    const buffer = bufferAt(field.outAddress.value);
    if (buffer == null || this.elements > <i64>buffer.bytes) {
      return outOfBounds(field.outAddress.value, this.elements, "the output image", buffer);
    }
    if (buffer.constant) {
      const apart = "the output image apart from the constants";
      return refuseKind(field.outAddress.value, apart, "them") != 0;
    }
    this.output = buffer;
    this.outputBase = field.outAddress.value - buffer.address;
    return true;
  }
}

/** The jobs of a split operation flush with its last one. */
function checkFlush(continued: bool): bool {
  const expected: u32 = continued ? 1 : 0;
  if (field.noFlush.value == expected) return true;
  return refuse(field.noFlush, continued ? "1 before others of an operation" : "0 in a last job");
}

/** Whether an address lies in a buffer, or behind its last byte: a core without a share is sent there. */
function isPlace(address: u32, wanted: string): bool {
  if (bufferAt(address) != null) return true;
  return (address > 0 && bufferAt(address - 1) != null) || outOfBounds(address, 0, wanted, null);
}

function checkFunction(): bool {
  const enabled = field.functionEnable.value;
  for (let i = 0; i < field.functionFlags.length; i++) {
    const flag = field.functionFlags[i];
    if (flag.value != enabled) return refuse(flag, "equal to alu_pwl_enable");
  }
  for (let i = 0; i < field.functionParts.length; i++) {
    const part = field.functionParts[i];
    if (enabled == 0 && part.value != 0) return refuse(part, "0 without alu_pwl_enable");
  }
  return true;
}
