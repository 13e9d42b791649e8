import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../support/random.ts";
import { BitWriter } from "./bit-writer.ts";
import { type TpSpec, tpWords } from "./descriptors.ts";
import { AT, Rig } from "./rig.ts";
import { errorOf } from "./small-jobs.ts";

// Random TP jobs of every kind that the vendor's compiler writes, against what they are to do.

const rig = await Rig.create();
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const random = new Random(SEED);
const JOBS = 200;
/** Of the loops, none more than once. */
const NO_LOOP: [number, number] = [0, 1];

type Fields = Omit<TpSpec, "image" | "window" | "tile" | "loops">;

function run(spec: TpSpec, image: Uint8Array, bytes: number): Uint8Array {
  rig.put(spec.input ?? AT.input, image);
  rig.put(AT.output, new Uint8Array(bytes));
  rig.run({ kind: "TP", words: tpWords(spec) });
  return rig.get(AT.output, bytes);
}

/** A line of all bytes that a job copies, and what becomes of them. */
function runLine(fields: Fields): DataView {
  const image = Uint8Array.from({ length: 256 }, (_, i) => i);
  const spec: TpSpec = {
    image: { width: 256, height: 1, channels: 1 },
    tile: { width: 256, height: 1 },
    loops: [[1, 256]],
    ...fields,
  };
  return new DataView(run(spec, image, 512).buffer);
}

const asSigned = (byte: number) => (byte << 24) >> 24;
const roundAway = (value: number) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
const clamp = (value: number, least: number, most: number) =>
  Math.max(least, Math.min(most, value));

test(`maxima of 2 × 2 pixels, seed ${SEED}`, () => {
  for (let i = 0; i < JOBS; i++) {
    const pool = random.pick([1, 2] as const);
    const isSigned = random.chance(0.5);
    const [width, height, channels] = [
      2 + random.below(150),
      2 + random.below(60),
      1 + random.below(3),
    ];
    // One more pixel before or after the image makes pairs, or keeps its size.
    const [left, top] = [-random.below(2), -random.below(2)];
    let [right, bottom] = [width - random.below(2), height - random.below(2)];
    if (pool === 2 && (right - left) % 2 === 0) right += right === width ? -1 : 1;
    if (pool === 2 && (bottom - top) % 2 === 0) bottom += bottom === height ? -1 : 1;
    const tile = { width: 2 * (1 + random.below(32)), height: 2 * (1 + random.below(16)) };
    if (pool === 1 && isDegenerate(right - left, tile.width)) tile.width = right - left + 1;
    if (pool === 1 && isDegenerate(bottom - top, tile.height)) tile.height = bottom - top + 1;
    if (pool === 1 && right - left === tile.width - 1) tile.width++;
    if (pool === 1 && bottom - top === tile.height - 1) tile.height++;
    const emitted = (pixels: number) => (pool === 2 ? pixels / 2 : pixels - 1);
    const [columns, rows] = [emitted(right - left + 1), emitted(bottom - top + 1)];
    const zero = isSigned ? 0 : random.below(256);
    const image = random.bytes(width * height * channels);
    const spec: TpSpec = {
      image: { width, height, channels },
      window: { left, top, right, bottom },
      tile,
      resets: [1, 2],
      loops: [
        [0, 1],
        [1, 0],
        [columns, 0],
        [emitted(tile.width), Math.ceil(columns / emitted(tile.width))],
        [columns * emitted(tile.height), Math.ceil(rows / emitted(tile.height))],
        NO_LOOP,
        [columns * rows, 0],
      ],
      pool,
      inputZero: zero,
      outputZero: zero,
      ...(isSigned ? { inputType: "int8", outputType: "int8" } : {}),
    };
    const value = (byte: number) => (isSigned ? asSigned(byte) : byte);
    const expected = Uint8Array.from({ length: columns * rows * channels }, (_, at) => {
      const [z, pixel] = [Math.floor(at / (columns * rows)), at % (columns * rows)];
      const [y, x] = [top + Math.floor(pixel / columns) * pool, left + (pixel % columns) * pool];
      let most = Number.NEGATIVE_INFINITY;
      for (const [row, column] of [
        [y, x],
        [y, x + 1],
        [y + 1, x],
        [y + 1, x + 1],
      ] as const) {
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        most = Math.max(most, value(image[(z * height + row) * width + column] as number));
      }
      return most & 0xff;
    });
    assert.equal(run(spec, image, expected.length), expected, JSON.stringify(spec));
  }
});

