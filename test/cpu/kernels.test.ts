import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Operator, OperatorOptions, Tensor } from "../../host/blob/blob.ts";
import { CpuEngine } from "../../host/cpu/engine.ts";
import { bytesOf, type Dtype, elementsOf } from "../../host/dtype.ts";
import { compile, Session, type TypedArray } from "../../host/index.ts";
import { fails } from "../host/errors.ts";
import { InputGenerator } from "../support/inputs.ts";
import { hasShared, readShared } from "../support/shared.ts";

interface Case {
  name: string;
  dtype?: Dtype;
  input: { shape: number[]; scale?: number | number[]; zeroPoint?: number };
  output: { shape: number[]; scale?: number; zeroPoint?: number };
  options?: OperatorOptions;
}

function tensor(index: number, dtype: Dtype, { shape, scale, zeroPoint }: Case["input"]): Tensor {
  const scales = [scale ?? 1].flat();
  const quantization = { scales, zeroPoints: scales.map(() => zeroPoint ?? 0), axis: 0 };
  return { index, name: "", shape, dtype, quantization, data: new Uint8Array() };
}

/** An operator whose output is tensor 1. */
function operatorOf(name: string, inputs: number[], options?: OperatorOptions): Operator {
  return {
    index: 3,
    code: 0,
    name,
    inputs,
    outputs: [1],
    placement: "CPU",
    reason: "",
    mark: "proven",
    options: options ?? { kind: "none" },
    macs: 0,
    weightBytes: 0,
    coefficientBytes: 0,
    entropyBytes: 0,
    channelGroups: 0,
    inputCopies: 0,
    error: 0,
  };
}

/** Runs one operator on values of its dtype. */
async function apply(
  { name, dtype = "uint8", input, output, options }: Case,
  values: number[],
  timeout?: number,
) {
  const operator = operatorOf(name, [0], options);
  const tensors = [tensor(0, dtype, input), tensor(1, dtype, output)];
  const engine = await CpuEngine.create(tensors, [operator]);
  engine.values.get(0)?.set(Uint8Array.from(values));
  engine.runOf([3], timeout)();
  const bytes = (engine.values.get(1) as Uint8Array).slice();
  return dtype === "int8" ? [...new Int8Array(bytes.buffer)] : [...bytes];
}

const GLOBAL_POOL = {
  kind: "pool",
  padding: "VALID",
  strideHeight: 1,
  strideWidth: 1,
  filterHeight: 1,
  filterWidth: 4,
  activation: "NONE",
} as const;

test("average pool rounds halves away from zero", async () => {
  const shapes = { input: { shape: [1, 1, 4, 1] }, output: { shape: [1, 1, 1, 1] } };
  const pool: Case = { name: "AVERAGE_POOL_2D", ...shapes, options: GLOBAL_POOL };
  assert.equal(await apply(pool, [1, 2, 3, 4]), [3]);
  assert.equal(await apply(pool, [1, 2, 3, 3]), [2]);
  const signed: Case = { ...pool, dtype: "int8" };
  assert.equal(await apply(signed, [-1, -2, -3, -4]), [-3]);
  assert.equal(await apply(signed, [-1, -2, -3, -3]), [-2]);
  assert.equal(await apply(signed, [127, 127, 127, 126]), [127]);
});

test("average pool leaves padding out of the average", async () => {
  const pool: Case = {
    name: "AVERAGE_POOL_2D",
    input: { shape: [1, 3, 3, 1] },
    output: { shape: [1, 2, 2, 1] },
    options: {
      ...GLOBAL_POOL,
      padding: "SAME",
      strideHeight: 2,
      strideWidth: 2,
      filterHeight: 3,
      filterWidth: 3,
    },
  };
  // Corners of 2×2 each: (10+20+40+50)/4, (20+30+50+60)/4, …
  assert.equal(await apply(pool, [10, 20, 30, 40, 50, 60, 70, 80, 90]), [30, 40, 60, 70]);
});

