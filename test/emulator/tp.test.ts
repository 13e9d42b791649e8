import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../support/random.ts";
import { type TpSpec, tpWords } from "./descriptors.ts";
import { AT, Rig } from "./rig.ts";

// TP jobs made by hand: each says what it does to an image, not how the unit goes about it.

const rig = await Rig.create();
const random = new Random(1);
const UNTOUCHED = 0xee;

/** Runs a job on an image and returns the first `bytes` of what it has written. */
function run(spec: TpSpec, image: Uint8Array, bytes: number): number[] {
  rig.put(AT.input, image);
  rig.put(AT.output, new Uint8Array(bytes).fill(UNTOUCHED));
  rig.run({ kind: "TP", words: tpWords(spec) });
  return [...rig.get(AT.output, bytes)];
}

test("a transposition makes channels planes", () => {
  const [rows, columns, channels] = [3, 5, 4];
  const image = random.bytes(rows * columns * channels);
  const spec: TpSpec = {
    image: { width: channels, height: columns, channels: rows },
    tile: { width: 1, height: columns },
    loops: [
      [1, columns],
      [rows * columns, channels],
      [columns, rows],
    ],
  };
  const expected = Array.from(image, (_, i) => {
    const [c, pixel] = [Math.floor(i / (rows * columns)), i % (rows * columns)];
    return image[pixel * channels + c];
  });
  assert.equal(run(spec, image, image.length), expected);
});

test("zero points are exchanged and results clamped", () => {
  const image = Uint8Array.of(0, 10, 100, 250, 255, 30);
  const spec: TpSpec = {
    image: { width: 6, height: 1, channels: 1 },
    tile: { width: 6, height: 1 },
    loops: [[1, 6]],
    inputZero: 20,
    outputZero: 30,
  };
  assert.equal(run(spec, image, 6), [10, 20, 110, 255, 255, 40]);
  assert.equal(run({ ...spec, inputZero: 30, outputZero: 20 }, image, 6), [0, 0, 90, 240, 245, 20]);
});

test("what lies outside the image is filled with the zero point and the border constant", () => {
  const image = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const spec: TpSpec = {
    image: { width: 3, height: 2, channels: 1 },
    window: { left: -2, top: -1, right: 3, bottom: 2 },
    tile: { width: 6, height: 4 },
    loops: [
      [1, 6],
      [6, 4],
    ],
    inputZero: 7,
    outputZero: 9,
  };
  // biome-ignore format: an image
  const expected = [
    9, 9, 9, 9, 9, 9,
    9, 9, 3, 4, 5, 9,
    9, 9, 6, 7, 8, 9,
    9, 9, 9, 9, 9, 9,
  ];
  assert.equal(run(spec, image, 24), expected);
  const filled = expected.map((value) => (value === 9 ? 14 : value));
  assert.equal(run({ ...spec, border: 5 }, image, 24), filled);
});

test("slices before and behind the image are border", () => {
  const image = Uint8Array.of(1, 2, 3, 4);
  const spec: TpSpec = {
    image: { width: 2, height: 1, channels: 2 },
    window: { left: -1, top: 0, right: 1, bottom: 0 },
    slices: { before: 1, behind: 2 },
    tile: { width: 3, height: 1 },
    loops: [
      [1, 3],
      [3, 5],
    ],
    inputZero: 7,
    outputZero: 9,
  };
  // biome-ignore format: an image
  const expected = [
    9, 9, 9,
    9, 3, 4,
    9, 5, 6,
    9, 9, 9,
    9, 9, 9,
  ];
  assert.equal(run(spec, image, 15), expected);
  // Columns of a tile go another way through the unit.
  const columns: TpSpec = {
    ...spec,
    window: { left: 0, top: -1, right: 1, bottom: 0 },
    tile: { width: 1, height: 2 },
    loops: [
      [2, 2],
      [1, 2],
      [4, 5],
    ],
  };
  // biome-ignore format: an image
  assert.equal(run(columns, image, 20), [
    9, 9, 9, 9,
    9, 9, 3, 4,
    9, 9, 5, 6,
    9, 9, 9, 9,
    9, 9, 9, 9,
  ]);
  // A core may have nothing but such slices.
  const none = { width: 2, height: 1, channels: 0 };
  const alone = { ...spec, image: none, slices: { before: 0, behind: 1 } };
  assert.equal(run(alone, image, 4), [9, 9, 9, UNTOUCHED]);
});

