import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { compare } from "../support/compare.ts";
import { type OperatorLayer, operatorLayer, type Sample } from "../support/operator-layer.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// Operators that the NPU has no unit for, as jobs that it has, in random shapes and on both
// generations, against the CPU kernels.

const CASES = 24;
const TARGETS = ["a311d", "imx8mp"];

function shuffled(list: number[], random: Random): number[] {
  const rest = [...list];
  return list.map(() => rest.splice(random.integer(0, rest.length - 1), 1)[0] as number);
}

interface Rewriting {
  what: string;
  /** Steps that results may be apart from TFLite's. */
  largest: number;
  make(random: Random): Sample;
}

const size = (random: Random, most: number) => [random.integer(1, most), random.integer(1, most)];
const channels = (random: Random) => random.pick([1, 2, 3, 8, 13, 40]);
const byteType = (random: Random) => random.pick(["uint8", "int8"] as const);

const REWRITINGS: Rewriting[] = [
  {
    what: "pixels repeated",
    largest: 0,
    make(random) {
      const [height = 1, width = 1] = size(random, 9);
      const [down = 1, across = 1] = size(random, 4);
      const depth = channels(random);
      const isDouble = down <= 2 && across <= 2;
      return operatorLayer({
        operator: "RESIZE_NEAREST_NEIGHBOR",
        dtype: byteType(random),
        from: [1, height, width, depth],
        to: [1, down * height, across * width, depth],
        options: random.pick([
          { align_corners: false, half_pixel_centers: false },
          { align_corners: false, half_pixel_centers: true },
          { align_corners: isDouble, half_pixel_centers: false },
        ]),
        constants: [[down * height, across * width]],
      });
    },
  },
  {
    what: "pixels left out",
    largest: 0,
    make(random) {
      const [height = 1, width = 1] = size(random, 5);
      const [down = 1, across = 1] = size(random, 5);
      const depth = channels(random);
      return operatorLayer({
        operator: "RESIZE_NEAREST_NEIGHBOR",
        dtype: byteType(random),
        from: [1, down * height, across * width, depth],
        to: [1, height, width, depth],
        options: { half_pixel_centers: random.pick([true, false]) },
        constants: [[height, width]],
      });
    },
  },
  {
    what: "a single pixel in all positions",
    largest: 0,
    make(random) {
      const [height = 1, width = 1] = size(random, 40);
      const depth = channels(random);
      return operatorLayer({
        operator: random.pick(["RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR"]),
        dtype: byteType(random),
        from: [1, 1, 1, depth],
        to: [1, height, width, depth],
        options: { half_pixel_centers: random.pick([true, false]) },
        constants: [[height, width]],
      });
    },
  },
  {
    what: "slices",
    largest: 0,
    make(random) {
      const shape = [1, random.integer(1, 12), random.integer(1, 12), random.integer(1, 20)];
      const begins = shape.map((extent) => random.integer(0, extent - 1));
      const ends = shape.map((extent, i) => random.integer((begins[i] as number) + 1, extent));
      const steps = [1, random.integer(1, 4), random.integer(1, 4), 1];
      const back = shape.map(() => random.pick([true, false]));
      return operatorLayer({
        operator: "STRIDED_SLICE",
        dtype: byteType(random),
        from: shape,
        to: shape.map((_, i) =>
          Math.ceil(((ends[i] as number) - (begins[i] as number)) / (steps[i] as number)),
        ),
        options: { begin_mask: 1, end_mask: 1 },
        constants: [
          begins.map((begin, i) => (back[i] ? begin - (shape[i] as number) : begin)),
          ends,
          steps,
        ],
      });
    },
  },
  {
    what: "borders",
    largest: 0,
    make(random) {
      const shape = [1, random.integer(1, 12), random.integer(1, 12), channels(random)];
      const isDeep = random.integer(0, 2) === 0;
      const pads = shape.flatMap((_, i) => {
        const most = i === 0 ? 0 : i === 3 && !isDeep ? 0 : random.pick([2, 9, 40]);
        return [random.integer(0, most), random.integer(0, most)];
      });
      const hasValue = random.pick([true, false]);
      return operatorLayer({
        operator: hasValue ? "PADV2" : "PAD",
        dtype: byteType(random),
        from: shape,
        to: shape.map((extent, i) => extent + (pads[2 * i] ?? 0) + (pads[2 * i + 1] ?? 0)),
        constants: [pads],
        lists: [[4, 2]],
        ...(hasValue ? { value: random.integer(0, 127) } : {}),
      });
    },
  },
  {
    what: "dimensions exchanged",
    largest: 0,
    make(random) {
      const from = random.pick([
        [5, 7],
        [1, 6, 9, 8],
        [3, 4, 5, 6],
        [2, 3, 4, 2, 5],
        [1, 300, 211, 3],
      ]);
      const order = shuffled(
        from.map((_, i) => i),
        random,
      );
      return operatorLayer({
        operator: "TRANSPOSE",
        dtype: byteType(random),
        from,
        to: order.map((dimension) => from[dimension] as number),
        constants: [order],
      });
    },
  },
  {
    what: "parts of any rank",
    largest: 0,
    make(random) {
      const from = Array.from({ length: random.integer(1, 5) }, () => random.integer(1, 9));
      const begins = from.map((extent) => random.integer(0, extent - 1));
      const sizes = from.map((extent, i) => random.integer(1, extent - (begins[i] as number)));
      return operatorLayer({
        operator: "SLICE",
        dtype: byteType(random),
        from,
        to: sizes,
        constants: [begins, sizes],
      });
    },
  },
  {
    what: "parts with fewer dimensions",
    largest: 0,
    make(random) {
      const from = Array.from({ length: random.integer(2, 5) }, () => random.integer(1, 9));
      const steps = from.map(() => random.integer(1, 3));
      const begins = from.map((extent) => random.integer(0, extent - 1));
      const mask = random.integer(0, 2 ** from.length - 2);
      const counts = from.map((extent, i) =>
        Math.ceil((extent - (begins[i] as number)) / (steps[i] as number)),
      );
      return operatorLayer({
        operator: "STRIDED_SLICE",
        dtype: byteType(random),
        from,
        to: counts.filter((_, i) => ((mask >> i) & 1) === 0),
        options: { shrink_axis_mask: mask },
        constants: [begins, from, steps],
      });
    },
  },
  {
    what: "elements by index",
    largest: 0,
    make(random) {
      const from = [1, ...size(random, 9), channels(random)].slice(random.integer(0, 2));
      const axis = random.integer(0, from.length - 1);
      const extent = from[axis] as number;
      const indices = random.pick([
        [0],
        [extent - 1, 0],
        Array.from({ length: Math.ceil(extent / 2) }, (_, i) => 2 * i),
        Array.from({ length: random.integer(1, 12) }, () => random.integer(0, extent - 1)),
      ]);
      const isScalar = indices.length === 1;
      return operatorLayer({
        operator: "GATHER",
        dtype: byteType(random),
        from,
        to: from.flatMap((each, i) => (i !== axis ? [each] : isScalar ? [] : [indices.length])),
        options: { axis: axis - (random.pick([true, false]) ? from.length : 0) },
        constants: [indices],
        lists: isScalar ? [[]] : [[indices.length]],
      });
    },
  },
  {
    what: "tensors repeated",
    largest: 0,
    make(random) {
      const from = Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 9));
      const times = from.map(() => random.integer(1, 2));
      return operatorLayer({
        operator: "TILE",
        dtype: byteType(random),
        from,
        to: from.map((extent, i) => extent * (times[i] as number)),
        constants: [times],
      });
    },
  },
  {
    what: "blocks of pixels and channels exchanged",
    largest: 0,
    make(random) {
      const block = random.integer(1, 4);
      const [height = 1, width = 1] = size(random, 9);
      const depth = random.integer(1, 9);
      const wide = [1, block * height, block * width, depth];
      const deep = [1, height, width, block * block * depth];
      const isWide = random.pick([true, false]);
      return operatorLayer({
        operator: isWide ? "SPACE_TO_DEPTH" : "DEPTH_TO_SPACE",
        dtype: byteType(random),
        from: isWide ? wide : deep,
        to: isWide ? deep : wide,
        options: { block_size: block },
      });
    },
  },
  {
    what: "edges mirrored",
    largest: 0,
    make(random) {
      const from = [1, random.integer(4, 9), random.integer(4, 9), channels(random)];
      const pads = from.flatMap((_, i) =>
        i % 3 === 0 ? [0, 0] : [random.integer(0, 3), random.integer(0, 3)],
      );
      return operatorLayer({
        operator: "MIRROR_PAD",
        dtype: byteType(random),
        from,
        to: from.map((extent, i) => extent + (pads[2 * i] ?? 0) + (pads[2 * i + 1] ?? 0)),
        options: { mode: random.integer(0, 1) },
        constants: [pads],
        lists: [[4, 2]],
      });
    },
  },
  {
    what: "pixels interpolated",
    largest: 0,
    make(random) {
      const dtype = byteType(random);
      const align = random.oneIn(3);
      const from = [random.integer(2, 12), random.integer(2, 12)];
      const factors = from.map(() => random.pick([1, 2, 2, 4]));
      const to = from.map((side, i) => {
        const factor = factors[i] as number;
        return align ? (side - 1) * factor + 1 : side * factor;
      });
      const depth = channels(random);
      return operatorLayer({
        operator: "RESIZE_BILINEAR",
        dtype,
        from: [1, ...from, depth],
        to: [1, ...to, depth],
        options: { align_corners: align, half_pixel_centers: !align && random.oneIn(2) },
        constants: [to],
      });
    },
  },
  {
    what: "rows interpolated, or columns, where the image may lie within the one with its edges",
    largest: 0,
    make(random) {
      const from = [random.integer(2, 12), random.integer(2, 12)];
      const [factor, side] = [random.pick([2, 4]), random.integer(0, 1)];
      const to = from.map((extent, i) => (i === side ? extent * factor : extent));
      const depth = random.pick([1, 1, 2]);
      return operatorLayer({
        operator: "RESIZE_BILINEAR",
        dtype: byteType(random),
        from: [1, ...from, depth],
        to: [1, ...to, depth],
        options: { align_corners: false, half_pixel_centers: true },
        constants: [to],
      });
    },
  },
  {
    what: "greatest of windows",
    largest: 0,
    make(random) {
      // Now and then more rows than one plane takes.
      const isTall = random.integer(0, 7) === 0;
      const [height = 1, width = 1] = isTall ? [300, 3] : size(random, 14).map((side) => side + 1);
      const window = [random.integer(1, Math.min(height, 14)), random.integer(1, width)];
      if (Math.max(...window) === 1) window[1] = 2;
      const strides = random.pick([
        [1, 1],
        [2, 2],
        [random.integer(1, 4), random.integer(1, 4)],
      ]);
      const isSame = random.pick([true, false]);
      const depth = isTall ? 40 : channels(random);
      const outputs = [height, width].map((extent, i) => {
        return Math.ceil(
          (isSame ? extent : extent - (window[i] as number) + 1) / (strides[i] as number),
        );
      });
      return operatorLayer({
        operator: "MAX_POOL_2D",
        dtype: byteType(random),
        from: [1, height, width, depth],
        to: [1, ...outputs, depth],
        options: {
          padding: isSame ? 0 : 1,
          stride_h: strides[0] as number,
          stride_w: strides[1] as number,
          filter_height: window[0] as number,
          filter_width: window[1] as number,
          fused_activation_function: random.pick([0, 1]),
        },
      });
    },
  },
  {
    what: "averages of windows",
    largest: 1,
    make(random) {
      const [height = 1, width = 1] = size(random, 20);
      const isSame = random.pick([true, false]);
      const most = isSame ? 5 : 20;
      const window = [height, width].map((extent) => random.integer(1, Math.min(extent, most)));
      const strides = [random.integer(1, 9), random.integer(1, 9)];
      const depth = channels(random);
      const outputs = [height, width].map((extent, i) => {
        return Math.ceil(
          (isSame ? extent : extent - (window[i] as number) + 1) / (strides[i] as number),
        );
      });
      return operatorLayer({
        operator: "AVERAGE_POOL_2D",
        dtype: byteType(random),
        from: [1, height, width, depth],
        to: [1, ...outputs, depth],
        options: {
          padding: isSame ? 0 : 1,
          stride_h: strides[0] as number,
          stride_w: strides[1] as number,
          filter_height: window[0] as number,
          filter_width: window[1] as number,
          fused_activation_function: random.pick([0, 1]),
        },
      });
    },
  },
  {
    what: "averages of whole planes",
    largest: 1,
    make(random) {
      const [height = 1, width = 1] = size(random, 40);
      const depth = random.pick([1, 2, 7, 16, 40]);
      const dtype = byteType(random);
      const from = [1, height, width, depth];
      if (random.pick([true, false])) {
        const output = { scale: random.pick([0.02, 0.05, 0.2]), zeroPoint: 90 };
        const axes = random.pick([
          [1, 2],
          [2, 1],
        ]);
        const to = random.pick([
          [1, 1, 1, depth],
          [1, depth],
        ]);
        const options = { keep_dims: to.length === 4 };
        return operatorLayer({
          operator: "MEAN",
          dtype,
          from,
          to,
          options,
          constants: [axes],
          output,
        });
      }
      const options = {
        padding: 1,
        stride_h: random.integer(1, 9),
        stride_w: random.integer(1, 9),
        filter_height: height,
        filter_width: width,
        fused_activation_function: random.pick([0, 1]),
      };
      return operatorLayer({
        operator: "AVERAGE_POOL_2D",
        dtype,
        from,
        to: [1, 1, 1, depth],
        options,
      });
    },
  },
];

