import { decimal, phrase } from "../../diagnostics/text";
import { Core } from "../../targets/cores";
import { readDescriptor, readFields, refuse } from "../descriptor";
import { Field } from "../layout";
import { resolveWords } from "../memory/buffers";
import { Ring } from "../memory/ring";
import * as field from "./fields";

/** Ways of pooling. */
const NONE: u32 = 0;
const MAXIMUM: u32 = 1;

/** Signed bytes, as the code of a data type. */
const SIGNED: u32 = 2;

/**
 * What one NN job is to do, read from its descriptor. Sizes are in elements of one byte; an
 * image is planar, so that element (z, y, x) lies at `address + z * plane + y * pitch + x`. A plane
 * may have more rows than the job's image.
 */
export class NnJob {
  inputWidth: i32 = 0;
  inputHeight: i32 = 0;
  inputChannels: i32 = 0;
  inputAddress: u32 = 0;
  inputPitch: i32 = 0;
  inputPlane: u32 = 0;
  inputRing: Ring = new Ring();
  /** What positions outside the input image read. */
  border: i32 = 0;

  /** The output as it is stored, after pooling. */
  outputWidth: i32 = 0;
  outputHeight: i32 = 0;
  outputChannels: i32 = 0;
  outputPitch: i32 = 0;
  /** Bytes from one output channel to the next. */
  outputPlanePitch: u32 = 0;
  outputRing: Ring = new Ring();
  outputAddress: u32 = 0;
  outputZero: i32 = 0;

  kernelWidth: i32 = 0;
  kernelHeight: i32 = 0;
  /** Where a window begins, relative to `step` times the stored pixel. */
  offsetX: i32 = 0;
  offsetY: i32 = 0;
  /** 2 where first-pixel pooling stores every other pixel of every other row, else 1. */
  step: i32 = 1;
  /** Of 2 x 2 results the largest is stored. */
  storesMaxima: bool = false;
  /** Weights, input and output are signed bytes without zero points. */
  isSigned: bool = false;
  depthwise: bool = false;

  coefficients: u64 = 0;
  weightZero: i32 = 0;
  /** Kernels that each core has in every superblock but the last. */
  kernelsPerCore: i32 = 0;

  /** 23 bits, of which v7 uses the lowest 15; the leading one is not among them. */
  multiplier: u32 = 0;
  shift: u32 = 0;
  relu: bool = false;

  get kernelArea(): i32 {
    return this.kernelWidth * this.kernelHeight;
  }

  /** Pixels that are computed for every output channel, before maxima are taken. */
  get computedWidth(): i32 {
    return this.storesMaxima ? this.outputWidth << 1 : this.outputWidth;
  }

  get computedHeight(): i32 {
    return this.storesMaxima ? this.outputHeight << 1 : this.outputHeight;
  }

  /** From the first to the last byte of the input. */
  get inputBytes(): u64 {
    const planes = <u64>(this.inputChannels - 1) * this.inputPlane;
    return planes + <u64>(this.inputHeight - 1) * this.inputPitch + this.inputWidth;
  }

  get outputBytes(): u64 {
    const planes = <u64>(this.outputChannels - 1) * this.outputPlanePitch;
    return planes + <u64>(this.outputHeight - 1) * this.outputPitch + this.outputWidth;
  }

  /** The weight that a byte of the coefficients stands for. */
  weightOf(byte: i32): i32 {
    return this.isSigned ? <i32>(<i8>byte) : byte - this.weightZero;
  }

  /**
   * Reads only what the coefficients go by, of the descriptor at an address, whatever else it holds;
   * false where that is not mapped or a size is 0.
   */
  readKernels(address: u32): bool {
    const words = resolveWords(address, field.layout.bytes, "the NN descriptor");
    if (words == 0) return false;
    readFields(field.layout, words);
    this.takeImages();
    this.takeKernel();
    this.step = 1;
    return checkSizes() && expectPlane();
  }

