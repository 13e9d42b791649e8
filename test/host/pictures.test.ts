import { deflateSync } from "node:zlib";
import { Jimp } from "jimp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lzwBytes } from "../../host/images/lzw.ts";
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

const SMALL = { width: 2, height: 2, channels: 3 } as const;

/** What a file is refused with: what was expected, and what was found. */
async function refusal(file: Uint8Array): Promise<string> {
  const { expected, found } = await fails("BAD_INPUT", () => readPicture(file, SMALL));
  return `${expected}: ${found}`;
}

test("refuses what is no picture, and names the formats that it knows", async () => {
  const known = "a PNG, JPEG, BMP, GIF or TIFF picture";
  assert.is(await refusal(new Uint8Array()), `${known}: no bytes`);
  assert.is(await refusal(Buffer.from("no picture")), `${known}: bytes 6e 6f 20 70 69 63 74 75`);
  assert.is(
    await refusal(Buffer.from("RIFF\x10\0\0\0WEBPVP8 ")),
    `${known}: a file in the format WebP`,
  );
  assert.is(
    await refusal(Buffer.from("\0\0\0\x1cftypavif")),
    `${known}: a file in the format AVIF`,
  );
});

test("tells that a picture is cut off", async () => {
  for (const mime of ["image/png", "image/jpeg", "image/bmp", "image/gif"] as const) {
    const file = new Uint8Array(await picture.getBuffer(mime));
    const name = mime.slice("image/".length).toUpperCase();
    for (const length of [Math.ceil(0.9 * file.length), file.length - 12]) {
      const told = `a whole ${name} picture: a truncated one`;
      assert.is(await refusal(file.subarray(0, length)), told, `${mime}, ${length} bytes`);
    }
  }
});

/** A file with other numbers at some offsets. */
async function changed(mime: (typeof FORMATS)[number]["mime"], change: (view: DataView) => void) {
  const file = new Uint8Array(await picture.getBuffer(mime));
  change(new DataView(file.buffer, file.byteOffset, file.length));
  return file;
}

const SIDE = 0x7fff;

/** Small files that announce pixels without end. */
const HUGE: [what: string, mime: (typeof FORMATS)[number]["mime"], (view: DataView) => void][] = [
  [
    "PNG",
    "image/png",
    (view) => {
      for (const at of [16, 20]) view.setUint32(at, SIDE);
    },
  ],
  [
    "BMP",
    "image/bmp",
    (view) => {
      for (const at of [18, 22]) view.setInt32(at, -SIDE, true);
    },
  ],
  [
    "GIF",
    "image/gif",
    (view) => {
      for (const at of [6, 8]) view.setUint16(at, SIDE, true);
    },
  ],
  ["a GIF's first picture", "image/gif", enlargeGifPicture],
  ["JPEG", "image/jpeg", (view) => enlargeJpeg(view, SIDE)],
  ["TIFF", "image/tiff", enlargeTiff],
];

for (const [what, mime, enlarge] of HUGE) {
  test(`refuses pixels without end before it decodes any: ${what}`, async () => {
    const told = `a picture of at most 33554432 pixels, and 65535 on a side: ${SIDE}×${SIDE}`;
    assert.is(await refusal(await changed(mime, enlarge)), told);
  });
}

test("refuses a picture that is a line without end", async () => {
  const line = await changed("image/png", (view) => {
    view.setUint32(16, 1);
    view.setUint32(20, 1 << 25);
  });
  const told = "a picture of at most 33554432 pixels, and 65535 on a side: 1×33554432";
  assert.is(await refusal(line), told);
});

test("reads the first page of a TIFF whose pages have no end", async () => {
  const file = await changed("image/tiff", (view) => {
    const directory = view.getUint32(4);
    // The page after the first is the first.
    view.setUint32(directory + 2 + 12 * view.getUint16(directory), directory);
  });
  const alone = new Uint8Array(await picture.getBuffer("image/tiff"));
  assert.equal(await readPicture(file, SMALL), await readPicture(alone, SMALL));
});

/** A file of one page, whose entries are numbers of 32 bits; lists of several lie at an offset. */
function tiff(entries: [tag: number, ...values: number[]][], content: Uint8Array): Buffer {
  const lists = entries.flatMap(([, ...values]) => (values.length > 1 ? values : []));
  const directory = 8 + content.length;
  const file = Buffer.alloc(directory + 6 + 12 * entries.length + 4 * lists.length);
  file.write("II*\0", "latin1");
  file.writeUInt32LE(directory, 4);
  file.set(content, 8);
  file.writeUInt16LE(entries.length, directory);
  let list = directory + 6 + 12 * entries.length;
  for (const [i, [tag, ...values]] of entries.entries()) {
    const at = directory + 2 + 12 * i;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(4, at + 2);
    file.writeUInt32LE(values.length, at + 4);
    file.writeUInt32LE(values.length > 1 ? list : (values[0] as number), at + 8);
    if (values.length === 1) continue;
    for (const value of values) list = file.writeUInt32LE(value, list);
  }
  return file;
}

