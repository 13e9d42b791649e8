import { test } from "uvu";
import * as assert from "uvu/assert";
import { elementsOf } from "../../host/dtype.ts";
import { type CompiledBlob, compile } from "../../host/index.ts";
import {
  buildModel,
  type OperatorSpec,
  type Quantization,
  type TensorSpec,
} from "../../host/tflite/builder.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runBlob } from "../support/runs.ts";

// Operators that give each element from the same element of one tensor, and trees of them: one
// table, for all 256 bytes, against the CPU kernels, which give what TFLite's do to the byte.

const TARGETS = ["a311d", "imx8mp"];
const DTYPES = ["uint8", "int8"] as const;

/** By tensor: real numbers from … to, which its 256 bytes are spread over. */
type Ranges = Record<string, [least: number, most: number]>;

interface Tree {
  what: string;
  /** The input is "in", the output "out". */
  ranges: Ranges;
  operators: OperatorSpec[];
  /** Constants of one element: the byte's distance from the least. */
  constants?: Record<string, number>;
  /** Plain arithmetic, where the CPU has no kernel that is exact to TFLite's. */
  real?: (x: number) => number;
  /** Off the CPU's results: one step for one operator, two where there is rounding in between. */
  largest: number;
}

const op = (
  operator: string,
  inputs: string[],
  output: string,
  options?: OperatorSpec["options"],
): OperatorSpec => ({
  operator,
  version: 2,
  inputs,
  outputs: [output],
  ...(options ? { options } : {}),
});

const alone = (
  operator: string,
  from: Ranges[string],
  to: Ranges[string],
  options?: OperatorSpec["options"],
): Tree => ({
  what: `${operator} from ${from.join(" … ")} to ${to.join(" … ")}`,
  ranges: { in: from, out: to },
  operators: [op(operator, ["in"], "out", options)],
  largest: 1,
});

const plain = (
  operator: string,
  from: Ranges[string],
  to: Ranges[string],
  real: Tree["real"],
  options?: OperatorSpec["options"],
): Tree => ({ ...alone(operator, from, to, options), ...(real ? { real } : {}) });

const withConstant = (
  operator: string,
  from: Ranges[string],
  constant: [...Ranges[string], byte: number],
  to: Ranges[string],
  options: object = { fused_activation_function: 0 },
): Tree => ({
  what: `${operator} of ${from.join(" … ")} and a constant to ${to.join(" … ")}`,
  ranges: { in: from, c: [constant[0], constant[1]], out: to },
  constants: { c: constant[2] },
  operators: [op(operator, ["in", "c"], "out", options as OperatorSpec["options"])],
  largest: 1,
});