  /**
   * Reads the descriptor at an address; false where it is not understood or not mapped.
   * `flagsBorders`: two of its fields tell whether the image has a border.
   */
  read(address: u32, core: Core, flagsBorders: bool): bool {
    const words = resolveWords(address, field.layout.bytes, "the NN descriptor");
    if (words == 0 || !readDescriptor(field.layout, words, core.architecture)) return false;
    this.takeImages();
    this.takeKernel();
    this.takeRequantization(core.shiftsLeft);
    return (
      checkSizes() &&
      this.checkPooling() &&
      this.checkPitches() &&
      this.checkTypes() &&
      this.readRings() &&
      this.checkWindows() &&
      this.checkRequantization() &&
      this.checkSigns(flagsBorders) &&
      this.checkDepthwise() &&
      this.checkUnknown()
    );
  }

  private takeImages(): void {
    const isPooled = field.pooling.value != NONE;
    const stored = isPooled ? 2 : 1;
    this.storesMaxima = field.pooling.value == MAXIMUM;
    this.step = isPooled && !this.storesMaxima ? 2 : 1;
    this.inputWidth = field.inX.value;
    this.inputHeight = field.inY.value;
    this.inputPitch = field.inXStride.value;
    this.inputPlane = field.inXStride.value * field.inYStride.value;
    // A depthwise kernel has one channel, whatever its job says.
    this.inputChannels = field.depthwise.value == 1 ? field.outZ.value : field.kernelZ.value;
    this.inputAddress = field.inAddress.value;
    this.border = field.borderConstant.value;
    this.outputWidth = field.outX.value / stored;
    this.outputHeight = field.outY.value / stored;
    this.outputPitch = field.outXStride.value;
    this.outputPlanePitch = field.outXStride.value * field.outYStride.value;
    this.outputChannels = field.outZ.value;
    this.outputAddress = field.outAddress.value;
    this.outputZero = field.outZero.value;
  }

  private takeKernel(): void {
    this.kernelWidth = field.kernelX.value;
    this.kernelHeight = field.kernelY.value;
    this.offsetX = offsetOf(field.offsetXLow, field.offsetXSign);
    this.offsetY = offsetOf(field.offsetYLow, field.offsetYSign);
    this.depthwise = field.depthwise.value == 1;
    this.coefficients = (<u64>field.kernelAddress.value) << 6;
    this.weightZero = field.weightZero.value;
    this.isSigned = field.kernelType.value == SIGNED;
    this.kernelsPerCore = field.kernelsPerCore.value;
  }

  private takeRequantization(shiftsLeft: bool): void {
    this.multiplier =
      field.multiplier0.value |
      (field.multiplier1.value << 1) |
      (field.multiplier7.value << 7) |
      (field.multiplier15.value << 15);
    this.shift = field.shift0.value | (field.shift5.value << 5);
    // 7 bits, the highest one a sign: -1 and below are no shift and shifts to the right.
    if (shiftsLeft) this.shift = 127 - this.shift;
    this.relu = field.relu.value == 1;
  }

  private checkPooling(): bool {
    const pooled = field.pooling.value != NONE;
    if (field.poolingSize.value != (pooled ? 0 : 1)) {
      return refuse(field.poolingSize, pooled ? "0 with pooling" : "1 without pooling");
    }
    if (pooled && field.outX.value % 2 != 0) return refuse(field.outX, "even with pooling");
    if (pooled && field.outY.value % 2 != 0) return refuse(field.outY, "even with pooling");
    return true;
  }

  /** Rows and planes lie apart; a job may do part of the rows of its planes. */
  private checkPitches(): bool {
    return (
      expectPitch(field.inXStride, this.inputWidth) &&
      expectPitch(field.inYStride, this.inputHeight) &&
      expectPitch(field.outXStride, this.outputWidth) &&
      expectPitch(field.outYStride, this.outputHeight)
    );
  }

  /** All are unsigned, with zero points, or all signed without. */
  private checkTypes(): bool {
    const type = field.kernelType.value;
    if (field.inType.value != type) return refuse(field.inType, "that of the kernels");
    if (field.outType.value != type) return refuse(field.outType, "that of the kernels");
    if (!this.isSigned) return true;
    if (this.weightZero != 0) return refuse(field.weightZero, "0 if signed");
    if (this.outputZero != 0) return refuse(field.outZero, "0 if signed");
    return this.border == 0 || refuse(field.borderConstant, "0 if signed");
  }

