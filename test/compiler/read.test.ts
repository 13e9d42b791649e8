import { test } from "uvu";
import * as assert from "uvu/assert";
import { ModelSlot, OperatorCodeSlot, OperatorSlot } from "../../assembly/tflite/slots.ts";
import { NolfetError } from "../../host/errors.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { BROKEN_MODELS, ODD_MODELS } from "./read.corpus.ts";
import { TableCursor } from "./read.cursor.ts";
import {
  BIAS,
  IMAGE,
  operatorTable,
  POOL,
  SOFTMAX,
  soundModel,
  spec,
  tensor,
  WEIGHTS,
  word,
} from "./read.edits.ts";
import { Probe } from "./read.probe.ts";

const probe = await Probe.build();

/** What reading ends with: "accepted", or the error's code and message. */
async function verdict(model: Uint8Array): Promise<string> {
  try {
    await probe.read(model);
    return "accepted";
  } catch (error) {
    if (error instanceof NolfetError) return `${error.code} ${error.message}`;
    throw error;
  }
}

for (const [error, edit] of Object.entries(BROKEN_MODELS)) {
  test(error, async () => assert.is(await verdict(edit()), error));
}

for (const [what, edit] of Object.entries(ODD_MODELS)) {
  test(`accepted: ${what}`, async () => assert.is(await verdict(edit()), "accepted"));
}

test("options of another operator count as none", async () => {
  const model = buildModel(soundModel());
  const root = TableCursor.root(model);
  const type = operatorTable(root, 0).field(OperatorSlot.OPTIONS_TYPE);
  new DataView(model.buffer).setUint8(type, 5);
  const error = "MALFORMED in operator 0: expected stride_w from 1 to 65535, found 0";
  assert.is(await verdict(model), error);
});

test("several scales of weights belong to output channels, whatever axis the model names", async () => {
  for (const axis of [0, 2, 4]) {
    const quantization = { scale: [1, 2, 3], zeroPoint: [0, 0, 0], axis };
    const graph = await probe.read(tensor(WEIGHTS, { quantization })());
    assert.is(graph.tensors[WEIGHTS]?.quantization.axis, 0, `axis ${axis}`);
  }
});

test("what is out of order in a bias's quantization is left out", async () => {
  const quantization = { scale: [1, 2, 3], zeroPoint: [0, 0, 0], axis: 3 };
  const graph = await probe.read(tensor(BIAS, { quantization })());
  assert.equal(graph.tensors[BIAS]?.quantization, { axis: 0, scales: [], zeroPoints: [] });
});

test("a sound model becomes its graph", async () => {
  const graph = await probe.read(buildModel(soundModel()));
  assert.equal(graph.inputs, [0]);
  assert.equal(graph.outputs, [5]);
  const names = ["image", "weights", "bias", "features", "pooled", "scores"];
  assert.equal(
    graph.tensors.map(({ name }) => name),
    names,
  );
  assert.equal(
    graph.tensors.map(({ producer }) => producer),
    [-1, -1, -1, 0, 1, 2],
  );
  assert.equal(
    graph.tensors.map(({ consumers }) => consumers),
    [[0], [0], [0], [1], [2], []],
  );
  const weights = graph.tensors[1];
  assert.equal(weights?.shape, [3, 1, 1, 2]);
  assert.is(weights?.dtype, 1);
  assert.equal([...(weights?.data ?? [])], [1, 2, 3, 4, 5, 6]);
  const perChannel = { axis: 0, scales: [0.25, 0.5, 1], zeroPoints: [0, 0, 0] };
  assert.equal(weights?.quantization, perChannel);
  assert.equal(
    graph.operators.map(({ code }) => code),
    [3, 1, 25],
  );
  assert.equal(graph.operators[0]?.inputs, [0, 1, 2]);
  const { padding, stride, filter } = graph.operators[1]?.options ?? {};
  assert.equal({ padding, stride, filter }, { padding: 1, stride: [1, 1], filter: [4, 4] });
});

test("options are read field by field, rows before columns", async () => {
  const graph = await probe.read(
    convolutionModel({
      height: 9,
      width: 12,
      channels: 4,
      outputChannels: 8,
      depthwise: true,
      kernel: [3, 5],
      stride: [1, 2],
      dilation: [2, 1],
      padding: "VALID",
      activation: "RELU6",
    }),
  );
  const { options } = graph.operators[0] ?? {};
  assert.equal(options?.stride, [1, 2]);
  assert.equal(options?.dilation, [2, 1]);
  assert.equal([options?.padding, options?.activation, options?.depthMultiplier], [1, 3, 2]);
  assert.equal(graph.tensors[3]?.shape, [1, 5, 4, 8]);
});

