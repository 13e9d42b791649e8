import { Jimp } from "jimp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readPicture } from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";
import { fails } from "./errors.ts";

const [WIDTH, HEIGHT] = [6, 4];
/** Left half orange, right half blue. */
const picture = new Jimp({ width: WIDTH, height: HEIGHT, color: 0xff8000ff });
picture.scan(WIDTH / 2, 0, WIDTH / 2, HEIGHT, (x, y) => picture.setPixelColor(0x0000ffff, x, y));

const FORMATS = [
  { mime: "image/png", tolerance: 0 },
  { mime: "image/bmp", tolerance: 0 },
  { mime: "image/tiff", tolerance: 0 },
  { mime: "image/gif", tolerance: 8 },
  { mime: "image/jpeg", tolerance: 60 },
] as const;

for (const { mime, tolerance } of FORMATS) {
  test(`decodes ${mime}`, async () => {
    const file = new Uint8Array(await picture.getBuffer(mime));
    const pixels = await readPicture(file, { width: WIDTH, height: HEIGHT, channels: 3 });
    assert.is(pixels.data.length, WIDTH * HEIGHT * 3);
    const at = (x: number, y: number) => [
      ...pixels.data.subarray(3 * (y * WIDTH + x), 3 * (y * WIDTH + x) + 3),
    ];
    const near = (found: number[], expected: number[]) =>
      found.every((value, i) => Math.abs(value - (expected[i] as number)) <= tolerance);
    assert.ok(near(at(0, 0), [255, 128, 0]), `${at(0, 0)}`);
    assert.ok(near(at(5, 3), [0, 0, 255]), `${at(5, 3)}`);
  });
}

test("resizes to the size wanted, and to greys by brightness", async () => {
  const file = new Uint8Array(await picture.getBuffer("image/png"));
  const pixels = await readPicture(file, { width: 2, height: 2, channels: 1 });
  const orange = Math.round(0.299 * 255 + 0.587 * 128);
  const blue = Math.round(0.114 * 255);
  assert.equal([...pixels.data], [orange, blue, orange, blue]);
});

test("reads a file that is part of a larger buffer", async () => {
  const file = new Uint8Array(await picture.getBuffer("image/png"));
  const buffer = new Uint8Array(file.length + 20).fill(7);
  buffer.set(file, 10);
  const size = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
  assert.equal(
    await readPicture(buffer.subarray(10, 10 + file.length), size),
    await readPicture(file, size),
  );
});

test("refuses what is no picture, or only part of one", async () => {
  const size = { width: 2, height: 2, channels: 3 } as const;
  const png = new Uint8Array(await picture.getBuffer("image/png"));
  for (const file of [
    new Uint8Array(),
    new TextEncoder().encode("no picture at all"),
    png.subarray(0, 40),
  ]) {
    const error = await fails("BAD_INPUT", () => readPicture(file, size));
    assert.match(error.message, /expected a PNG, JPEG, BMP, GIF or TIFF picture/);
  }
});

if (hasShared("resizing against the pictures resized elsewhere")) {
  for (const name of ["cat", "grace_hopper"]) {
    test(`${name} resized is like the same picture resized elsewhere`, async () => {
      const size = { width: 224, height: 224, channels: 3 } as const;
      const { data } = await readPicture(readShared(`images/${name}.bmp`), size);
      const expected = readShared(`images/${name}-224x224.rgb.gz`);
      assert.is(data.length, expected.length);
      const differences = data.reduce((sum, v, i) => sum + Math.abs(v - (expected[i] ?? 0)), 0);
      const mean = differences / data.length;
      // Another filter differs at edges; another picture, or swapped colours, everywhere.
      assert.ok(mean < 4, `mean difference ${mean}`);
    });
  }
}

test.run();
