import { Geometry } from "../../tflite/geometry";
import { Operation } from "../../tflite/operation";
import { depthwiseGeometry } from "../../tflite/rules/convolutions";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";
import { needScratch, scratch, takeMemory } from "../memory";
import { PaddedImage } from "./padded-image";
import { prepareRealDepthwise } from "./real";
import { RequantizationStyle, Requantizer } from "./requantizer";
import { widen } from "./widen";

/** Channels whose sums are formed together. */
const LANES = 8;

/** DEPTHWISE_CONV_2D. Inputs: image NHWC, weights 1 × K1 × K2 × output channels, bias if any. */
export function prepareDepthwise(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const weights = operation.inputs[1];
  const geometry = depthwiseGeometry(operation);
  if (geometry == null) return null;
  if (input.isReal) return prepareRealDepthwise(operation, geometry);
  const style = input.isSigned ? RequantizationStyle.DOUBLE_TWICE : RequantizationStyle.FLOAT_TWICE;
  const requantizer = Requantizer.of(operation, 3, style);
  if (requantizer == null) return null;
  const image = new PaddedImage(geometry);
  needScratch(image.bytes);
  const wide = takeMemory(weights.elements << 1);
  return wide == 0 ? null : new Depthwise(geometry, image, weights, wide, requantizer);
}

/** The sums of some channels before they are stored. */
const sums = memory.data(LANES * 4, 16);

class Depthwise extends Kernel {
  /** Output channels per input channel. */
  private multiplier: i32;

  constructor(
    private geometry: Geometry,
    private image: PaddedImage,
    private taps: Tensor,
    /** The taps as 16-bit distances from their zero point. */
    private weights: usize,
    private requantizer: Requantizer,
  ) {
    super();
    if (taps.isConstant) this.widenTaps();
    this.multiplier = geometry.outputChannels / geometry.channels;
  }

  private widenTaps(): void {
    widen(this.taps.pointer, this.weights, this.taps.elements as i32, this.taps);
  }

  run(): void {
    if (!this.taps.isConstant) this.widenTaps();
    const geometry = this.geometry;
    const channels = geometry.outputChannels;
    const step = geometry.columns.stride * this.image.pixelBytes;
    let to = geometry.output.pointer;
    for (let batch = 0; batch < geometry.batches; batch++) {
      this.image.fill(scratch(), batch);
      for (let y = 0; y < geometry.rows.output; y++) {
        let window = scratch() + (y as usize) * geometry.rows.stride * this.image.rowBytes;
        for (let x = 0; x < geometry.columns.output; x++, window += step, to += channels) {
          if (this.multiplier == 1) this.pixel(window, to);
          else this.pixelOfSeveral(window, to);
          if (isLate(this.taps.elements)) return;
        }
      }
    }
  }

  private pixel(window: usize, to: usize): void {
    const channels = this.geometry.outputChannels;
    for (let channel = 0; channel < channels; channel += LANES) {
      this.sumLanes(window + (channel << 1), this.weights + (channel << 1));
      const count = min(LANES, channels - channel);
      this.requantizer.store(channel, sums, count, to + channel);
    }
  }

  private sumLanes(window: usize, weights: usize): void {
    const rows = this.geometry.rows;
    const columns = this.geometry.columns;
    const down = rows.dilation * this.image.rowBytes;
    const right = columns.dilation * this.image.pixelBytes;
    const next = this.geometry.outputChannels << 1;
    let low = i32x4.splat(0);
    let high = low;
    for (let y = 0; y < rows.kernel; y++, window += down) {
      let at = window;
      for (let x = 0; x < columns.kernel; x++, at += right, weights += next) {
        const pixels = v128.load(at);
        const taps = v128.load(weights);
        low = i32x4.add(low, i32x4.extmul_low_i16x8_s(pixels, taps));
        high = i32x4.add(high, i32x4.extmul_high_i16x8_s(pixels, taps));
      }
    }
    v128.store(sums, low);
    v128.store(sums, high, 16);
  }

  /** Where several output channels share an input channel. */
  private pixelOfSeveral(window: usize, to: usize): void {
    for (let channel = 0; channel < this.geometry.outputChannels; channel++) {
      const sum = this.sumOne(window + ((channel / this.multiplier) << 1), channel);
      store<u8>(to + channel, this.requantizer.value(channel, sum) as u8);
    }
  }

  private sumOne(window: usize, channel: i32): i32 {
    const rows = this.geometry.rows;
    const columns = this.geometry.columns;
    let weights = this.weights + (channel << 1);
    let sum = 0;
    for (let y = 0; y < rows.kernel; y++) {
      const row = window + (y as usize) * rows.dilation * this.image.rowBytes;
      for (let x = 0; x < columns.kernel; x++) {
        const at = row + (x as usize) * columns.dilation * this.image.pixelBytes;
        sum += (load<i16>(at) as i32) * (load<i16>(weights) as i32);
        weights += this.geometry.outputChannels << 1;
      }
    }
    return sum;
  }
}
