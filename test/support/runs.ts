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
  const session = await Session.create(await compile(model, options), { device: "emulator" });
  try {
    const generator = new InputGenerator();
    const feeds = session.inputs.map(({ name, shape, dtype }, i) => {
      const elements = shape.reduce((product, extent) => product * extent, 1);
      const bytes = inputs?.[i] ?? generator.bytes(elements);
      return [name, dtype === "int8" ? new Int8Array(bytes) : bytes] as const;
    });
    const outputs = await session.run(Object.fromEntries(feeds));
    return session.outputs.map(({ name }) => outputs[name] as Bytes);
  } finally {
    await session.release();
  }
}