const TREES: Tree[] = [
  alone("HARD_SWISH", [-8, 8], [-0.4, 8]),
  alone("HARD_SWISH", [-3, 5], [-0.4, 5]),
  alone("HARD_SWISH", [-30, 40], [-0.4, 20]),
  alone("LEAKY_RELU", [-6, 6], [-1, 6], { alpha: 0.1 }),
  alone("LEAKY_RELU", [-10, 2], [-3, 2], { alpha: 0.3 }),
  alone("LEAKY_RELU", [-1, 10], [-2, 10], { alpha: -0.5 }),
  alone("TANH", [-4, 4], [-1, 1]),
  alone("TANH", [-1, 1], [-1, 1]),
  alone("TANH", [-16, 12], [-1, 1]),
  alone("RELU6", [-4, 12], [0, 12]),
  alone("RELU6", [-20, 20], [-2, 20]),
  withConstant("MUL", [-3, 5], [-1, 1, 200], [-2, 4]),
  withConstant("MUL", [-3, 5], [-1, 1, 30], [-2, 4]),
  withConstant("ADD", [-3, 5], [0, 8, 90], [-1, 8]),
  withConstant("ADD", [-3, 5], [0, 8, 90], [-1, 8], { fused_activation_function: 3 }),
  withConstant("SUB", [-3, 5], [0, 8, 90], [-6, 3]),
  withConstant("MAXIMUM", [-3, 5], [-3, 5, 120], [-3, 5], {}),
  withConstant("MINIMUM", [-3, 5], [-3, 5, 180], [-3, 5], {}),
  withConstant("PRELU", [-6, 3], [-1, 1, 160], [-2, 3], {}),
  plain("ELU", [-5, 5], [-1, 5], (x) => (x < 0 ? Math.expm1(x) : x)),
  plain("EXP", [-6, 2], [0, 7.4], Math.exp),
  plain("GELU", [-4, 6], [-0.2, 6], gelu),
  plain("GELU", [-4, 6], [-0.2, 6], geluByTangent, { approximate: true }),
  // Steps so small that one form is several off the other.
  plain("GELU", [-5, 0], [-0.03, 0], gelu),
  plain("GELU", [-5, 0], [-0.03, 0], geluByTangent, { approximate: true }),
  plain("LOG", [0, 6], [-4, 2], Math.log),
  plain("NEG", [-2, 6], [-6, 2], (x) => -x),
  plain("RELU_0_TO_1", [-2, 3], [0, 2], (x) => Math.max(0, Math.min(1, x))),
  plain("RELU_N1_TO_1", [-2, 3], [-2, 3], (x) => Math.max(-1, Math.min(1, x))),
  plain("RSQRT", [0, 6], [0, 3], (x) => 1 / Math.sqrt(x)),
  plain("SQRT", [0, 6], [0, 2.5], Math.sqrt),
  plain("SQUARE", [-2, 3], [0, 9], (x) => x * x),
  {
    ...withConstant("DIV", [-3, 5], [0, 4, 96], [-2, 4]),
    real: (x) => x / (96 * Math.fround(4 / 255)),
  },
  {
    what: "x · LOGISTIC(x)",
    ranges: { in: [-8, 8], s: [0, 1], out: [-0.28, 8] },
    operators: [
      op("LOGISTIC", ["in"], "s"),
      op("MUL", ["in", "s"], "out", { fused_activation_function: 0 }),
    ],
    largest: 2,
  },
  {
    what: "x · LOGISTIC(x) over a wide range",
    ranges: { in: [-40, 30], s: [0, 1], out: [-0.28, 20] },
    operators: [
      op("LOGISTIC", ["in"], "s"),
      op("MUL", ["s", "in"], "out", { fused_activation_function: 0 }),
    ],
    largest: 2,
  },
  {
    what: "x · HARD_SIGMOID(x), spelled out",
    ranges: {
      in: [-6, 6],
      a: [-3, 9],
      b: [0, 6],
      c: [0, 8],
      d: [0, 0.5],
      s: [0, 1],
      out: [-0.4, 6],
    },
    constants: { c: 96, d: 85 },
    operators: [
      op("ADD", ["in", "c"], "a", { fused_activation_function: 0 }),
      op("RELU6", ["a"], "b"),
      op("MUL", ["b", "d"], "s", { fused_activation_function: 0 }),
      op("MUL", ["in", "s"], "out", { fused_activation_function: 0 }),
    ],
    largest: 2,
  },
  {
    what: "MAXIMUM of x and x times a constant, requantized",
    ranges: { in: [-4, 4], c: [-0.5, 0.5], m: [-1, 1], q: [-4, 4], out: [-4, 4] },
    constants: { c: 192 },
    operators: [
      op("MUL", ["in", "c"], "m", { fused_activation_function: 0 }),
      op("QUANTIZE", ["m"], "q"),
      op("MAXIMUM", ["q", "in"], "out"),
    ],
    largest: 2,
  },
];

/** Whole channels, odd sides, one pixel, and one list. */
const SHAPES = [[1, 4, 8, 8], [1, 7, 13, 3], [1, 1, 1, 256], [300]];

function quantization([least, most]: [number, number], dtype: string): Quantization {
  const scale = Math.fround((most - least) / 255);
  const zero = Math.round(-least / scale);
  return { scale, zeroPoint: zero - (dtype === "int8" ? 128 : 0) };
}

