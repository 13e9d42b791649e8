import { elementsOf } from "../../host/dtype.ts";
import { type CompileOptions, compile, Session } from "../../host/index.ts";
import { InputGenerator } from "./inputs.ts";

type Bytes = Uint8Array | Int8Array;

/**
 * Compiles a model, runs it on the emulator and gives its outputs in order. Its inputs are
 * `inputs`, or what the reference outputs were computed from.
 */
export async function runModel(
  model: Uint8Array,
  options: CompileOptions,
  inputs?: Bytes[],
): Promise<Bytes[]> {
  const [outputs] = await runBlob(await compile(model, options), [inputs]);
  return outputs as Bytes[];
}

/** Runs a blob as often as there are lists of inputs, and gives as many lists of outputs. */
export async function runBlob(
  blob: Uint8Array,
  lists: (Bytes[] | undefined)[],
): Promise<Bytes[][]> {
  const session = await Session.create(blob, { device: "emulator" });
  try {
    const results: Bytes[][] = [];
    for (const inputs of lists) {
      const generator = new InputGenerator();
      const feeds = session.inputs.map(({ name, shape, dtype }, i) => {
        const bytes = inputs?.[i] ?? generator.bytes(elementsOf(shape));
        return [name, dtype === "int8" ? new Int8Array(bytes) : bytes] as const;
      });
      const outputs = await session.run(Object.fromEntries(feeds));
      results.push(session.outputs.map(({ name }) => outputs[name] as Bytes));
    }
    return results;
  } finally {
    await session.release();
  }
}