test("average pool clamps to its activation and keeps channels apart", async () => {
  const quantized = { scale: 0.1, zeroPoint: 100 };
  const pool: Case = {
    name: "AVERAGE_POOL_2D",
    input: { shape: [1, 1, 4, 2], ...quantized },
    output: { shape: [1, 1, 1, 2], ...quantized },
    options: { ...GLOBAL_POOL, activation: "RELU6" },
  };
  // 6 is stored as 160, 0 as 100.
  assert.equal(await apply(pool, [255, 0, 255, 0, 255, 0, 255, 0]), [160, 100]);
  assert.equal(await apply(pool, [120, 130, 122, 132, 120, 130, 122, 132]), [121, 131]);
});

test("softmax of equal values divides one between them", async () => {
  for (const [count, expected] of [
    [1, 255],
    [2, 128],
    [4, 64],
    [512, 1],
    [513, 0],
  ] as const) {
    const input = { shape: [1, count], scale: 0.1 };
    const output = { shape: [1, count], scale: 1 / 256 };
    const softmax: Case = { name: "SOFTMAX", input, output, options: { kind: "softmax", beta: 1 } };
    const values = new Array(count).fill(77);
    assert.equal(await apply(softmax, values), new Array(count).fill(expected));
    const signed = { ...output, zeroPoint: -128 };
    assert.equal(
      await apply({ ...softmax, dtype: "int8", output: signed }, values),
      new Array(count).fill(expected - 128),
    );
  }
});

test("softmax is that of the real values, row by row", async () => {
  const [scale, beta, zeroPoint] = [0.04, 1.5, -20];
  const rows = [
    [-128, 0, 50, 127, 90, 120],
    [3, 2, 1, 0, -1, -2],
    [127, -128, 127, -128, 126, 125],
  ];
  const softmax: Case = {
    name: "SOFTMAX",
    dtype: "int8",
    input: { shape: [3, 6], scale, zeroPoint },
    output: { shape: [3, 6], scale: 1 / 256, zeroPoint: -128 },
    options: { kind: "softmax", beta },
  };
  const expected = rows.flatMap((row) => {
    const powers = row.map((value) => Math.exp(beta * scale * (value - zeroPoint)));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => Math.min(127, Math.round((256 * power) / sum) - 128));
  });
  assert.equal(await apply(softmax, rows.flat()), expected);
});

const POOL: Case = {
  name: "AVERAGE_POOL_2D",
  input: { shape: [1, 1, 4, 1] },
  output: { shape: [1, 1, 1, 1] },
  options: GLOBAL_POOL,
};
const SOFTMAX: Case = {
  name: "SOFTMAX",
  input: { shape: [1, 4], scale: 0.1 },
  output: { shape: [1, 4], scale: 1 / 256 },
  options: { kind: "softmax", beta: 1 },
};

const REFUSED: [name: string, operator: Case, message: RegExp][] = [
  ["no kernel", { ...POOL, name: "LSTM" }, /a CPU kernel .*, found LSTM/],
  ["another dtype", { ...POOL, dtype: "int16" }, /data of uint8 or int8 or float32, found int16/],
  ["no options", { ...POOL, options: { kind: "none" } }, /strides and dilation from 1 on, found 0/],
  [
    "another shape",
    { ...POOL, output: { shape: [1, 1, 2, 1] } },
    /output of 1×1×1×1, found 1×1×2×1/,
  ],
  ["another scale", { ...POOL, output: { ...POOL.output, scale: 2 } }, /quantized as the input/],
  ["a rank of 2", { ...POOL, input: { shape: [1, 4] } }, /4 dimensions of its input, found 2/],
  ["no stride", { ...POOL, options: { ...GLOBAL_POOL, strideWidth: 0 } }, /from 1 on, found 0/],
  ["TANH", { ...POOL, options: { ...GLOBAL_POOL, activation: "TANH" } }, /clamping activation/],
  ["two scales", { ...POOL, input: { ...POOL.input, scale: [1, 2] } }, /one scale for input 0/],
  ["softmax's scale", { ...SOFTMAX, output: { shape: [1, 4], scale: 0.1 } }, /output scale 1\/256/],
  [
    "a reshape that loses",
    { name: "RESHAPE", input: POOL.input, output: POOL.output },
    /of 4 elements/,
  ],
];

for (const [name, operator, message] of REFUSED) {
  test(`refuses ${name}`, async () => {
    const error = await fails("UNSUPPORTED_OPERATOR", () => apply(operator, [1, 2, 3, 4]));
    assert.equal(error.location, { kind: "OPERATOR", at: 3 });
    assert.match(error.message, message);
  });
}

