import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  CROSSING,
  RoundingCorrection,
} from "../../assembly/compiler/encode/rounding-correction.ts";
import { nearestOf } from "../support/nearest-factor.ts";

// The bias and factor that stand for TFLite's two roundings, against both roundings carried out
// for every sum whose output lies within a byte.

/** Factors of real layers: those of small shifts, and M at either end of its range. */
const FACTORS = [0.4761, 0.2689, 0.1257, 0.0558, 0.02791, 0.01684, 0.007906];
const ZERO_POINTS = [0, 2, 100, 128, 180, 255];
/** Significant bits of the factor on v7 and on v8. */
const FACTOR_BITS = [16, 24];

for (const bits of FACTOR_BITS) {
  test(`a factor of ${bits} bits follows TFLite better than TFLite's own does`, () => {
    for (const factor of FACTORS) {
      for (const zero of ZERO_POINTS) {
        const what = `factor ${factor}, zero point ${zero}`;
        const plain = missed(factor, zero, new RoundingCorrection(0, factor), bits);
        const found = missed(
          factor,
          zero,
          RoundingCorrection.likeTwo(factor, 255 - zero, zero),
          bits,
        );
        assert.ok(found.sums < 0.75 * plain.sums, `${what}: ${found.sums} of ${plain.sums}`);
        assert.is(found.largest, 1, what);
      }
    }
  });
}

test("no other bias follows TFLite better", () => {
  for (const factor of FACTORS) {
    for (const zero of ZERO_POINTS) {
      const chosen = RoundingCorrection.likeTwo(factor, 255 - zero, zero);
      const found = missed(factor, zero, chosen, 24).sums;
      for (const bias of [-1, 0, 1, 2].filter((bias) => bias !== chosen.bias)) {
        for (const side of [1, -1]) {
          const other = missed(factor, zero, crossing(factor, bias, side), 24).sums;
          const what = `factor ${factor}, zero point ${zero}, bias ${bias} for ${chosen.bias}`;
          assert.ok(found <= 1.03 * other, `${what}: ${found}, ${other}`);
        }
      }
    }
  }
});

test("both step at the same sum where the lines cross", () => {
  for (const factor of FACTORS) {
    const { bias, factor: own } = RoundingCorrection.likeTwo(factor, 255, 0);
    const sums = [...Array(2 * Math.ceil(1 / factor)).keys()];
    const first = Math.floor((CROSSING - 1) / factor);
    for (const sum of sums.map((i) => first + i)) {
      assert.is(rounded(sum + bias, nearestOf(own, 24)), roundedTwice(sum, factor), `${factor}`);
    }
  }
});

test("what TFLite rounds once is left alone", () => {
  for (const factor of [0.5, 0.7, 1, 1.99, 300]) {
    assert.equal(RoundingCorrection.likeTwo(factor, 155, 100), new RoundingCorrection(0, factor));
  }
});

/** How many sums come out otherwise than TFLite's do, and the largest difference. */
function missed(factor: number, zero: number, own: RoundingCorrection, bits: number) {
  const kept = nearestOf(own.factor, bits);
  let sums = 0;
  let largest = 0;
  const last = Math.ceil((255.5 - zero) / factor);
  for (let sum = -Math.ceil((zero + 0.5) / factor); sum <= last; sum++) {
    const found = byte(rounded(sum + own.bias, kept), zero);
    const difference = Math.abs(found - byte(roundedTwice(sum, factor), zero));
    if (difference > 0) sums++;
    largest = Math.max(largest, difference);
  }
  return { sums, largest };
}

/** Any bias with the factor for which both step at the same sum on one side of the zero point. */
function crossing(factor: number, bias: number, side: number): RoundingCorrection {
  const { bias: one, factor: own } = RoundingCorrection.likeTwo(factor, 255, 0);
  return new RoundingCorrection(bias, 1 / (1 / own + (side * bias - one) / CROSSING));
}

function byte(value: number, zero: number): number {
  return Math.min(255, Math.max(0, value + zero));
}

/** Halves away from zero. */
function rounded(sum: number, factor: number): number {
  return Math.sign(sum) * Math.floor(Math.abs(sum) * factor + 0.5);
}

/** TFLite's specification: 31 bits of the fraction, then a shift to the right. */
function roundedTwice(sum: number, factor: number): number {
  let shift = 0;
  while (factor * 2 ** shift < 0.5) shift++;
  const fraction = Math.round(factor * 2 ** (31 + shift));
  const product = Math.floor((Math.abs(sum) * fraction + 2 ** 30) / 2 ** 31);
  return Math.sign(sum) * Math.floor((product + 2 ** shift / 2) / 2 ** shift);
}

test.run();
