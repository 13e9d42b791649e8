import { test } from "uvu";
import * as assert from "uvu/assert";
import { COVERAGE, DETECTION } from "../../assembly/tflite/coverage.ts";
import { DTYPES, elementsOf, valuesOf } from "../../host/dtype.ts";
import { NolfetError } from "../../host/errors.ts";
import { type CompiledBlob, compile, Session } from "../../host/index.ts";
import { buildModel, type Dtype } from "../../host/tflite/builder.ts";
import { fails } from "../host/errors.ts";
import { constant, type Draft, draftOf, modelOf } from "../support/covered-models.ts";
import { hasShared, readShared } from "../support/shared.ts";

// `check`, `compile` and `run` agree about what the CPU kernels run: what is compiled for them
// runs, whatever operands and options the operator has. (`check` prints what `compile` reports.)

/** In the order of the `.nolf` schema, as `COVERAGE` numbers them. */
const NAMES = Object.keys(DTYPES) as Dtype[];
/** Types that the writer of models knows, and that elements have. */
const TYPES: Dtype[] = ["uint8", "int8", "int16", "int32", "int64", "float16", "float32", "bool"];

/** The detection step has a test of its own: its options are a FlexBuffers map. */
const LINES = COVERAGE.filter(({ operator }) => operator !== DETECTION);

const cpuOnly = (model: Uint8Array) => compile(model, { target: "a311d", cpuOnly: true });

async function runs(blob: CompiledBlob): Promise<void> {
  const session = await Session.create(blob);
  const feeds = session.inputs.map(({ name, dtype, shape }) => {
    const bytes = new Uint8Array(elementsOf(shape) * DTYPES[dtype].bytes);
    return [name, valuesOf(dtype, bytes)] as const;
  });
  await session.run(Object.fromEntries(feeds));
  await session.release();
}

for (const line of LINES) {
  const { operator, operands, dtypes } = line;
  for (const dtype of TYPES.filter((name) => (dtypes >> NAMES.indexOf(name)) & 1)) {
    test(`${operator} (${operands}) of ${dtype} runs as the table says`, async () => {
      const blob = await cpuOnly(modelOf(draftOf(line, dtype)));
      assert.ok(blob.report.operators[0]?.cpuKernel, "no kernel");
      await runs(blob);
    });
  }
}

/** Everything one thing away from what a line says. */
function* changes(line: (typeof LINES)[number], dtype: Dtype): Generator<[string, Draft]> {
  const fresh = () => draftOf(line, dtype);
  const { inputs, outputs, operator } = fresh();
  for (const [side, count] of [
    ["inputs", inputs.length] as const,
    ["outputs", outputs.length] as const,
  ]) {
    for (let i = 0; i < count; i++) {
      for (const other of TYPES) {
        const draft = fresh();
        const tensor = draft[side][i] as Draft["outputs"][number];
        const { data } = tensor;
        tensor.dtype = other;
        const ones = new Array(elementsOf(tensor.shape)).fill(1);
        if (data) tensor.data = constant(other, ones);
        yield [`${side} ${i} of ${other}`, draft];
      }
      const scaled = fresh();
      const two = scaled[side][i] as Draft["outputs"][number];
      two.quantization = { scale: [0.5, 0.25], zeroPoint: [0, 0], axis: two.shape.length - 1 };
      yield [`${side} ${i} with two scales`, scaled];
      const bare = fresh();
      delete (bare[side][i] as Draft["outputs"][number]).quantization;
      yield [`${side} ${i} not quantized`, bare];
      const larger = fresh();
      const shape = (larger[side][i] as Draft["outputs"][number]).shape;
      if (side === "outputs") (larger.outputs[i] as Draft["outputs"][number]).shape = [...shape, 3];
      yield [`${side} ${i} of another shape`, larger];
    }
  }
  for (let i = 0; i < inputs.length; i++) {
    const computed = fresh();
    delete computed.inputs[i]?.data;
    yield [`input ${i} computed`, computed];
    const absent = fresh();
    absent.inputs[i] = undefined;
    yield [`input ${i} left out`, absent];
  }
  for (const [name, value] of Object.entries(operator.options ?? {})) {
    for (const other of [0, 1, 2, 4, 5, 255]) {
      if (other === value) continue;
      const draft = fresh();
      draft.operator = { ...operator, options: { ...operator.options, [name]: other } };
      yield [`${name} ${other}`, draft];
    }
  }
}