for (const target of TARGETS) {
  for (const { what, largest, make } of REWRITINGS) {
    test(`${what}, on ${target}`, async () => {
      const random = new Random(what.length);
      for (let i = 0; i < CASES; i++) {
        const { model, elements } = make(random);
        const { report } = await compile(model, { target });
        const [operator] = report.operators;
        const mark = operator?.mark === "proven" ? "proven" : "expected";
        assert.is(operator?.mark, mark, `case ${i}: ${operator?.reason}`);
        const input = random.bytes(elements);
        const [found] = await runModel(model, { target }, [input]);
        const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
        const { largest: apart } = compare(found as Uint8Array, wanted as Uint8Array);
        assert.ok(apart <= largest, `case ${i}: ${apart} apart`);
      }
    });
  }
}

const resize = (from: number[], to: number[]): OperatorLayer => ({
  operator: "RESIZE_NEAREST_NEIGHBOR",
  dtype: "uint8",
  from: [1, ...from, 4],
  to: [1, ...to, 4],
  constants: [to],
});

/** What has no rewriting, and what the user is told. */
const REFUSED: [what: string, reason: string, layer: OperatorLayer][] = [
  [
    "one and a half times the pixels",
    "it neither repeats all pixels equally often nor keeps every so many",
    resize([4, 4], [6, 6]),
  ],
  [
    "a large block for every pixel",
    "it repeats every pixel 81 times; 64 is the most",
    resize([2, 2], [18, 18]),
  ],
  [
    "the greatest of windows of many channels that make no equal groups",
    "it would take more than 64 jobs",
    {
      operator: "MAX_POOL_2D",
      dtype: "uint8",
      from: [1, 60, 60, 211],
      to: [1, 58, 57, 211],
      options: { padding: 1, stride_h: 1, stride_w: 1, filter_height: 3, filter_width: 4 },
    },
  ],
  [
    "averages of large windows with padding",
    "its windows hold more than 9 different numbers of pixels",
    {
      operator: "AVERAGE_POOL_2D",
      dtype: "uint8",
      from: [1, 24, 24, 4],
      to: [1, 24, 24, 4],
      options: { padding: 0, stride_h: 1, stride_w: 1, filter_height: 19, filter_width: 19 },
    },
  ],
  [
    "the average of a very large plane",
    "it has 259081 pixels at a time; 16383 is the most",
    {
      operator: "MEAN",
      dtype: "uint8",
      from: [1, 509, 509, 1],
      to: [1, 1, 1, 1],
      constants: [[1, 2]],
    },
  ],
];

for (const [what, reason, refused] of REFUSED) {
  test(`${what}: ${reason}`, async () => {
    const { report } = await compile(operatorLayer(refused).model, { target: "a311d" });
    assert.is(report.operators[0]?.reason, reason);
  });
}

test.run();
