import { Core } from "../../targets/cores";
import { Generation } from "../generations/generation";
import { generationOf } from "../generations/generations";
import { ConvolutionJob } from "../lower/jobs";
import { Settings } from "../settings";
import { RoundingCorrection } from "./rounding-correction";

/**
 * From sums to outputs as the NN unit takes it: a bias, which goes into the coefficients, and a
 * factor as a mantissa with an implied leading one, and a shift to the right.
 *
 * IEEE 754 float32, the form that the scale comes in:
 *
 *   31  30        23  22                                    0
 *  ┌───┬────────────┬────────────────────────────────────────┐
 *  │ 0 │ exponent E │ mantissa m                             │   = (2²³ + m) · 2^(E − 150)
 *  └───┴────────────┴────────────────────────────────────────┘
 *
 * v7 keeps the upper 15 bits of m: scale ≈ (2¹⁵ + m >> 8) / 2^(142 − E); v8 keeps all of it:
 * scale = (2²³ + m) / 2^(23 + 127 − E).
 */
export class Requantization {
  multiplier: u32;
  shift: i32;
  /** Added to every output channel's own. */
  bias: i32 = 0;

  /** `bits`: a float32 that is positive, and below 2¹⁶ on v7 or 2 on v8. */
  private constructor(bits: u32, core: Core) {
    const exponent = (bits >> 23) as i32;
    const mantissa = bits & 0x7fffff;
    const generation = generationOf(core);
    this.multiplier = mantissa >> droppedBits(generation);
    this.shift = 127 + generation.wholeBits - exponent;
  }

  static of(job: ConvolutionJob, core: Core, settings: Settings): Requantization {
    const bits = reinterpret<u32>(job.scale);
    if (settings.compatMesa) return new Requantization(bits, core);
    if (!job.roundsTwice) return new Requantization(nearest(bits, core), core);
    const below = job.relu ? 0 : job.outputZero;
    const rounding = RoundingCorrection.likeTwo(job.scale as f64, 255 - job.outputZero, below);
    const own = reinterpret<u32>(rounding.factor as f32);
    const requantization = new Requantization(nearest(own, core), core);
    requantization.bias = rounding.bias;
    return requantization;
  }
}

/** Rounds to the bits that are kept; a carry out of the mantissa raises the exponent. */
function nearest(bits: u32, core: Core): u32 {
  return bits + ((1 << droppedBits(generationOf(core))) >> 1);
}

/** Bits of the mantissa that the generation has no room for. */
function droppedBits(generation: Generation): i32 {
  return 23 - generation.fractionBits;
}
