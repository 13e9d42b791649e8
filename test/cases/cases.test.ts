import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BufferSlot, ModelSlot, SubgraphSlot, TensorSlot } from "../../assembly/tflite/slots.ts";
import { type CompiledBlob, compile, NolfetError, type TypedArray } from "../../host/index.ts";
import { TableCursor } from "../compiler/read.cursor.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";
import { distances, mostRel, Oracle, runOnEmulator } from "../support/truth.ts";
import { EXPECTATIONS, STILL_WRONG } from "./expectations.ts";

// Small models that once failed, each for a kind of its own: right, or refused as it should be.

const TARGETS = ["a311d", "imx8mp"];

/** Steps that one layer may be off by rounding once instead of twice, in a share of elements that shows in rel. */
const MOST_STEPS = 1;

const oracle = new Oracle();
const names = hasShared("small models that once failed")
  ? readdirSync(join(SHARED, "cases"))
      .filter((file) => file.endsWith(".tflite"))
      .map((file) => file.replace(".tflite", ""))
      .sort()
  : [];

for (const name of names) {
  for (const target of TARGETS) {
    const reason = STILL_WRONG[name];
    test(`${name} on ${target}: ${reason ? `still wrong, ${reason}` : "right"}`, async () => {
      const fault = await faultOf(name, target);
      if (reason === undefined) assert.is(fault, undefined);
      else assert.ok(fault !== undefined, "it is right now: take it out of STILL_WRONG");
    });
  }
}

test("only cases that there are still wrong", () => {
  if (names.length === 0) return;
  const listed = [...Object.keys(STILL_WRONG), ...Object.keys(EXPECTATIONS)];
  assert.equal(
    listed.filter((name) => !names.includes(name)),
    [],
  );
});

/** What is wrong with a case; undefined where nothing is. */
async function faultOf(name: string, target: string): Promise<string | undefined> {
  const { refused, refusable } = EXPECTATIONS[name] ?? {};
  const model = modelOf(name);
  let blob: CompiledBlob;
  try {
    blob = await compile(model, { target });
  } catch (error) {
    const code = error instanceof NolfetError ? error.code : undefined;
    return code && code === (refused ?? refusable) ? undefined : `${error}`;
  }
  if (refused) return `it compiles, and is to be refused with ${refused}`;
  try {
    return await wrongValues(name, model, blob);
  } catch (error) {
    return `it compiles, but does not run: ${error}`;
  }
}

async function wrongValues(
  name: string,
  model: Uint8Array,
  blob: CompiledBlob,
): Promise<string | undefined> {
  const { values = {}, constants = {}, sameAs = {}, twin } = EXPECTATIONS[name] ?? {};
  const { outputs, inputs, infos } = await runOnEmulator(blob);
  const known: [output: string, expected: ArrayLike<number | bigint>][] = [
    ...Object.entries(values),
    ...Object.entries(constants).map(([i, tensor]): [string, Int8Array] => [
      i,
      constantOf(model, tensor),
    ]),
    ...Object.entries(sameAs).map(([i, other]): [string, TypedArray] => [
      i,
      outputs[other] as TypedArray,
    ]),
  ];
  for (const [output, expected] of known) {
    const found = outputs[Number(output)] ?? [];
    if (`${found}` !== `${expected}`) return `output ${output} is ${found}, not ${expected}`;
  }
  const rest = outputs.map((_, i) => i).filter((i) => !known.some(([output]) => output === `${i}`));
  if (rest.length === 0) return undefined;
  const truth = await oracle.ask(twin ? modelOf(twin) : model, inputs, infos);
  const pick = <T>(all: T[]) => rest.map((i) => all[i] as T);
  const { rel, largest } = distances(pick(outputs), pick(truth.outputs));
  const most = mostRel(Number.isFinite(truth.xnnpack) ? truth.xnnpack : 0);
  if (!(rel <= most)) return `rel ${rel}, at most ${most}`;
  // Of several layers, each adds to what the others are off; scales that become fewer have errors of their own.
  const { operators } = blob.report;
  const isExact = operators.length === 1 && operators.every(({ groups }) => groups === undefined);
  return isExact && largest > MOST_STEPS ? `${largest} steps off` : undefined;
}

/** The bytes of a constant of the first subgraph, which are of int8. */
function constantOf(model: Uint8Array, tensor: number): Int8Array {
  const root = TableCursor.root(model);
  const tensors = root.vector(ModelSlot.SUBGRAPHS).table(0).vector(SubgraphSlot.TENSORS);
  const view = new DataView(model.buffer, model.byteOffset);
  const buffer = view.getUint32(tensors.table(tensor).field(TensorSlot.BUFFER), true);
  const { first, count } = root.vector(ModelSlot.BUFFERS).table(buffer).vector(BufferSlot.DATA);
  return new Int8Array(model.slice(first, first + count).buffer);
}

function modelOf(name: string): Uint8Array {
  return readShared(`cases/${name}.tflite`);
}

test.after(() => oracle.close());
test.run();