/** Whether a last tile of one pixel follows, where tiles share one. */
function isDegenerate(steps: number, tile: number): boolean {
  return steps % (tile - 1) === 0;
}

test("a last tile of a single row or column is refused, like pairs that the window cuts", () => {
  const spec: TpSpec = {
    image: { width: 8, height: 8, channels: 1 },
    window: { left: 0, top: 0, right: 8, bottom: 8 },
    tile: { width: 64, height: 5 },
    loops: [[1, 64]],
    pool: 1,
  };
  const refusal = (changes: Partial<TpSpec>) =>
    errorOf(() => rig.run({ kind: "TP", words: tpWords({ ...spec, ...changes }) }));
  assert.match(refusal({}), /in_window_y_end .*tiles of pairs/);
  assert.is(refusal({ tile: { width: 64, height: 17 } }), "none");
  assert.match(refusal({ pool: 2, tile: { width: 64, height: 16 } }), /in_window_x_end/);
});

test("copies change scale, type and zero point", () => {
  for (let i = 0; i < JOBS; i++) {
    const inputType = random.pick(["uint8", "int8"] as const);
    const outputType = random.pick(["uint8", "int8"] as const);
    const inputZero = inputType === "uint8" ? random.below(256) : 0;
    const outputZero = outputType === "uint8" ? random.below(256) : 0;
    const multiplier = random.below(1 << 15);
    const shift = random.below(8) - 4;
    const preshift = random.below(4);
    const result = runLine({
      inputType,
      outputType,
      inputZero,
      outputZero,
      multiplier,
      shift,
      preshift,
    });
    for (let byte = 0; byte < 256; byte++) {
      const value = inputType === "int8" ? asSigned(byte) : byte;
      const factor = (1 + multiplier / 2 ** 15) * 2 ** -(shift + preshift);
      const exact = roundAway((value - inputZero) * factor) + outputZero;
      const isSigned = outputType === "int8";
      const expected = isSigned ? clamp(exact, -128, 127) & 0xff : clamp(exact, 0, 255);
      assert.is(result.getUint8(byte), expected);
    }
  }
});

test("copies give floats of 16 bits, two bytes each", () => {
  const [multiplier, shift, inputZero] = [0x1234, 9, 77];
  const result = runLine({ outputType: "float16", multiplier, shift, inputZero });
  for (let byte = 0; byte < 256; byte++) {
    const exact = (byte - inputZero) * (1 + multiplier / 2 ** 15) * 2 ** -shift;
    const float = halfToNumber(result.getUint16(2 * byte, true));
    // Half a step of a mantissa of 10 bits.
    assert.ok(Math.abs(float - exact) <= Math.abs(exact) * 2 ** -11);
  }
  const subnormal = errorOf(() => runLine({ outputType: "float16", shift: 20 }));
  assert.match(subnormal, /none of them subnormal/);
});

function halfToNumber(half: number): number {
  const magnitude = (1024 + (half & 1023)) * 2 ** (((half >> 10) & 31) - 25);
  if ((half & 0x7fff) === 0) return 0;
  return half & 0x8000 ? -magnitude : magnitude;
}

/** The nearest float of 21 bits, for numbers that are not tiny. */
function floatOf(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const mantissa = Math.round(Math.abs(value) * 2 ** (15 - exponent));
  return (value < 0 ? 1 << 20 : 0) | (((exponent + 15) << 15) + mantissa - (1 << 15));
}

/** What a float of 21 bits stands for. */
function numberOf(float: number): number {
  const magnitude = ((float & 0x7fff) + 0x8000) * 2 ** (((float >> 15) & 31) - 30);
  return float & (1 << 20) ? -magnitude : magnitude;
}

/** A table of a function, indexed by the upper 10 bits of a float of so many bits. */
function putTable(f: (value: number) => number, bits: number): void {
  const words = Uint32Array.from({ length: 1024 }, (_, i) => {
    const exponent = ((i << (bits - 10)) >> 15) & 31;
    return exponent < 31 ? floatOf(f(numberOf(i << (bits - 10)))) : 0;
  });
  rig.put(AT.coefficients, new Uint8Array(words.buffer));
}

test("odd functions have tables of magnitudes, and fractions an input's shift", () => {
  const f = (x: number) => Math.tanh(x);
  for (const isOdd of [true, false]) {
    putTable(f, isOdd ? 20 : 21);
    for (const preshift of [0, 4, 7]) {
      const table = { table: AT.coefficients, isOdd, shift: -7 };
      const result = runLine({
        function: table,
        preshift,
        inputType: "int8",
        outputType: "int8",
      });
      for (let byte = 0; byte < 256; byte++) {
        const exact = clamp(f(asSigned(byte) / 2 ** preshift) * 128, -128, 127);
        // A straight line between words is within a fraction of a step of the function.
        assert.ok(Math.abs(asSigned(result.getUint8(byte)) - exact) < 0.6);
      }
    }
  }
});