for (const width of [2_200_000, 4_200_000]) {
  test(`bilinear resizing finds its pixels in a row of ${width}`, async () => {
    const values = Array.from({ length: width }, (_, i) => (i % 101) - 50);
    const resize: Case = {
      name: "RESIZE_BILINEAR",
      dtype: "int8",
      input: { shape: [1, 1, width, 1] },
      output: { shape: [1, 1, 4, 1] },
      options: { kind: "resize", alignCorners: false, halfPixelCenters: false },
    };
    const expected = [0, 1, 2, 3].map((i) => values[(i * width) / 4]);
    assert.ok(new Set(expected).size > 2);
    assert.equal(await apply(resize, values), expected);
  });
}

test("a value far beyond the output's range saturates, whatever the zero point", async () => {
  const fine = { shape: [1, 4], scale: 1e-12, zeroPoint: 100 };
  const cases: [Case, number[], number[]][] = [
    [
      {
        name: "CONCATENATION",
        input: { shape: [1, 4], zeroPoint: 3 },
        output: fine,
        options: { kind: "concatenation", axis: 1, activation: "NONE" },
      },
      [0, 3, 4, 255],
      [0, 100, 255, 255],
    ],
    [
      { name: "LOGISTIC", input: { shape: [1, 4] }, output: fine },
      [0, 1, 2, 255],
      [255, 255, 255, 255],
    ],
    [
      {
        ...POOL,
        input: { shape: [1, 1, 1, 4], scale: 1e-12, zeroPoint: 100 },
        output: { shape: [1, 1, 1, 4], scale: 1e-12, zeroPoint: 100 },
        options: { ...GLOBAL_POOL, filterWidth: 1, activation: "RELU6" },
      },
      [0, 99, 101, 255],
      [100, 100, 101, 255],
    ],
  ];
  for (const [operator, values, expected] of cases) {
    assert.equal(await apply(operator, values), expected, operator.name);
  }
});

test("ends what takes longer than its time", async () => {
  const shape = [1, 256, 256, 16];
  const options = { ...GLOBAL_POOL, padding: "SAME", filterHeight: 255, filterWidth: 255 } as const;
  const begin = performance.now();
  const pool: Case = { name: "AVERAGE_POOL_2D", input: { shape }, output: { shape }, options };
  const error = await fails("DEVICE_TIMEOUT", () => apply(pool, [], 20));
  assert.equal(error.location, { kind: "OPERATOR", at: 3 });
  // All of it are 17 thousand million additions.
  assert.ok(performance.now() - begin < 2000);
});

test("a mean looks at the clock before, while and after it adds up", async () => {
  const elements = 1 << 22;
  const axes = { ...tensor(2, "int32", { shape: [1] }), data: new Uint8Array(4) };
  const tensors = [
    tensor(0, "uint8", { shape: [1, elements] }),
    tensor(1, "uint8", { shape: [elements] }),
    axes,
  ];
  const mean = operatorOf("MEAN", [0, 2]);
  const engine = await CpuEngine.create(tensors, [mean]);
  const run = engine.runOf([3], 60_000);
  const { now } = performance;
  let questions = 0;
  performance.now = () => {
    questions++;
    return now.call(performance);
  };
  try {
    run();
  } finally {
    performance.now = now;
  }
  // One for a million elements each time.
  assert.ok(questions >= (3 * elements) / (1 << 20), `${questions} questions`);
});

/** Layers that run on the CPU alone. */
const LAYERS = ["mb-027", "mb-029", "mb-030"];

if (hasShared("CPU kernels against TFLite's outputs")) {
  for (const layer of LAYERS) {
    test(`${layer} is TFLite's output byte for byte`, async () => {
      const blob = await compile(readShared(`models/layers/${layer}.tflite`), {
        target: "a311d",
        cpuOnly: true,
      });
      const session = await Session.create(blob);
      const generator = new InputGenerator();
      const feeds = session.inputs.map(({ name, shape }) => {
        return [name, generator.bytes(elementsOf(shape))] as const;
      });
      const outputs = await session.run(Object.fromEntries(feeds));
      const [found] = Object.values(outputs);
      const expected = readShared(`reference/layers/${layer}.out0.bin.gz`);
      assert.equal(bytesOf(found as TypedArray), expected);
    });
  }
}

test.run();
