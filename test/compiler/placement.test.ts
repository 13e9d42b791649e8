import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CompileOptions, compile } from "../../host/index.ts";
import { buildModel, type ModelSpec } from "../../host/tflite/builder.ts";
import { type ConvolutionSpec, convolutionModel } from "../../host/tflite/convolution.ts";

// Where an operator runs, with what mark, or for what reason not on the NPU.

const SMALL: ConvolutionSpec = { height: 8, width: 8, channels: 8 };

/** A layer of those that fail on silicon. */
const FAILS_ON_SILICON: Partial<ConvolutionSpec> = {
  height: 112,
  width: 112,
  channels: 128,
  outputChannels: 256,
  kernel: 1,
  padding: "VALID",
};

interface Case {
  what: string;
  model: Partial<ConvolutionSpec>;
  options?: Partial<CompileOptions>;
  /** A mark, or the reason for the CPU. */
  verdict: string;
}

const CASES: Case[] = [
  { what: "a size and kernel that silicon has run", model: {}, verdict: "proven" },
  { what: "no square", model: { width: 9 }, verdict: "expected" },
  { what: "portrait", model: { height: 12 }, verdict: "expected" },
  { what: "odd and strided", model: { height: 9, width: 9, stride: 2 }, verdict: "expected" },
  {
    what: "output channels that leave cores idle",
    model: { outputChannels: 9 },
    verdict: "expected",
  },
  { what: "an even kernel", model: { kernel: 2, padding: "VALID" }, verdict: "expected" },
  { what: "an even kernel that is set into 3×3", model: { kernel: 2 }, verdict: "proven" },
  {
    what: "a core that has not been tried",
    model: {},
    options: { target: "stm32mp2" },
    verdict: "expected",
  },
  {
    what: "expected words with --strict",
    model: { width: 9 },
    options: { strict: true },
    verdict: "its words are not proven on silicon (--strict)",
  },
  {
    what: "a case that fails on silicon",
    model: FAILS_ON_SILICON,
    verdict:
      "such a layer fails on silicon, for unknown reasons (--allow-unproven runs it on the NPU)",
  },
  {
    what: "the same with --allow-unproven",
    model: FAILS_ON_SILICON,
    options: { allowUnproven: true },
    verdict: "unproven",
  },
  { what: "a stride of 3", model: { stride: 3 }, verdict: "expected" },
  { what: "strides that differ", model: { stride: [1, 2] }, verdict: "expected" },
  { what: "a large kernel", model: { kernel: 7 }, verdict: "expected" },
  {
    what: "a larger kernel",
    model: { height: 32, width: 32, kernel: [21, 3] },
    verdict: "its kernel spans 21×3 pixels; 20 on a side is the most",
  },
  { what: "a kernel that dilation makes large", model: { dilation: 3 }, verdict: "expected" },
  { what: "a few taps far apart", model: { dilation: 12 }, verdict: "expected" },
  {
    what: "many channels in large blocks",
    model: { channels: 1024, stride: 5 },
    verdict: "pixels of blocks or copies as channels make 25600; 16383 is the most",
  },
  { what: "a small dilation", model: { dilation: 2 }, verdict: "proven" },
  {
    what: "uint8 weights per channel",
    model: { weights: { scale: Array(8).fill(0.03), zeroPoint: Array(8).fill(120) } },
    verdict: "its weights are quantized per channel, but not int8",
  },
  {
    what: "RELU6 below the output's range",
    model: { activation: "RELU6" },
    verdict: "expected",
  },
  {
    what: "RELU6 at the end of the output's range",
    model: { activation: "RELU6", output: { scale: 6 / 255, zeroPoint: 0 } },
    verdict: "proven",
  },
  {
    what: "TANH",
    model: { activation: "TANH" },
    verdict: "its fused activation is neither RELU nor RELU6",
  },
  {
    what: "a depth multiplier",
    model: { depthwise: true, outputChannels: 16 },
    verdict: "proven",
  },
];

for (const { what, model, options, verdict } of CASES) {
  test(`${what}: ${verdict}`, async () => {
    const bytes = convolutionModel({ ...SMALL, ...model });
    const { report } = await compile(bytes, { target: "a311d", ...options });
    const [operator] = report.operators;
    assert.is(operator?.reason ?? operator?.mark, verdict);
  });
}

test("the S905D3, whose streams the vendor's files show, is as expected as other cores", async () => {
  const { report } = await compile(convolutionModel(SMALL), { target: "s905d3" });
  assert.is(report.operators[0]?.mark, "expected");
});

test("a float model is refused", async () => {
  const shape = [1, 2, 2, 1];
  const error = await compile(
    buildModel({
      tensors: [
        { name: "in", shape, dtype: "float32" },
        { name: "out", shape, dtype: "float32" },
      ],
      operators: [{ operator: "RELU", inputs: ["in"], outputs: ["out"] }],
      inputs: ["in"],
      outputs: ["out"],
    }),
    { target: "a311d" },
  ).catch((error) => error);
  assert.is(error.code, "NOT_QUANTIZED");
  assert.is(error.found, "float32 tensors");
});

test("segments are maximal, and views do not break them", async () => {
  const { report } = await compile(buildModel(chain()), { target: "a311d" });
  const segments = report.segments.map(
    ({ placement, operators }) => `${placement}: ${operators.join(" ")}`,
  );
  assert.equal(segments, ["NPU: 0 1 2", "CPU: 3", "NPU: 4"]);
});

test("equal inputs give equal bytes", async () => {
  const model = buildModel(chain());
  const first = await compile(model, { target: "imx8mp" });
  const second = await compile(model, { target: "imx8mp" });
  assert.equal(Buffer.from(first).compare(Buffer.from(second)), 0);
});

/** RELU, a view and another shape, RELU; SOFTMAX, which stays on the CPU; RELU. */
function chain(): ModelSpec {
  const quantization = { scale: 0.1, zeroPoint: 3 };
  const tensor = (name: string, shape: number[]) =>
    ({ name, shape, dtype: "uint8", quantization }) as const;
  const wide = [1, 4, 6, 8];
  const tall = [1, 6, 4, 8];
  return {
    tensors: [
      tensor("in", wide),
      tensor("a", wide),
      tensor("b", tall),
      tensor("c", tall),
      { ...tensor("d", tall), quantization: { scale: 1 / 256, zeroPoint: 0 } },
      tensor("out", tall),
    ],
    operators: [
      { operator: "RELU", inputs: ["in"], outputs: ["a"] },
      { operator: "RESHAPE", inputs: ["a"], outputs: ["b"] },
      { operator: "RELU", inputs: ["b"], outputs: ["c"] },
      { operator: "SOFTMAX", inputs: ["c"], outputs: ["d"], options: { beta: 1 } },
      { operator: "RELU", inputs: ["d"], outputs: ["out"] },
    ],
    inputs: ["in"],
    outputs: ["out"],
  };
}

test.run();