/** 4 × 4 grey pixels, black as 0. */
const GREY: [number, number][] = [
  [256, 4],
  [257, 4],
  [258, 8],
  [262, 1],
  [277, 1],
];

test("refuses strips of a TIFF that share bytes", async () => {
  const strips = Array.from({ length: 300 }, () => 8);
  const lengths = strips.map(() => 16);
  const file = tiff([...GREY, [259, 1], [273, ...strips], [279, ...lengths]], new Uint8Array(16));
  const found = `parts of 4800 bytes in a file of ${file.length}`;
  assert.is(await refusal(file), `a TIFF picture that can be decoded: ${found}`);
});

test("refuses strips of a TIFF that become more than the picture", async () => {
  const strip = (coded: Uint8Array) => {
    return tiff([...GREY, [259, 8], [273, 8], [278, 4], [279, coded.length]], coded);
  };
  const bomb = strip(deflateSync(new Uint8Array(1 << 24)));
  assert.is(await refusal(bomb), "a TIFF picture that can be decoded: parts beyond its pixels");
  const greys = Uint8Array.from({ length: 16 }, (_, i) => 16 * i);
  const { data } = await readPicture(strip(deflateSync(greys)), {
    width: 4,
    height: 4,
    channels: 1,
  });
  assert.equal([...data], [...greys]);
});

/** Codes of LZW, the first bit first, as wide as a decoder expects them that makes a run of each. */
function lzw(codes: readonly number[]): Uint8Array {
  const coded: number[] = [];
  let [buffer, held, width, next] = [0, 0, 9, 257];
  for (const code of codes) {
    buffer = (buffer << width) | code;
    for (held += width; held >= 8; held -= 8) coded.push((buffer >> (held - 8)) & 255);
    buffer &= (1 << held) - 1;
    if (code === 256) [width, next] = [9, 257];
    else if (++next + 1 === 1 << width && width < 12) width++;
  }
  return Uint8Array.from([...coded, (buffer << (8 - held)) & 255]);
}

test("refuses strips of LZW that become more than the picture, and decodes others", async () => {
  const strip = (coded: Uint8Array) => {
    return tiff([...GREY, [259, 5], [273, 8], [278, 4], [279, coded.length]], coded);
  };
  // Each code stands for the run before and a byte more: 1, 2, 3, … zeros.
  const growing = [256, 0, ...Array.from({ length: 3800 }, (_, i) => 258 + i)];
  const all = (3801 * 3802) / 2;
  assert.is(lzwBytes(lzw([...growing, 257]), 1e9), all);
  assert.is(lzwBytes(lzw([...growing, ...growing, 257]), 1e9), 2 * all);
  const bomb = strip(lzw([...growing, 257]));
  assert.is(await refusal(bomb), "a TIFF picture that can be decoded: parts beyond its pixels");
  const greys = Uint8Array.from({ length: 16 }, (_, i) => 16 * i);
  const size = { width: 4, height: 4, channels: 1 } as const;
  const { data } = await readPicture(strip(lzw([256, ...greys, 257])), size);
  assert.equal([...data], [...greys]);
});

test("refuses interlaced rows beyond a picture's pixels", async () => {
  const file = Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", [0, 0, 0, 4, 0, 0, 0, 4, 8, 2, 0, 0, 1]),
    chunk("IDAT", deflateSync(new Uint8Array(1 << 22))),
    chunk("IEND", []),
  ]);
  assert.is(await refusal(file), "a PNG picture that can be decoded: rows beyond its pixels");
});

test("refuses a JPEG of more scans than its pixels are worth", async () => {
  const file = await changed("image/jpeg", (view) => enlargeJpeg(view, 4096));
  const scan = jpegSegment(new DataView(file.buffer, file.byteOffset, file.length), 0xda);
  const scans = Array.from({ length: 30 }, () => file.subarray(scan, -2));
  const bomb = Buffer.concat([file.subarray(0, -2), ...scans, file.subarray(-2)]);
  const told = "a JPEG picture that can be decoded: 31 scans of 4096×4096 pixels";
  assert.is(await refusal(bomb), told);
});

function enlargeGifPicture(view: DataView): void {
  const at = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).indexOf(0x2c, 13);
  view.setUint16(at + 5, SIDE, true);
  view.setUint16(at + 7, SIDE, true);
}

function enlargeJpeg(view: DataView, side: number): void {
  const at = jpegSegment(view, 0xc0);
  view.setUint16(at + 5, side);
  view.setUint16(at + 7, side);
}

function jpegSegment(view: DataView, marker: number): number {
  let at = 2;
  while (view.getUint8(at + 1) !== marker) at += 2 + view.getUint16(at + 2);
  return at;
}

/** Width and height come first among the entries. */
function enlargeTiff(view: DataView): void {
  const directory = view.getUint32(4);
  const SHORT = 3;
  for (const entry of [directory + 2, directory + 14]) {
    if (view.getUint16(entry + 2) === SHORT) view.setUint16(entry + 8, SIDE);
    else view.setUint32(entry + 8, SIDE);
  }
}

/** Without a checksum: it is refused before that. */
function chunk(kind: string, content: ArrayLike<number>): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(kind), Buffer.from(content), Buffer.alloc(4)]);
}

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