test("space-to-depth deals rows and columns to channels", () => {
  const image = random.bytes(2 * 4 * 6);
  const spec: TpSpec = {
    image: { width: 6, height: 4, channels: 2 },
    tile: { width: 6, height: 4 },
    loops: [
      [6, 2],
      [1, 3],
      [12, 2],
      [3, 2],
      [0, 1],
      [0, 1],
      [24, 0],
    ],
    resets: [1, 3],
  };
  const expected = Array.from({ length: 48 }, (_, i) => {
    const [c, phase, y, x] = [i / 24, (i / 6) % 4, (i / 3) % 2, i % 3].map(Math.floor);
    const row = 2 * (y as number) + ((phase as number) >> 1);
    const column = 2 * (x as number) + ((phase as number) & 1);
    return image[((c as number) * 4 + row) * 6 + column];
  });
  assert.equal(run(spec, image, 48), expected);
});

test("loops without a count end with the tile row and the tile", () => {
  // Tiles of 4 x 3 over images that are no whole number of tiles: an identity for all sizes.
  for (const [width, height, channels] of [
    [4, 3, 1],
    [9, 7, 2],
    [3, 2, 3],
    [8, 4, 2],
    [13, 1, 1],
    [1, 8, 2],
  ] as const) {
    const image = random.bytes(width * height * channels);
    const spec: TpSpec = {
      image: { width, height, channels },
      tile: { width: 4, height: 3 },
      loops: [
        [0, 1],
        [1, 0],
        [width, 0],
        [4, Math.ceil(width / 4)],
        [3 * width, Math.ceil(height / 3)],
        [0, 1],
        [width * height, 0],
      ],
      resets: [1, 2],
    };
    assert.equal(run(spec, image, image.length), [...image], `${width} x ${height} x ${channels}`);
  }
});

test("a reset replaces the ordinary step", () => {
  // Rows of two elements in loops of three: without the reset the row would go on in loop 0.
  const spec: TpSpec = {
    image: { width: 2, height: 3, channels: 1 },
    tile: { width: 2, height: 3 },
    loops: [
      [1, 3],
      [0, 1],
      [4, 3],
    ],
    resets: [1],
  };
  const [a, b, c, d, e, f] = [1, 2, 3, 4, 5, 6];
  const gap = UNTOUCHED;
  assert.equal(run(spec, Uint8Array.of(1, 2, 3, 4, 5, 6), 10), [
    a,
    b,
    gap,
    gap,
    c,
    d,
    gap,
    gap,
    e,
    f,
  ]);
});

test("a reset of loops that stand still is an ordinary step of the next one", () => {
  const spec: TpSpec = {
    image: { width: 2, height: 2, channels: 1 },
    tile: { width: 2, height: 2 },
    loops: [
      [7, 1],
      [9, 1],
      [1, 4],
    ],
    resets: [1],
  };
  assert.equal(run(spec, Uint8Array.of(1, 2, 3, 4), 5), [1, 2, 3, 4, UNTOUCHED]);
});

test("increments may go backwards", () => {
  const spec: TpSpec = {
    image: { width: 4, height: 1, channels: 1 },
    tile: { width: 4, height: 1 },
    loops: [[-1 >>> 0, 4]],
    output: AT.output + 3,
  };
  assert.equal(run(spec, Uint8Array.of(1, 2, 3, 4), 4), [4, 3, 2, 1]);
});

test("no slices give no elements, no rows give filled ones", () => {
  const spec: TpSpec = {
    image: { width: 2, height: 2, channels: 0 },
    tile: { width: 2, height: 2 },
    loops: [[1, 4]],
    outputZero: 3,
    inputZero: 3,
  };
  assert.equal(run(spec, random.bytes(4), 4), [UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED]);
  const window = { left: 0, top: 0, right: 1, bottom: 1 };
  const empty = { width: 2, height: 0, channels: 1 };
  assert.equal(run({ ...spec, image: empty, window }, random.bytes(4), 4), [3, 3, 3, 3]);
});

test.run();