  private readRings(): bool {
    return (
      this.inputRing.read(field.inRing, field.inRingEnd) &&
      this.outputRing.read(field.outRing, field.outRingEnd)
    );
  }

  /** Every window shares pixels with the image, which also bounds the work by the memory. */
  private checkWindows(): bool {
    if (this.offsetX > 0) return refuse(field.offsetXLow, "0, or with its sign below 0");
    if (this.offsetY > 0) return refuse(field.offsetYLow, "0, or with its sign below 0");
    const lastX = (this.computedWidth - 1) * this.step + this.offsetX;
    const lastY = (this.computedHeight - 1) * this.step + this.offsetY;
    if (lastX >= this.inputWidth) return refuse(field.outX, "that ends with the input");
    if (lastY >= this.inputHeight) return refuse(field.outY, "that ends with the input");
    if (this.offsetX + this.kernelWidth <= 0) return refuse(field.offsetXLow, "below the kernel's");
    if (this.offsetY + this.kernelHeight <= 0)
      return refuse(field.offsetYLow, "below the kernel's");
    return true;
  }

  /** From 64 on it is not known whether the shift is still a shift to the right. */
  private checkRequantization(): bool {
    if (this.border > 255) return refuse(field.borderConstant, "up to 255");
    return this.shift < 64 || refuse(field.shift5, "below 2");
  }

  /** Drivers write as input planes either what a kernel has or what all have together. */
  private checkDepthwise(): bool {
    if (!this.depthwise || field.kernelZ.value == 1) return true;
    return field.kernelZ.value == field.outZ.value || refuse(field.kernelZ, "1 or all channels");
  }

  /** What may hold other values than the open driver's, as long as no result depends on it. */
  private checkUnknown(): bool {
    if (field.prelu.value == 1 && this.relu) return refuse(field.prelu, "0 with relu");
    const unknown28 = field.unknown28.value;
    if (unknown28 != 0 && unknown28 != 0x03ffffff) {
      return refuse(field.unknown28, "0x3ffffff or 0");
    }
    const upper = field.upperBound.value;
    const lower = field.lowerBound.value;
    if (upper == 0 && lower == 0) return true;
    // Infinite, or finite and beyond what a byte holds once it is rounded.
    const zero: f64 = this.outputZero;
    const most: f64 = this.isSigned ? 126.5 : 254.5 - zero;
    const least: f64 = this.isSigned ? -127.5 : 0.5 - zero;
    if (!(<f64>reinterpret<f32>(upper) > most))
      return refuse(field.upperBound, "beyond all results");
    return <f64>reinterpret<f32>(lower) < least || refuse(field.lowerBound, "beyond all results");
  }

  /**
   * The vendor says of either offset whether it is below 0. The open driver says it of both if it
   * holds for one, and on v7 of none.
   */
  private checkSigns(flagsBorders: bool): bool {
    const x: u32 = this.offsetX < 0 ? 1 : 0;
    const y: u32 = this.offsetY < 0 ? 1 : 0;
    const foundX = field.negativeX.value;
    const foundY = field.negativeY.value;
    if (foundX == x && foundY == y) return true;
    const others: u32 = flagsBorders ? x | y : 0;
    if (foundX == others && foundY == others) return true;
    return foundX == x ? refuse(field.negativeY, decimal(y)) : refuse(field.negativeX, decimal(x));
  }
}

function offsetOf(low: Field, sign: Field): i32 {
  return <i32>low.value - <i32>(sign.value << 3);
}

function checkSizes(): bool {
  for (let i = 0; i < field.sizes.length; i++) {
    if (field.sizes[i].value == 0) return refuse(field.sizes[i], "above 0");
  }
  return true;
}

function expectPlane(): bool {
  if (field.outXStride.value == 0) return refuse(field.outXStride, "above 0");
  return field.outYStride.value != 0 || refuse(field.outYStride, "above 0");
}

function expectPitch(pitch: Field, size: i32): bool {
  return <i32>pitch.value >= size || refuse(pitch, phrase("at least the size ", decimal(size)));
}
