import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Extent } from "../../host/images/extent.ts";
import { sample } from "../../host/images/sample.ts";
import { classNamer, type Detections, interpret, type TensorInfo } from "../../host/index.ts";
import { classifierNames } from "../../host/results/names/classifier-names.ts";
import type { Mask, Picture, Points, Result } from "../../host/results/result.ts";
import { overlap, suppress } from "../../host/results/suppress.ts";
import { hasShared, readShared } from "../support/shared.ts";
import { fails } from "./errors.ts";

// Outputs that mean one known thing, written down as each network would give them.

function info(name: string, shape: number[], dtype: TensorInfo["dtype"] = "float32"): TensorInfo {
  return { name, shape, dtype };
}

const image = (height: number, width: number) => [info("image", [1, height, width, 3], "uint8")];

/** Interprets float outputs, each given by its shape and the values that are not zero. */
function meaning(
  inputs: TensorInfo[],
  outputs: { shape: number[]; values: Record<number, number>; fill?: number }[],
): Result | undefined {
  const infos = outputs.map(({ shape }, i) => info(`out${i}`, shape));
  const values: Record<string, Float32Array> = {};
  for (const [i, { shape, values: given, fill = 0 }] of outputs.entries()) {
    const array = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(fill);
    for (const [at, value] of Object.entries(given)) array[Number(at)] = value;
    values[`out${i}`] = array;
  }
  return interpret(values, infos, inputs);
}

function only(result: Result | undefined) {
  assert.is(result?.kind, "detections");
  const { detections } = result as Detections;
  assert.is(detections.length, 1);
  return detections[0] as Detections["detections"][number];
}

function near(found: readonly number[], expected: readonly number[]): void {
  assert.is(found.length, expected.length);
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - (expected[i] as number)) < 1e-6, `${found} for ${expected}`);
  });
}

test("YOLOv8 gives centres and sizes, in pixels or in parts of the picture", () => {
  const count = 8 * 12 + 4 * 6 + 2 * 3; // 64 rows, 96 columns
  const rows = (x: number, y: number) => ({
    shape: [1, 4 + 3, count],
    values: {
      5: 0.5 * x,
      [count + 5]: 0.25 * y,
      [2 * count + 5]: 0.5 * x,
      [3 * count + 5]: 0.125 * y,
      [4 * count + 5]: 0.25,
      [6 * count + 5]: 0.75,
    },
  });
  for (const units of [rows(1, 1), rows(96, 64)]) {
    const { class: index, score, box } = only(meaning(image(64, 96), [units]));
    assert.equal([index, score], [2, 0.75]);
    near(box, [0.1875, 0.25, 0.3125, 0.75]);
  }
});

test("YOLOv8 for poses has points behind its one class", () => {
  const count = 8 * 8 + 4 * 4 + 2 * 2;
  const values = { 7: 0.5, [count + 7]: 0.5, [2 * count + 7]: 1, [3 * count + 7]: 1 };
  const points = {
    [4 * count + 7]: 0.5,
    [5 * count + 7]: 0.25,
    [6 * count + 7]: 0.75,
    [7 * count + 7]: 1,
  };
  const result = meaning(image(64, 64), [
    { shape: [1, 56, count], values: { ...values, ...points } },
  ]);
  const found = only(result);
  assert.is(found.points?.length, 17);
  assert.equal(found.points?.[0], { column: 0.25, row: 0.75, score: 1 });
  assert.is(classNamer(result as Result)(found.class), "person");
});

test("YOLOv5 multiplies objectness and class", () => {
  const count = 3 * (64 + 16 + 4);
  const begin = 10 * 8;
  const row = [0.5, 0.25, 0.25, 0.5, 0.5, 0.25, 0.125, 1];
  const values = Object.fromEntries(row.map((value, i) => [begin + i, value]));
  const found = only(meaning(image(64, 64), [{ shape: [1, count, 8], values }]));
  assert.equal([found.class, found.score], [2, 0.5]);
  near(found.box, [0, 0.375, 0.5, 0.625]);
});

test("YOLOX counts from cells, whether its grids are one output or three", () => {
  // Row 1, column 2 of the second grid, with 16 pixels a cell.
  const row = [0.5, 0.25, Math.log(2), Math.log(1), 1, 0, 0.875];
  const cell = 1 * 4 + 2;
  const at = (begin: number) =>
    Object.fromEntries(row.map((value, i) => [(begin + cell) * 7 + i, value]));
  const joined = [{ shape: [1, 84, 7], values: at(64) }];
  const apart = [
    { shape: [1, 4, 4, 7], values: at(0) },
    { shape: [1, 8, 8, 7], values: {} },
    { shape: [1, 2, 2, 7], values: {} },
  ];
  for (const outputs of [joined, apart]) {
    const found = only(meaning(image(64, 64), outputs));
    assert.equal([found.class, found.score], [1, 0.875]);
    near(found.box, [20 / 64 - 8 / 64, 40 / 64 - 16 / 64, 20 / 64 + 8 / 64, 40 / 64 + 16 / 64]);
  }
});

