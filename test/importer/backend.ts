/**
 * Runs ONNX' own tests of operators: each is imported, and what comes out is run by LiteRT's
 * reference kernels. `node --import tsx test/importer/backend.ts [NAME]` prints what became of each.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { importModel } from "../../host/index.ts";
import { Reference } from "../support/reference.ts";
import { SHARED } from "../support/shared.ts";
import { type Border, bordersOf } from "./borders.ts";
import { type Field, message, writeTensor } from "./onnx-writer.ts";
import { bytesFor, distanceOf, realsOf, toStorage } from "./oracle.ts";
import { fields, readTensorFile, type TensorFile } from "./tensor-file.ts";

export type Outcome = { kind: "right" | "refused" | "wrong" | "failed"; text: string };

export const FOLDERS = ["node", "pytorch-converted"].map(
  (name) => `${SHARED}/onnx/backend/${name}`,
);

export function backendTests(): string[] {
  return FOLDERS.flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : [],
  ).filter((path) => existsSync(`${path}/model.onnx`));
}

export async function runBackendTest(path: string, reference: Reference): Promise<Outcome> {
  const data = `${path}/test_data_set_0`;
  const read = (kind: string) =>
    readdirSync(data)
      .filter((name) => name.startsWith(kind))
      .sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)))
      .map((name) => readTensorFile(readFileSync(`${data}/${name}`)));
  let given: TensorFile[];
  try {
    given = read("input_");
  } catch (error) {
    return { kind: "refused", text: (error as Error).message };
  }
  const model = withConstants(readFileSync(`${path}/model.onnx`), given.slice(1));
  let tflite: Uint8Array;
  try {
    tflite = await importModel(model);
  } catch (error) {
    return { kind: "refused", text: (error as Error).message };
  }
  const { inputs, outputs } = bordersOf(tflite);
  try {
    const feeds = inputs.map((border, i) => {
      const { values = [], shape = [], type = 0 } = given[i] ?? {};
      return bytesFor(
        toStorage(Float32Array.from(values), shape, border.shape),
        asGiven(border, type),
      );
    });
    const results = await reference.run(tflite, feeds);
    let most = 0;
    read("output_").forEach(({ values, shape, type }, i) => {
      const border = asGiven(outputs[i] as Border, type);
      if (!outputs[i]) throw new Error("an output is missing");
      const truth = toStorage(Float32Array.from(values), shape, border.shape, true);
      const isPlain = border.dtype === "int32";
      // LiteRT gives no input back as an output.
      const passed = inputs.findIndex(({ name }) => name === border.name);
      const bytes = (feeds[passed] ?? results[i]) as Uint8Array;
      const ours = isPlain
        ? Float32Array.from(new Int32Array(Uint8Array.from(bytes).buffer))
        : realsOf(bytes, border);
      if (ours.length !== truth.length) throw new Error(`${ours.length} of ${truth.length} values`);
      // Where extents are alike, the order of axes does not show.
      const plain = Float32Array.from(values);
      most = Math.max(most, Math.min(distanceOf(ours, truth).most, distanceOf(ours, plain).most));
    });
    return { kind: most <= 1e-3 ? "right" : "wrong", text: `${most}` };
  } catch (error) {
    return { kind: "failed", text: (error as Error).message };
  }
}

/** Whole numbers of the test are stored ones, not real ones. */
function asGiven(border: Border, type: number): Border {
  if (type !== 2 && type !== 3) return border;
  const isShifted = (border.dtype === "int8") !== (type === 3);
  const zeroPoint = isShifted ? (type === 3 ? 128 : -128) : 0;
  return { ...border, scale: 1, zeroPoint };
}

/** The model with all inputs but the first known: weights, bounds and axes are constants in real files. */
function withConstants(model: Uint8Array, tensors: TensorFile[]): Uint8Array {
  const rebuilt = [...fields(model)].map(({ number, value, part }): Field => {
    if (number !== GRAPH || !part) return [number, part ?? Number(value)];
    const inner = [...fields(part)];
    const names = inner
      .filter(({ number }) => number === INPUT)
      .map(({ part: info = new Uint8Array() }) => {
        const [name] = [...fields(info)];
        return new TextDecoder().decode(name?.part);
      });
    const known = tensors.map((tensor, i): Field => {
      const name = names[i + 1] ?? "";
      return [INITIALIZER, writeTensor({ ...tensor, name })];
    });
    const kept = inner.map((field): Field => [field.number, field.part ?? Number(field.value)]);
    return [number, message([...kept, ...known])];
  });
  return message(rebuilt);
}

/** Field numbers of ModelProto and GraphProto. */
const GRAPH = 7;
const INITIALIZER = 5;
const INPUT = 11;

if (process.argv[1]?.endsWith("backend.ts")) {
  const reference = new Reference("reference");
  const counts: Record<string, number> = {};
  for (const path of backendTests().filter((path) => path.includes(process.argv[2] ?? ""))) {
    const { kind, text } = await runBackendTest(path, reference);
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (kind !== "right") console.log(kind.padEnd(8), path.split("/").pop(), text.slice(0, 180));
  }
  console.log(counts);
  reference.close();
}