for (const line of LINES) {
  const { operator, operands, dtypes } = line;
  test(`${operator} (${operands}) beside the table is refused by all or run by all`, async () => {
    const dtype = TYPES.find((name) => (dtypes >> NAMES.indexOf(name)) & 1) as Dtype;
    for (const [change, draft] of changes(line, dtype)) {
      let blob: CompiledBlob;
      try {
        blob = await cpuOnly(modelOf(draft));
      } catch (error) {
        assert.instance(error, NolfetError, `${change}: ${error}`);
        assert.is.not((error as NolfetError).code, "INTERNAL", `${change}: ${error}`);
        continue;
      }
      if (!blob.report.operators[0]?.cpuKernel) continue;
      await runs(blob).catch((error) => assert.unreachable(`${change}: ${error.message}`));
    }
  });
}

test("GATHER refuses an index that its tensor does not have", async () => {
  const line = COVERAGE.find(({ operator }) => operator === "GATHER") as (typeof LINES)[number];
  const draft = draftOf(line, "int8");
  delete draft.inputs[1]?.data;
  const session = await Session.create(await cpuOnly(modelOf(draft)));
  const feeds = { i0: Int8Array.from({ length: 32 }, (_, i) => i), side: new Int8Array(4) };
  const { o0 } = await session.run({ ...feeds, i1: Int32Array.of(3, 0, 1) });
  assert.equal([...(o0 as Int8Array)].slice(0, 8), [24, 25, 26, 27, 28, 29, 30, 31]);
  const error = await fails("BAD_INPUT", () =>
    session.run({ ...feeds, i1: Int32Array.of(0, 4, 0) }),
  );
  assert.match(error.message, /an index of GATHER from 0 to 3, found 4/);
});

test("SHAPE tells the extents of a computed tensor", async () => {
  const line = COVERAGE.find(({ operator }) => operator === "SHAPE") as (typeof LINES)[number];
  const session = await Session.create(await cpuOnly(modelOf(draftOf(line, "int8"))));
  const { o0 } = await session.run({ i0: new Int8Array(32), side: new Int8Array(4) });
  assert.equal([...(o0 as Int32Array)], [1, 4, 4, 2]);
});

/** Cases that were compiled and then could not be run, or ran wrongly with LiteRT. */
const REFUSED: [model: string, code: NolfetError["code"], message: RegExp][] = [
  ["cases/hybrid-dynamic-range", "NOT_QUANTIZED", /8-bit activations \(full-integer quantization/],
  ["cases/dynamic_range_kws", "NOT_QUANTIZED", /8-bit activations \(full-integer quantization/],
  ["cases/float-conv", "NOT_QUANTIZED", /8 bits \(full-integer quantization .*found float32/],
  ["cases/int16_add", "NOT_QUANTIZED", /8 bits \(full-integer quantization .*found int16/],
  ["zoo/kazuhito00-model_weight_quant", "NOT_QUANTIZED", /dynamic-range quantization/],
  ["zoo/project-ai-mdts-best_int8", "NOT_QUANTIZED", /dynamic-range quantization/],
  ["zoo/google-coral-keras_lstm_mnist_ptq", "UNSUPPORTED_OPERATOR", /UNIDIRECTIONAL_SEQUENCE_LSTM/],
  ["zoo/tf-keyword_scrambled_8bit", "UNSUPPORTED_OPERATOR", /SVDF/],
];

if (hasShared("models that the CPU does not run")) {
  for (const [model, code, message] of REFUSED) {
    test(`${model} is refused when it is compiled`, async () => {
      const error = await fails(code, () => cpuOnly(readShared(`${model}.tflite`)));
      assert.match(error.message, message);
    });
  }
}

test("a sum that LiteRT aborts at is refused when it is compiled", async () => {
  for (const operator of ["ADD", "SUB"]) {
    const tensor = (name: string, scale: number) => {
      const dtype = "int8" as const;
      return { name, shape: [1, 4], dtype, quantization: { scale, zeroPoint: 0 } };
    };
    const model = buildModel({
      inputs: ["a", "b"],
      outputs: ["sum"],
      tensors: [tensor("a", 200), tensor("b", 0.02), tensor("sum", 0.0002)],
      operators: [{ operator, version: 2, inputs: ["a", "b"], outputs: ["sum"] }],
    });
    await fails("UNSUPPORTED_OPERATOR", () => cpuOnly(model));
  }
});

test.run();
