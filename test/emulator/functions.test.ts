import { test } from "uvu";
import * as assert from "uvu/assert";
import { type TpSpec, tpWords } from "./descriptors.ts";
import { AT, Rig } from "./rig.ts";
import { errorOf } from "./small-jobs.ts";

// TP jobs with a function: tables made from the format's definition, and what becomes of bytes.

const rig = await Rig.create();
const TABLE = AT.coefficients;
const BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

/** The 21-bit float nearest to a number that is neither tiny nor huge. */
function float21(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 1 << 20 : 0;
  if (value === 0) return sign;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const mantissa = Math.round((Math.abs(value) / 2 ** exponent - 1) * 2 ** 15);
  // A mantissa that is rounded up to 2 carries into the exponent.
  return sign + (exponent + 15) * 2 ** 15 + mantissa;
}

/** The number where a word's stretch begins. */
function startOf(word: number): number {
  const [exponent, mantissa] = [(word >> 4) & 31, word & 15];
  const magnitude =
    exponent === 0 ? mantissa / 2 ** 18 : (1 + mantissa / 16) * 2 ** (exponent - 15);
  return word < 512 ? magnitude : -magnitude;
}

/** The table of a function that is 0 where its results are tiny, and stays where bytes end. */
function tableOf(f: (x: number) => number): Uint32Array {
  return Uint32Array.from({ length: 1024 }, (_, word) => {
    const result = f(Math.max(-512, Math.min(512, startOf(word))));
    return Math.abs(result) < 2 ** -14 ? 0 : float21(result);
  });
}

function putTable(table: Uint32Array, address = TABLE): void {
  rig.put(address, new Uint8Array(table.buffer));
}

interface Quantization {
  inputZero?: number;
  outputZero?: number;
  multiplier?: number;
  shift?: number;
}

const ROW: TpSpec = {
  image: { width: 256, height: 1, channels: 1 },
  tile: { width: 256, height: 1 },
  loops: [[1, 256]],
};

/** What becomes of every byte. */
function resultsOf(f: (x: number) => number, quantization: Quantization = {}): number[] {
  const { multiplier, shift, ...zeros } = quantization;
  putTable(tableOf(f));
  rig.put(AT.input, BYTES);
  rig.run({
    kind: "TP",
    words: tpWords({ ...ROW, ...zeros, function: { table: TABLE, multiplier, shift } }),
  });
  return [...rig.get(AT.output, 256)];
}

const clamp = (value: number) => Math.max(0, Math.min(255, value));

test("functions of straight lines are exact", () => {
  for (const zero of [0, 1, 100, 128, 255]) {
    const differences = [...BYTES].map((byte) => byte - zero);
    const zeros = { inputZero: zero, outputZero: 7 };
    assert.equal(
      resultsOf((x) => x, zeros),
      differences.map((d) => clamp(d + 7)),
    );
    assert.equal(
      resultsOf(Math.abs, zeros),
      differences.map((d) => clamp(Math.abs(d) + 7)),
    );
    assert.equal(
      resultsOf((x) => Math.max(x, -0), zeros),
      differences.map((d) => clamp(Math.max(d, 0) + 7)),
    );
    assert.equal(
      resultsOf((x) => -x / 4, zeros),
      differences.map((d) => clamp(-Math.sign(d) * Math.round(Math.abs(d) / 4) + 7)),
    );
  }
});

test("between two words a function runs straight", () => {
  const square = (x: number) => (x * x) / 256;
  const zero = 90;
  const expected = [...BYTES].map((byte) => {
    const x = Math.abs(byte - zero);
    // Sixteen stretches between two powers of two.
    const stretch = x < 16 ? 1 : 2 ** (Math.floor(Math.log2(x)) - 4);
    const start = Math.floor(x / stretch) * stretch;
    const way = (x - start) / stretch;
    return clamp(Math.round(square(start) * (1 - way) + square(start + stretch) * way));
  });
  assert.equal(resultsOf(square, { inputZero: zero }), expected);
});