test("FastestDet moves centres by tanh and sizes by the logistic function", () => {
  const begin = (1 * 4 + 2) * 85;
  const values = { [begin]: 1, [begin + 1]: Math.atanh(0.5), [begin + 5 + 16]: 1 };
  const result = meaning(image(64, 64), [{ shape: [1, 4, 4, 85], values }]);
  const found = only(result);
  assert.equal([found.class, found.score], [16, 1]);
  near(found.box, [0, 2.5 / 4 - 0.25, 0.5, 2.5 / 4 + 0.25]);
  assert.is(classNamer(result as Result)(16), "dog");
});

test("BlazeFace counts pixels from its cells", () => {
  const anchor = 2 * (16 * 3 + 5) + 1;
  const values = { [16 * anchor + 2]: 32, [16 * anchor + 3]: 16, [16 * anchor + 4]: 64 };
  const found = only(
    meaning(image(128, 128), [
      { shape: [1, 896, 16], values },
      { shape: [1, 896, 1], values: { [anchor]: 3 }, fill: -100 },
    ]),
  );
  near(found.box, [3.5 / 16 - 1 / 16, 5.5 / 16 - 1 / 8, 3.5 / 16 + 1 / 16, 5.5 / 16 + 1 / 8]);
  near([found.score], [1 / (1 + Math.exp(-3))]);
  assert.equal(found.points?.[0], { row: 3.5 / 16, column: 5.5 / 16 + 0.5, score: 1 });
});

test("SSD's boxes move from anchors, and its first class is the background", () => {
  // The second anchor of row 1, column 2 in the second grid: 10 × 10 cells, a ratio of 2.
  const anchor = 3 * 19 * 19 + 6 * (1 * 10 + 2) + 1;
  const found = only(
    meaning(image(300, 300), [
      { shape: [1, 1917, 4], values: { [4 * anchor]: 10 } },
      { shape: [1, 1917, 91], values: { [91 * anchor + 18]: 0.5, [91 * anchor]: 0.9 } },
    ]),
  );
  assert.equal([found.class, found.score], [17, 0.5]);
  const [width, height] = [0.35 * Math.SQRT2, 0.35 / Math.SQRT2];
  const row = 0.15 + height;
  near(found.box, [row - height / 2, 0.25 - width / 2, row + height / 2, 0.25 + width / 2]);
});

test("TFLite_Detection_PostProcess tells how many it found", () => {
  const result = meaning(image(300, 300), [
    { shape: [1, 10, 4], values: { 0: 0.125, 1: 0.25, 2: 0.5, 3: 0.75 } },
    { shape: [1, 10], values: { 0: 16 } },
    { shape: [1, 10], values: {}, fill: 0.875 },
    { shape: [1], values: { 0: 1 } },
  ]);
  const found = only(result);
  assert.equal(found, { class: 16, score: 0.875, box: [0.125, 0.25, 0.5, 0.75] });
  assert.is(classNamer(result as Result)(16), "cat");
});

test("PoseNet moves the hottest cells by offsets, rows before columns", () => {
  const cell = 1 * 5 + 2;
  const result = meaning(image(65, 65), [
    { shape: [1, 5, 5, 17], values: { [cell * 17 + 3]: 4 } },
    { shape: [1, 5, 5, 34], values: { [cell * 34 + 3]: 6.5, [cell * 34 + 17 + 3]: -13 } },
  ]) as Points;
  const { row, column, score } = result.points[3] as Points["points"][number];
  near([row, column, score], [(16 + 6.5) / 65, (32 - 13) / 65, 1 / (1 + Math.exp(-4))]);
});

test("a face mesh and MoveNet give points", () => {
  const mesh = meaning(image(192, 192), [
    { shape: [1, 1, 1, 1404], values: { 3: 96, 4: 48 } },
    { shape: [1, 1, 1, 1], values: {} },
  ]) as Points;
  assert.is(mesh.points.length, 468);
  assert.equal(mesh.points[1], { column: 0.5, row: 0.25, score: 1 });
  const move = meaning(image(192, 192), [
    { shape: [1, 1, 17, 3], values: { 3: 0.25, 4: 0.5, 5: 0.75 } },
  ]) as Points;
  assert.equal(move.points[1], { row: 0.25, column: 0.5, score: 0.75 });
});

test("masks are the greatest class, an index or a probability", () => {
  const values = { 0: 1, [21 + 15]: 2, [2 * 21 + 8]: 3 };
  const mask = meaning(image(16, 16), [{ shape: [1, 2, 2, 21], values }]) as Mask;
  assert.equal([...mask.values], [0, 15, 8, 0]);
  assert.is(classNamer(mask)(15), "person");
  const indices = meaning(image(2, 3), [{ shape: [1, 2, 3], values: { 4: 12 } }]) as Mask;
  assert.equal([...indices.values], [0, 0, 0, 0, 12, 0]);
  const one = meaning(image(2, 2), [{ shape: [1, 2, 2, 1], values: { 1: 0.75 } }]) as Mask;
  assert.equal([...one.values], [0, 1, 0, 0]);
});