/** Coefficients of a fully connected job for v7: rows of plain bytes, input by input. */
function putRows(weights: Uint8Array[], biases: number[]): void {
  const blocks = Math.ceil((4 + 8 * biases.length) / 512);
  const table = new BitWriter();
  for (const _ of weights) table.put(blocks, 5);
  const words = new BitWriter();
  for (const bias of biases) words.put(bias, 32);
  const rows = weights.map((row) => {
    const bits = new BitWriter().put(0, 4);
    for (const weight of row) bits.put(weight, 8);
    return bits.padded(64);
  });
  const parts = [table.padded(64), words.padded(64), ...rows];
  rig.put(AT.coefficients, new Uint8Array(Buffer.concat(parts)));
}

test("fully connected layers", () => {
  for (let i = 0; i < JOBS / 4; i++) {
    const [inputs, outputs] = [1 + random.below(300), 1 + random.below(126)];
    const weights = Array.from({ length: inputs }, () => random.bytes(outputs));
    const biases = Array.from({ length: outputs }, () => random.below(200_000) - 100_000);
    const [inputZero, weightZero, outputZero] = [0, 1, 2].map(() => random.below(256)) as [
      number,
      number,
      number,
    ];
    const [multiplier, shift] = [random.below(1 << 15), 9 + random.below(8)];
    const image = random.bytes(inputs);
    putRows(weights, biases);
    const words = tpWords({
      image: { width: 1, height: 1, channels: inputs },
      loops: [NO_LOOP, NO_LOOP, NO_LOOP, NO_LOOP, [1, outputs]],
      inputZero,
      outputZero,
      multiplier,
      shift,
    });
    words[6] = 0xa000001b + (((outputs - 1) & 63) << 9) + (((outputs - 1) >> 6) << 19);
    words[11] = AT.coefficients;
    words[29] = (words[29] as number) | (weightZero << 16);
    rig.put(AT.input, image);
    rig.run({ kind: "TP", words, connected: true });
    const factor = (1 + multiplier / 2 ** 15) * 2 ** -shift;
    const expected = biases.map((bias, output) => {
      const sum = weights.reduce((total, row, input) => {
        const weight = (row[output] as number) - weightZero;
        return total + weight * ((image[input] as number) - inputZero);
      }, bias);
      return clamp(roundAway(sum * factor) + outputZero, 0, 255);
    });
    assert.equal([...rig.get(AT.output, outputs)], expected);
    const unannounced = errorOf(() => rig.run({ kind: "TP", words }));
    assert.match(unannounced, /in_tile_sequence .*0 with GL_TP_CONFIG 0/);
  }
});

test("images go round circular buffers, over all planes", () => {
  for (let i = 0; i < JOBS; i++) {
    const [width, height, channels] = [
      1 + random.below(40),
      1 + random.below(9),
      1 + random.below(5),
    ];
    const bytes = width * height * channels;
    const inputRing: [number, number] = [AT.input + 64, AT.input + 64 + ((bytes + 63) & ~63)];
    const outputRing: [number, number] = [AT.output + 128, AT.output + 128 + ((bytes + 127) & ~63)];
    const input = inputRing[0] + random.below(bytes);
    const output = outputRing[0] + random.below(bytes);
    const image = random.bytes(bytes);
    const at = (ring: [number, number], address: number) =>
      address < ring[1] ? address : address - ring[1] + ring[0];
    for (let k = 0; k < bytes; k++) rig.put(at(inputRing, input + k), image.subarray(k, k + 1));
    const before = random.bytes(outputRing[1] - outputRing[0]);
    rig.put(outputRing[0], before);
    const spec: TpSpec = {
      image: { width, height, channels },
      tile: { width, height },
      loops: [[1, width], [width, height], NO_LOOP, NO_LOOP, NO_LOOP, NO_LOOP, [width * height, 0]],
      input,
      output,
      inputRing,
      outputRing,
    };
    rig.run({ kind: "TP", words: tpWords(spec) });
    const expected = before.slice();
    image.forEach((byte, k) => {
      expected[at(outputRing, output + k) - outputRing[0]] = byte;
    });
    assert.equal(rig.get(outputRing[0], before.length), expected);
  }
});

test.run();