test("results are multiplied, shifted, rounded once with ties away from zero, and clamped", () => {
  const difference = (byte: number) => byte - 128;
  const zeros = { inputZero: 128, outputZero: 100 };
  const away = (value: number) => Math.sign(value) * Math.round(Math.abs(value));
  for (const [multiplier, shift] of [
    [0, 1],
    [0, 3],
    [0x4000, 0],
    [0x4000, 1],
    [0x7fff, 2],
    [0x5555, 6],
    [0, -1],
    [0x1234, -3],
    [0, 63],
    [0x7fff, -64],
  ] as const) {
    const factor = (1 + multiplier / 2 ** 15) / 2 ** shift;
    assert.equal(
      resultsOf((x) => x, { ...zeros, multiplier, shift }),
      [...BYTES].map((byte) => clamp(away(difference(byte) * factor) + 100)),
      `${multiplier} ${shift}`,
    );
  }
});

test("functions with results below one are shifted up", () => {
  // σ in steps of 1/256 of inputs in steps of 1/16.
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x / 16));
  const found = resultsOf(sigmoid, { inputZero: 120, shift: -8 });
  const expected = [...BYTES].map((byte) => clamp(Math.round(256 * sigmoid(byte - 120))));
  assert.ok(found.every((value, i) => Math.abs(value - (expected[i] as number)) <= 1));
  assert.is(found[120], 128);
});

test("what lies outside the image is the function of the border constant", () => {
  putTable(tableOf((x) => 2 * x + 3));
  rig.put(AT.input, Uint8Array.of(10, 20));
  const spec: TpSpec = {
    image: { width: 2, height: 1, channels: 1 },
    window: { left: -1, top: 0, right: 2, bottom: 0 },
    tile: { width: 4, height: 1 },
    loops: [[1, 4]],
    inputZero: 10,
    function: { table: TABLE },
  };
  rig.run({ kind: "TP", words: tpWords(spec) });
  assert.equal([...rig.get(AT.output, 4)], [3, 3, 23, 3]);
  rig.run({ kind: "TP", words: tpWords({ ...spec, border: 5 }) });
  assert.equal([...rig.get(AT.output, 4)], [13, 3, 23, 13]);
});

test("tiles of 64 × 16, rows split over the cores", () => {
  putTable(tableOf((x) => x));
  for (const [rows, columns, channels] of [
    [20, 12, 70],
    [7, 33, 130],
    [4, 16, 64],
    [3, 1, 3],
  ] as const) {
    const image = Uint8Array.from({ length: rows * columns * channels }, (_, i) => (i * 37) & 255);
    rig.put(AT.input, image);
    rig.put(AT.output, new Uint8Array(image.length));
    let first = 0;
    const jobs = [0, 1, 2, 3].map((core) => {
      const share = Math.ceil((rows - first) / (4 - core));
      const at = first * columns * channels;
      first += share;
      const words = tpWords({
        image: { width: channels, height: columns, channels: share },
        tile: { width: 64, height: 16 },
        loops: [
          [0, 1],
          [1, 0],
          [channels, 0],
          [64, Math.ceil(channels / 64)],
          [16 * channels, Math.ceil(columns / 16)],
          [0, 1],
          [channels * columns, 0],
        ],
        resets: [1, 2],
        input: AT.input + at,
        output: AT.output + at,
        outputZero: 1,
        noFlush: core < 3,
        function: { table: TABLE },
      });
      return { kind: "TP", words, continued: core < 3, state3950: core < 3 ? 8 : 0 } as const;
    });
    rig.run(...jobs);
    assert.equal(
      [...rig.get(AT.output, image.length)],
      [...image].map((byte) => clamp(byte + 1)),
    );
  }
});

test("tables that are not mapped or hold no finite floats of 21 bits are refused", () => {
  const runAt = (table: number) =>
    rig.run({ kind: "TP", words: tpWords({ ...ROW, function: { table } }) });
  const end = TABLE + 0x100000;
  putTable(
    tableOf((x) => x),
    end - 4096,
  );
  assert.is(
    errorOf(() => runAt(end - 4096)),
    "none",
  );
  assert.match(
    errorOf(() => runAt(end - 4092)),
    /^OUT_OF_BOUNDS.*the function's table of job 0/,
  );
  assert.match(
    errorOf(() => runAt(0x70000000)),
    /^OUT_OF_BOUNDS/,
  );
  for (const [word, value] of [
    [0, 1 << 21],
    [1023, -1 >>> 0],
    [500, 31 << 15],
  ] as const) {
    const table = tableOf((x) => x);
    table[word] = value;
    putTable(table);
    const error = errorOf(() => runAt(TABLE));
    assert.match(error, /^BAD_DESCRIPTOR in job 0: expected finite floats of 21 bits/);
    assert.match(error, new RegExp(`found 0x${value.toString(16)}$`));
  }
});

test.run();