test("a picture of at least the input's size is a picture", () => {
  const [low, high] = [-1, 1].map((fill) => {
    const picture = meaning(image(2, 2), [{ shape: [1, 4, 4, 3], values: { 0: -1 }, fill }]);
    assert.is(picture?.kind, "picture");
    return [...(picture as Picture).rgba.slice(0, 8)];
  });
  assert.equal(low, [0, 0, 0, 255, 0, 0, 0, 255]);
  assert.equal(high, [0, 255, 255, 255, 255, 255, 255, 255]);
});

test("what is found in a letterbox or a crop is told in parts of the picture", () => {
  // 200 × 100 pixels in 64 × 64: rows 16 to 48 in a letterbox, columns −32 to 96 cropped.
  const picture = { width: 200, height: 100, data: new Uint8Array(4 * 200 * 100) };
  const count = 64 + 16 + 4;
  const values = {
    3: 0.5,
    [count + 3]: 0.5,
    [2 * count + 3]: 0.25,
    [3 * count + 3]: 0.25,
    [4 * count + 3]: 1,
  };
  const infos = [info("out", [1, 5, count])];
  const out = new Float32Array(5 * count);
  for (const [at, value] of Object.entries(values)) out[Number(at)] = value;
  const size = { width: 64, height: 64, channels: 3 } as const;
  for (const [fit, box] of [
    ["letterbox", [0.25, 0.375, 0.75, 0.625]],
    ["crop", [0.375, 0.4375, 0.625, 0.5625]],
    ["stretch", [0.375, 0.375, 0.625, 0.625]],
  ] as const) {
    const { extent } = sample(picture, { ...size, fit });
    assert.ok(extent);
    near(only(interpret({ out }, infos, image(64, 64), { extent })).box, box);
  }
  // A mask loses what lies outside the picture, and has nothing where the picture was cut off.
  const mask = (extent: Extent) => {
    const infos = [info("out", [1, 4, 4], "uint8")];
    const out = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
    return interpret({ out }, infos, image(4, 4), { extent }) as Mask;
  };
  const within = mask({ top: 0.25, bottom: 0.75, left: 0, right: 1 });
  assert.equal(
    [within.width, within.height, [...within.values]],
    [4, 2, [5, 6, 7, 8, 9, 10, 11, 12]],
  );
  const beyond = mask({ top: 0, bottom: 0.25, left: -0.25, right: 1.25 });
  assert.equal([beyond.width, beyond.height, [...beyond.values]], [6, 1, [0, 1, 2, 3, 4, 0]]);
});

test("classifiers, and what nothing is known of, have no meaning of these", () => {
  for (const shape of [
    [1, 1000],
    [1, 16, 84],
    [1, 245, 2],
    [1, 16, 16, 30],
    [1, 13, 13, 18],
  ]) {
    assert.is(meaning(image(256, 256), [{ shape, values: {} }]), undefined, `${shape}`);
  }
});

test("a decoder that is asked for must exist and fit", async () => {
  const infos = [info("out", [1, 10])];
  const outputs = { out: new Float32Array(10) };
  for (const [decoder, expected] of [
    ["yolov9", /the decoder yolov9; expected one of tflite, yolov8, /],
    ["yolov8", /outputs of 1×10; expected those of YOLOv8/],
  ] as const) {
    const work = () => interpret(outputs, infos, image(64, 64), { decoder });
    assert.match((await fails("BAD_OPTION", work)).message, expected);
  }
});

test("ImageNet's names have their numbers", () => {
  if (!hasShared("ImageNet's names")) return;
  const lines = new TextDecoder()
    .decode(readShared("images/imagenet_labels.txt"))
    .trim()
    .split("\n");
  const first = (line: string) => {
    const [name = ""] = line.split(",");
    return name.trim().toLowerCase().replaceAll("gray", "grey");
  };
  const names = classifierNames(1001) ?? [];
  assert.is(names.length, lines.length);
  names.forEach((name, i) => {
    assert.is(first(name).replaceAll("-", " "), first(lines[i] ?? "").replaceAll("-", " "));
  });
  assert.is(classifierNames(1000)?.[0], names[1]);
  assert.is(classifierNames(10), undefined);
});

test("of boxes of one class that overlap by more than half, the best stays", () => {
  const at = (left: number, score: number, index = 0) => ({
    class: index,
    score,
    box: [0, left, 1, left + 0.3] as [number, number, number, number],
  });
  near([overlap([0, 0, 1, 0.3], [0, 0.1, 1, 0.4])], [0.5]);
  assert.is(overlap([0, 0, 0.1, 0.1], [0.1, 0.1, 0.2, 0.2]), 0);
  const found = suppress([at(0, 0.5), at(0.05, 0.9), at(0.5, 0.6), at(0.05, 0.7, 1), at(0.9, 0.3)]);
  assert.equal(
    found.map(({ class: index, score }) => [index, score]),
    [
      [0, 0.9],
      [1, 0.7],
      [0, 0.6],
    ],
  );
});

test.run();
