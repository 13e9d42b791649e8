import { checkBytes, checkInput, ownBytes } from "../arguments.ts";
import type { Blob } from "../blob/blob.ts";
import { openBlob } from "../blob/open.ts";
import { compileModel } from "../compiler.ts";
import type { TypedArray } from "../dtype.ts";
import { NolfetError } from "../errors.ts";
import { Session, type SessionOptions } from "../session.ts";
import { statisticsFor, type TensorStatistics } from "./statistics.ts";

type Feeds = Record<string, TypedArray>;
type Feed = (inputs: Session["inputs"]) => AsyncIterable<Feeds> | Iterable<Feeds>;

/**
 * Runs a model on the CPU with some inputs, and summarizes its layers' values as a table
 * for `compile`: by it, weights that are quantized per channel are rounded so that it shows least.
 * The same model and inputs give the same bytes anywhere. Throws what `compile` and `Session.run` do,
 * and BAD_INPUT where there is nothing to calibrate by.
 */
export async function calibrate(
  model: Uint8Array,
  feed: Feed,
  options: Pick<SessionOptions, "litert"> = {},
): Promise<Uint8Array> {
  checkBytes(model, "the model");
  checkInput(feed, typeof feed === "function", "a function that gives the values of inputs");
  const bytes = await compileModel(ownBytes(model), 0, { cpuOnly: true, exposeAll: true });
  const blob = openBlob(bytes);
  const session = await Session.create(bytes, { ...options, device: "emulator" });
  const statistics = statisticsFor(blob);
  let runs = 0;
  try {
    const all = feed(session.inputs);
    const isList = Symbol.asyncIterator in Object(all) || Symbol.iterator in Object(all);
    checkInput(all, isList, "a list, or a generator, of the values of inputs");
    for await (const feeds of all) {
      const outputs = await session.run(feeds);
      for (const one of statistics) one.add(valuesOf(one.tensor, blob, session, feeds, outputs));
      runs++;
    }
  } finally {
    await session.release();
  }
  if (runs === 0) throw new NolfetError("BAD_INPUT", "inputs to calibrate by", "none");
  return tableOf(statistics);
}

function valuesOf(
  tensor: number,
  blob: Blob,
  session: Session,
  feeds: Feeds,
  outputs: Feeds,
): TypedArray {
  const input = session.inputs[blob.inputs.indexOf(tensor)];
  const output = session.outputs[blob.outputs.indexOf(tensor)];
  return (input ? feeds[input.name] : outputs[output?.name ?? ""]) as TypedArray;
}

/**
 * The table, little-endian, tensor after tensor:
 *
 *   u32 tensor │ u32 channels │ f32 spatial, f32 common correlation │ f32 mean, f32 variance …
 */
function tableOf(statistics: TensorStatistics[]): Uint8Array {
  const words = statistics.map((one) => {
    const means = one.means();
    const variances = one.variances();
    const record = new DataView(new ArrayBuffer(16 + 8 * means.length));
    record.setUint32(0, one.tensor, true);
    record.setUint32(4, means.length, true);
    record.setFloat32(8, one.spatialCorrelation(), true);
    record.setFloat32(12, one.commonCorrelation(), true);
    means.forEach((mean, c) => {
      record.setFloat32(16 + 8 * c, mean, true);
      record.setFloat32(20 + 8 * c, variances[c] as number, true);
    });
    return new Uint8Array(record.buffer);
  });
  const table = new Uint8Array(words.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const record of words) {
    table.set(record, at);
    at += record.length;
  }
  return table;
}
