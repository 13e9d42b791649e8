import { test } from "uvu";
import * as assert from "uvu/assert";
import * as nolf from "../../host/blob/nolf.generated.ts";
import { openBlob } from "../../host/blob/open.ts";
import { compile, Session } from "../../host/index.ts";
import { type LiteRtModule, loadLiteRtWith } from "../../host/litert/module.ts";
import { loaderFrom, loadInstalledLiteRt } from "../../host/litert/node.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { BlobEditor } from "./blob-editor.ts";
import { fails } from "./errors.ts";

const SCALE = 1 / 16;
const COUNT = 256;
const bytes = Uint8Array.from({ length: COUNT }, (_, i) => i);

/** Two operators that nolfet has no kernel for, between two that it has one for. */
const model = buildModel({
  inputs: ["x"],
  outputs: ["y"],
  tensors: [
    feature("x", [1, 1, 1, COUNT]),
    feature("relu", [1, 1, 1, COUNT]),
    feature("elu", [1, 1, 1, COUNT]),
    feature("unit", [1, 1, 1, COUNT]),
    feature("y", [1, COUNT]),
  ],
  operators: [
    { operator: "RELU6", inputs: ["x"], outputs: ["relu"] },
    { operator: "ELU", inputs: ["relu"], outputs: ["elu"] },
    { operator: "L2_NORMALIZATION", inputs: ["elu"], outputs: ["unit"] },
    { operator: "RESHAPE", inputs: ["unit"], outputs: ["y"] },
  ],
});

function feature(name: string, shape: number[]) {
  const scale = name === "unit" || name === "y" ? 1 / 128 : SCALE;
  const quantization = { scale, zeroPoint: 0 };
  return { name, shape, dtype: "int8" as const, quantization };
}

test("stores what no kernel runs as a model of its own", async () => {
  const { segments, tensors } = openBlob(await compile(model, { target: "a311d", cpuOnly: true }));
  assert.equal(
    segments.map(({ operators, model }) => [operators, model.length > 0]),
    [
      [[0], false],
      [[1, 2], true],
      [[3], false],
    ],
  );
  const names = (indices: number[]) => indices.map((index) => tensors[index]?.name);
  assert.equal(names(segments[1]?.modelInputs ?? []), ["relu"]);
  assert.equal(names(segments[1]?.modelOutputs ?? []), ["elu", "unit"]);
});