/** Options as the schema names them, and as the graph does. */
const OPTIONS: [
  operator: string,
  written: Record<string, number>,
  read: Record<string, unknown>,
][] = [
  ["ADD", { fused_activation_function: 1 }, { activation: 1 }],
  ["SUB", { fused_activation_function: 2 }, { activation: 2 }],
  ["MUL", { fused_activation_function: 3 }, { activation: 3 }],
  ["CONCATENATION", { axis: -1, fused_activation_function: 4 }, { axis: -1, activation: 4 }],
  ["SPLIT", { num_splits: 1 }, { splits: 1 }],
  ["LEAKY_RELU", { alpha: -0.25 }, { alpha: -0.25 }],
  ["GELU", { approximate: 1 }, { approximate: true }],
  ["MEAN", { keep_dims: 1 }, { keepDims: true }],
  [
    "FULLY_CONNECTED",
    { fused_activation_function: 1, weights_format: 1, keep_num_dims: 1 },
    { activation: 1, shuffledWeights: true, keepDims: true },
  ],
  ["RESIZE_BILINEAR", { align_corners: 1 }, { alignCorners: true, halfPixelCenters: false }],
  [
    "RESIZE_NEAREST_NEIGHBOR",
    { half_pixel_centers: 1 },
    { alignCorners: false, halfPixelCenters: true },
  ],
  [
    "STRIDED_SLICE",
    { begin_mask: 1, end_mask: 2, ellipsis_mask: 4, new_axis_mask: 8, shrink_axis_mask: 16 },
    { masks: [1, 2, 4, 8, 16] },
  ],
  [
    "MAX_POOL_2D",
    { padding: 1, stride_w: 2, stride_h: 3, filter_width: 4, filter_height: 5 },
    { padding: 1, stride: [3, 2], filter: [5, 4] },
  ],
];

for (const [operator, written, read] of OPTIONS) {
  test(`options of ${operator}`, async () => {
    const inputs = ["pooled", "pooled", "pooled", "pooled"];
    const edit = spec((model) =>
      Object.assign(model.operators[SOFTMAX] ?? {}, { operator, inputs, options: written }),
    );
    const options = (await probe.read(edit())).operators[SOFTMAX]?.options;
    const told = Object.keys(read).map((name) => [name, options?.[name]]);
    assert.equal(Object.fromEntries(told), read);
  });
}

test("an operator that reads a tensor twice is its consumer once", async () => {
  const model = soundModel();
  model.operators.push({ operator: "ADD", inputs: ["scores", "scores"], outputs: ["sum"] });
  model.tensors.push({ name: "sum", shape: [1, 1, 1, 3], dtype: "int8" });
  const graph = await probe.read(buildModel(model));
  assert.equal(graph.operators[3]?.inputs, [5, 5]);
  assert.equal(graph.tensors[5]?.consumers, [3]);
});

test("an input may be left out", async () => {
  const edit = spec((model) => model.operators[POOL]?.inputs.push(-1));
  assert.equal((await probe.read(edit())).operators[POOL]?.inputs, [3, -1]);
});

test("a custom operator keeps its name, version and options", async () => {
  const customOptions = Uint8Array.of(9, 8, 7);
  const custom = { operator: "Detect_Things", version: 4, customOptions };
  const edit = spec((model) => Object.assign(model.operators[SOFTMAX] ?? {}, custom));
  const operator = (await probe.read(edit())).operators[SOFTMAX];
  assert.is(operator?.code, 32);
  assert.is(operator?.customName, "Detect_Things");
  assert.is(operator?.version, 4);
  assert.equal([...(operator?.customOptions ?? [])], [9, 8, 7]);
});

test("an operator newer than the table of names is read", async () => {
  const code = word((root) => {
    const codes = root.vector(ModelSlot.OPERATOR_CODES);
    return codes.table(SOFTMAX).field(OperatorCodeSlot.BUILTIN_CODE);
  }, 5000);
  assert.is((await probe.read(code())).operators[SOFTMAX]?.code, 5000);
  assert.is(await probe.operatorName(5000), "BUILTIN_5000");
  assert.is(await probe.operatorName(98), "LEAKY_RELU");
  assert.is(await probe.operatorName(209), "STABLEHLO_CASE");
});

test("variables and tensors without elements need nobody to compute them", async () => {
  const edit = spec((model) => {
    model.tensors.push({ name: "state", shape: [2], dtype: "int8", isVariable: true });
    model.tensors.push({ name: "nothing", shape: [0], dtype: "int32" });
    model.operators[SOFTMAX]?.inputs.push("state", "nothing");
  });
  const graph = await probe.read(edit());
  assert.is(graph.tensors[6]?.isVariable, true);
  assert.equal(graph.tensors[7]?.consumers, [SOFTMAX]);
});

test("whatever quantization a float tensor carries is ignored", async () => {
  const quantization = { scale: 0, zeroPoint: [] };
  const graph = await probe.read(tensor(IMAGE, { dtype: "float32", quantization })());
  assert.equal(graph.tensors[IMAGE]?.quantization, { axis: 0, scales: [], zeroPoints: [] });
});

test("constants behind the tables are found", async () => {
  const at = (offset: number) => tensor(1, { data: undefined, dataAt: { offset, size: 6 } })();
  const tables = at(2).length;
  const file = new Uint8Array(tables + 16);
  file.set(at(tables + 10));
  file.set([6, 5, 4, 3, 2, 1], tables + 10);
  assert.equal([...((await probe.read(file)).tensors[1]?.data ?? [])], [6, 5, 4, 3, 2, 1]);
});

test("no prefix of a model and no change of a byte does worse than a typed error", async () => {
  const sound = buildModel(soundModel());
  let accepted = 0;
  for (let at = 0; at < sound.length; at++) {
    const cut = await verdict(sound.subarray(0, at));
    if (cut === "accepted") accepted++;
    for (const change of [0xff, 0x80, 0x01]) {
      const changed = sound.slice();
      changed[at] = (changed[at] ?? 0) ^ change;
      assert.not.match(await verdict(changed), "INTERNAL");
    }
  }
  // What a model ends with is padding and strings at most.
  assert.ok(accepted < 16, `${accepted} prefixes accepted`);
});

test.run();