function modelOf(tree: Tree, shape: number[], dtype: (typeof DTYPES)[number]): Uint8Array {
  const tensors = Object.entries(tree.ranges).map(([name, range]): TensorSpec => {
    const byte = tree.constants?.[name];
    const common = { name, dtype, quantization: quantization(range, dtype) };
    if (byte === undefined) return { ...common, shape };
    return { ...common, shape: [1], data: Uint8Array.of(byte ^ (dtype === "int8" ? 0x80 : 0)) };
  });
  return buildModel({ inputs: ["in"], outputs: ["out"], tensors, operators: tree.operators });
}

/** A series, so as not to share the compiler's. */
function gelu(x: number): number {
  let [term, sum] = [x / Math.sqrt(2), x / Math.sqrt(2)];
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / 2 / n;
    sum += term / (2 * n + 1);
  }
  return 0.5 * x * (1 + (2 / Math.sqrt(Math.PI)) * sum);
}

function geluByTangent(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

async function expectedOf(
  { real, ranges }: Tree,
  model: Uint8Array,
  input: Uint8Array,
  dtype: string,
): Promise<Uint8Array> {
  if (!real) {
    const cpu = await compile(model, { target: "a311d", cpuOnly: true });
    const [[expected]] = (await runBlob(cpu, [[input]])) as [[Uint8Array]];
    return expected;
  }
  const [from, to] = [ranges.in, ranges.out].map((range) => quantization(range ?? [0, 1], "uint8"));
  const isSigned = dtype === "int8";
  const bytes = input.map((byte) => {
    const x =
      (from?.scale as number) * ((byte ^ (isSigned ? 0x80 : 0)) - (from?.zeroPoint as number));
    const steps = Math.round(real(x) / (to?.scale as number)) + (to?.zeroPoint as number);
    return Math.max(0, Math.min(255, Number.isNaN(steps) ? 0 : steps)) ^ (isSigned ? 0x80 : 0);
  });
  return isSigned ? (new Int8Array(bytes.buffer) as unknown as Uint8Array) : bytes;
}

const tpJobs = ({ report }: CompiledBlob) => report.segments.map(({ tpJobs }) => tpJobs);

for (const tree of TREES) {
  test(`${tree.what}: one table, at most ${tree.largest} off`, async () => {
    for (const target of TARGETS) {
      for (const dtype of DTYPES) {
        for (const shape of SHAPES) {
          const where = `${target} ${dtype} ${shape}`;
          const model = modelOf(tree, shape, dtype);
          const input = Uint8Array.from({ length: elementsOf(shape) }, (_, i) => i);
          const blob = await compile(model, { target });
          const { report } = blob;
          const left = report.operators.filter(({ placement }) => placement !== "NPU");
          assert.equal(left, [], where);
          assert.is(report.segments.length, 1, where);
          const [[found]] = (await runBlob(blob, [[input]])) as [[Uint8Array]];
          const expected = await expectedOf(tree, model, input, dtype);
          const { largest } = compare(found, expected);
          assert.ok(largest <= tree.largest, `${where}: ${largest} steps`);
          if (elementsOf(shape) < 300) assert.ok((tpJobs(blob)[0] as number) <= 4, where);
        }
      }
    }
  });
}

/** Ranges of input, constants and output. */
const VECTORS: [operator: string, ...ranges: [number, number][]][] = [
  ["MUL", [-3, 5], [-1, 1], [-4, 4]],
  ["MUL", [0, 8], [0, 3], [-2, 20]],
  ["ADD", [-3, 5], [-6, 2], [-5, 5]],
  ["ADD", [-3, 5], [-60, 20], [-50, 25]],
  ["SUB", [-3, 5], [-2, 2], [-5, 7]],
];

for (const [operator, ...ranges] of VECTORS) {
  for (const isFirst of [false, true]) {
    const order = isFirst ? "a constant first" : "a constant behind";
    test(`${operator} with ${order} for each channel, ${ranges.join(" ")}`, async () => {
      for (const target of TARGETS) {
        for (const dtype of DTYPES) {
          for (const [activation, shape] of [
            [0, [1, 7, 5, 12]],
            [1, [1, 4, 4, 64]],
            [3, [1, 9, 1, 3]],
          ] as const) {
            const channels = shape[3];
            const [from, constants, to] = ranges.map((range) => quantization(range, dtype));
            const tensor = (name: string, quantization?: Quantization): TensorSpec => {
              return { name, shape: [...shape], dtype, ...(quantization ? { quantization } : {}) };
            };
            const model = buildModel({
              inputs: ["in"],
              outputs: ["out"],
              tensors: [
                tensor("in", from),
                {
                  ...tensor("c", constants),
                  shape: [channels],
                  data: new Random(3).bytes(channels),
                },
                tensor("out", to),
              ],
              operators: [
                op(operator, isFirst ? ["c", "in"] : ["in", "c"], "out", {
                  fused_activation_function: activation,
                }),
              ],
            });
            const where = `${target} ${dtype} ${shape} ${activation}`;
            const blob = await compile(model, { target });
            assert.equal(
              blob.report.operators.map(({ placement, reason }) => reason ?? placement),
              ["NPU"],
              where,
            );
            const input = new Random(4).bytes(elementsOf([...shape]));
            const [[found]] = (await runBlob(blob, [[input]])) as [[Uint8Array]];
            const cpu = await compile(model, { target, cpuOnly: true });
            const [[expected]] = (await runBlob(cpu, [[input]])) as [[Uint8Array]];
            const { largest } = compare(found, expected);
            assert.ok(largest <= 1, `${where}: ${largest}`);
          }
        }
      }
    });
  }
}

for (const operator of ["MAXIMUM", "MINIMUM"]) {
  test(`${operator} of two tensors is exact`, async () => {
    for (const target of TARGETS) {
      for (const dtype of DTYPES) {
        for (const shape of [
          [1, 7, 5, 12],
          [1, 8, 8, 16],
          [1, 13, 1, 3],
          [1, 3, 3, 1],
        ]) {
          const tensor = (name: string): TensorSpec => {
            return { name, shape, dtype, quantization: quantization([-3, 5], dtype) };
          };
          const model = buildModel({
            inputs: ["a", "b"],
            outputs: ["out"],
            tensors: [tensor("a"), tensor("b"), tensor("out")],
            operators: [op(operator, ["a", "b"], "out")],
          });
          const blob = await compile(model, { target });
          assert.is(blob.report.operators[0]?.placement, "NPU");
          const inputs = [6, 7].map((seed) => new Random(seed).bytes(elementsOf(shape)));
          const [[found]] = (await runBlob(blob, [inputs])) as [[Uint8Array]];
          const signed = inputs.map((bytes) => (dtype === "int8" ? new Int8Array(bytes) : bytes));
          const [a = [], b = []] = signed;
          const best = operator === "MAXIMUM" ? Math.max : Math.min;
          const expected = [...a].map((value, i) => best(value, b[i] as number));
          assert.equal([...found], expected, `${target} ${dtype} ${shape}`);
        }
      }
    }
  });
}

/** Activations that cut below the largest byte, or above the least. */
const CUTS = [
  ["RELU6", 0.05],
  ["RELU6", 0.3],
  ["RELU_N1_TO_1", 0.05],
] as const;

for (const [activation, scale] of CUTS) {
  for (const perChannel of [false, true]) {
    const weights = perChannel ? "weights quantized per channel" : "one scale";
    test(`${activation} of ${weights} in steps of ${scale}, fused into a layer`, async () => {
      for (const target of TARGETS) {
        for (const depthwise of [false, true]) {
          const model = convolutionModel({
            ...{ dtype: "int8", height: 9, width: 7, channels: 6, depthwise, activation },
            output: { scale, zeroPoint: -90 },
            weights: perChannel
              ? { scale: [3, 4, 5, 6, 7, 8].map((n) => n / 2000), zeroPoint: [0, 0, 0, 0, 0, 0] }
              : { scale: 0.003, zeroPoint: 0 },
            biasAt: (channel) => 1000 * (channel - 2),
          });
          const input = new Random(5).bytes(9 * 7 * 6);
          const blob = await compile(model, { target });
          assert.is(blob.report.operators[0]?.placement, "NPU");
          const [[found]] = (await runBlob(blob, [[input]])) as [[Uint8Array]];
          const cpu = await compile(model, { target, cpuOnly: true });
          const [[expected]] = (await runBlob(cpu, [[input]])) as [[Uint8Array]];
          assert.ok(compare(found, expected).largest <= 1, `${target} ${depthwise}`);
          const most = Math.min(127, Math.round((activation === "RELU6" ? 6 : 1) / scale) - 90);
          assert.ok(
            found.every((value) => value <= most),
            "beyond the bound",
          );
        }
      }
    });
  }
}

test("zero stays zero, however a table's lines run", async () => {
  const random = new Random(13940);
  const every = Int8Array.from({ length: 256 }, (_, i) => i - 128);
  for (let i = 0; i < 60; i++) {
    const of = (name: string, scale: number, zeroPoint: number): TensorSpec => {
      return { name, shape: [1, 256], dtype: "int8", quantization: { scale, zeroPoint } };
    };
    const scale = i === 0 ? 0.01164 : random.integer(5, 60) / 1000;
    const ratio = i === 0 ? 1.657 : random.integer(30, 300) / 100;
    const zeroPoint = i === 0 ? 101 : random.integer(-120, 120);
    const model = buildModel({
      tensors: [of("in", scale, zeroPoint), of("out", scale * ratio, 0)],
      operators: [op("LEAKY_RELU", ["in"], "out", { alpha: 0.3 })],
      inputs: ["in"],
      outputs: ["out"],
    });
    const blob = await compile(model, { target: "imx8mp" });
    if (blob.report.operators[0]?.placement !== "NPU") continue;
    const [[found]] = (await runBlob(blob, [[new Uint8Array(every.buffer)]])) as [[Uint8Array]];
    const what = `${zeroPoint} in steps of ${scale} to 0 in steps of ${scale * ratio}`;
    assert.is(new Int8Array(found.buffer, found.byteOffset)[zeroPoint + 128], 0, what);
  }
});

test("a table reads what a movement writes, past a change of type between them", async () => {
  const of = (name: string, scale: number, zeroPoint: number): TensorSpec => {
    return { name, shape: [2, 3], dtype: "int8", quantization: { scale, zeroPoint } };
  };
  const list = (name: string, values: number[]): TensorSpec => {
    return { name, shape: [2], dtype: "int32", data: Int32Array.from(values) };
  };
  const model = buildModel({
    tensors: [
      { ...of("in", 0.04, 0), shape: [2, 9] },
      ...[list("begin", [0, 2]), list("end", [2, 8]), list("strides", [1, 2])],
      ...[of("slice", 0.04, 0), of("again", 0.04, 0), of("leaky", 0.056, 27), of("out", 0.1, -28)],
    ],
    operators: [
      op("STRIDED_SLICE", ["in", "begin", "end", "strides"], "slice"),
      op("QUANTIZE", ["slice"], "again"),
      op("LEAKY_RELU", ["again"], "leaky", { alpha: 0.3 }),
      op("QUANTIZE", ["again"], "out"),
    ],
    inputs: ["in"],
    outputs: ["leaky", "out"],
  });
  const input = new Random(6).bytes(18);
  for (const target of TARGETS) {
    const blob = await compile(model, { target });
    assert.ok(blob.report.operators.every(({ placement }) => placement === "NPU"));
    const [found] = (await runBlob(blob, [[input]])) as [Uint8Array[]];
    const cpu = await compile(model, { target, cpuOnly: true });
    const [expected] = (await runBlob(cpu, [[input]])) as [Uint8Array[]];
    for (const i of [0, 1]) {
      const off = compare(found[i] as Uint8Array, expected[i] as Uint8Array, true);
      assert.ok(off.largest <= 1, `${target}, output ${i}: ${off.largest} steps off`);
    }
  }
});

test.run();