test("names the operators and the package where it is absent", async () => {
  const blob = await compile(model, { target: "a311d", cpuOnly: true });
  loadLiteRtWith(loaderFrom("/nowhere"));
  const error = await fails("UNSUPPORTED_OPERATOR", () => Session.create(blob));
  assert.equal(error.location, { kind: "OPERATOR", at: 1 });
  assert.match(error.found, /^ELU, L2_NORMALIZATION \(/);
  assert.match(error.expected, /the package @litertjs\/core/);
  loadLiteRtWith(loadInstalledLiteRt);
});

test("runs them where it is there", async () => {
  const session = await Session.create(await compile(model, { target: "a311d", cpuOnly: true }));
  const { y } = await session.run({ x: new Int8Array(bytes.buffer) });
  const again = await session.run({ x: new Int8Array(bytes.buffer) });
  assert.equal(again.y, y);
  const rectified = [...new Int8Array(bytes.buffer)].map((value) => {
    return Math.min(6, Math.max(0, value * SCALE));
  });
  const length = Math.hypot(...rectified);
  rectified.forEach((value, i) => {
    const expected = Math.round((128 * value) / length);
    const found = y?.[i] as number;
    assert.ok(Math.abs(found - expected) <= 1, `${value}: ${found}, expected ${expected}`);
  });
  await session.release();
});

/** The bytes of the blob, and a view of those of the model that LiteRT is given. */
async function blobAndModel() {
  const editor = new BlobEditor(await compile(model, { target: "a311d", cpuOnly: true }));
  const at = editor.elements(editor.root.segments(1) as nolf.Segment, "Segment", "model");
  const length = editor.root.segments(1)?.modelLength() ?? 0;
  return { editor, submodel: editor.bytes.subarray(at, at + length) };
}

/** A blob whose tensors are larger than its model's: LiteRT would write and read beyond them. */
async function largerThanItsModel(extent: number): Promise<Uint8Array> {
  const { editor } = await blobAndModel();
  for (let i = 0; i < editor.root.tensorsLength(); i++) {
    const tensor = editor.root.tensors(i) as nolf.Tensor;
    const shape = editor.elements(tensor, "Tensor", "shape");
    editor.view.setInt32(shape + 4 * (tensor.shapeLength() - 1), extent, true);
  }
  return editor.sealed();
}

test("refuses a model whose tensors are not those of the blob", async () => {
  for (const extent of [COUNT - 1, COUNT + 1, 8 * COUNT]) {
    const blob = await largerThanItsModel(extent);
    const error = await fails("BAD_BLOB", () => Session.create(blob));
    assert.equal(error.location, { kind: "OPERATOR", at: 1 });
    assert.is(error.expected, `a model of the segment with the inputs int8 1×1×1×${extent}`);
    assert.is(error.found, `int8 1×1×1×${COUNT}`);
  }
});

test("refuses a model whose outputs are larger than the blob's, by an element", async () => {
  for (const extent of [COUNT - 1, COUNT + 1]) {
    const { editor } = await blobAndModel();
    const tensors = Array.from({ length: editor.root.tensorsLength() }, (_, i) => {
      return editor.root.tensors(i) as nolf.Tensor;
    });
    const elu = tensors.find((tensor) => tensor.name() === "elu") as nolf.Tensor;
    const shape = editor.elements(elu, "Tensor", "shape");
    editor.view.setInt32(shape + 4 * (elu.shapeLength() - 1), extent, true);
    const error = await fails("BAD_BLOB", () => Session.create(editor.sealed()));
    assert.is(
      error.expected,
      `a model of the segment with the outputs int8 1×1×1×${extent}, int8 1×1×1×${COUNT}`,
    );
    assert.is(error.found, `int8 1×1×1×${COUNT}, int8 1×1×1×${COUNT}`);
  }
});

test("refuses a model whose outputs have another type than the blob's", async () => {
  const { editor } = await blobAndModel();
  const names = Array.from({ length: editor.root.tensorsLength() }, (_, i) =>
    editor.root.tensors(i)?.name(),
  );
  const elu = editor.root.tensors(names.indexOf("elu")) as nolf.Tensor;
  editor.bytes[editor.position(elu, "Tensor", "dtype")] = nolf.Dtype.UINT8;
  const error = await fails("BAD_BLOB", () => Session.create(editor.sealed()));
  assert.match(error.expected, /with the outputs uint8 1×1×1×256, int8 1×1×1×256$/);
  assert.is(error.found, "int8 1×1×1×256, int8 1×1×1×256");
});

test("refuses a model of other operators than the blob names", async () => {
  const { editor } = await blobAndModel();
  const named = editor.root.operators(1) as nolf.Operator;
  const [ELU, L2_NORMALIZATION] = [111, 11];
  assert.is(named.code(), ELU);
  editor.view.setInt32(editor.position(named, "Operator", "code"), L2_NORMALIZATION, true);
  const error = await fails("BAD_BLOB", () => Session.create(editor.sealed()));
  assert.match(error.expected, `with the operators ${L2_NORMALIZATION}, ${L2_NORMALIZATION}`);
  assert.is(error.found, `${ELU}, ${L2_NORMALIZATION}`);
});

test("refuses a damaged model before LiteRT sees it", async () => {
  const blobs = [];
  for (const [at, word] of [
    [0, 0x7fffffff],
    [4, 0],
  ] as const) {
    const { editor, submodel } = await blobAndModel();
    new DataView(submodel.buffer, submodel.byteOffset).setUint32(at, word, true);
    blobs.push(editor.sealed());
  }
  loadLiteRtWith(() => assert.unreachable("LiteRT is loaded") as never);
  for (const blob of blobs) {
    const error = await fails("BAD_BLOB", () => Session.create(blob));
    assert.match(error.expected, /a model of the segment that can be read/);
  }
  loadLiteRtWith(loadInstalledLiteRt);
});

/** FLOOR of bytes, which LiteRT complains of in its log alone: it gives what was in its memory. */
const refused = buildModel({
  inputs: ["x"],
  outputs: ["z"],
  tensors: [feature("x", [1, COUNT]), feature("z", [1, COUNT])],
  operators: [{ operator: "FLOOR", inputs: ["x"], outputs: ["z"] }],
});

test("goes on after any number of models that LiteRT refuses", async () => {
  const good = await compile(model, { target: "a311d", cpuOnly: true });
  const bad = await compile(refused, { target: "a311d", cpuOnly: true });
  const instances = new Set<LiteRtModule>();
  loadLiteRtWith(async (...parameters) => {
    const instance = await loadInstalledLiteRt(...parameters);
    instances.add(instance);
    return instance;
  });
  for (let i = 0; i < 10; i++) {
    const session = await Session.create(bad);
    const run = () => session.run({ x: new Int8Array(COUNT) });
    const error = await fails("UNSUPPORTED_OPERATOR", run);
    assert.match(error.found, /^FLOOR \(.*failed to prepare.*\)$/);
    await session.release();
  }
  const session = await Session.create(good);
  const { y } = await session.run({ x: new Int8Array(COUNT).fill(16) });
  await session.release();
  assert.is(y?.length, COUNT);
  // None is used again, not even a good one.
  assert.is(instances.size, 11);
  loadLiteRtWith(loadInstalledLiteRt);
});

test("begins anew after a run that failed", async () => {
  let made = 0;
  loadLiteRtWith(async (...parameters) => {
    const instance = await loadInstalledLiteRt(...parameters);
    const { compileModel } = instance;
    if (made++ > 0) return instance;
    instance.compileModel = async (...parameters) => {
      const compiled = await compileModel(...parameters);
      compiled.run = () => {
        throw 42; // as C++ does out of Wasm
      };
      return compiled;
    };
    return instance;
  });
  const session = await Session.create(await compile(model, { target: "a311d", cpuOnly: true }));
  const run = () => session.run({ x: new Int8Array(COUNT).fill(16) });
  const error = await fails("UNSUPPORTED_OPERATOR", run);
  assert.is(error.found, "ELU, L2_NORMALIZATION (42)");
  assert.is((await run()).y?.length, COUNT);
  assert.is(made, 2);
  await session.release();
  loadLiteRtWith(loadInstalledLiteRt);
});

test.run();
