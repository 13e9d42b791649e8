import { bytesOf, DTYPES, elementsOf, type TypedArray, valuesOf } from "../../host/dtype.ts";
import { compile, Session, type TensorInfo } from "../../host/index.ts";
import { type Distance, distance, worst } from "./distance.ts";
import { InputGenerator } from "./inputs.ts";
import { Reference } from "./reference.ts";

// Models beside the truth, which LiteRT's reference kernels tell, and beside what another sound
// implementation makes of them, XNNPACK.

/** How far a model may be from the truth, given how far XNNPACK is. */
export const mostRel = (xnnpack: number): number => 1.5 * xnnpack + 0.01;

/**
 * The bytes of all inputs, from one generator that runs on through them. Real numbers are a byte
 * each, from 0 to 1: as bytes of a float they would be no pixel of anything.
 */
export function generatedInputs(inputs: readonly TensorInfo[]): Uint8Array[] {
  const generator = new InputGenerator();
  return inputs.map(({ shape, dtype }) => {
    if (dtype !== "float32") return generator.bytes(elementsOf(shape) * DTYPES[dtype].bytes);
    return bytesOf(Float32Array.from(generator.bytes(elementsOf(shape)), (byte) => byte / 255));
  });
}

/** Runs a blob on the emulator; inputs and outputs in the model's order. */
export async function runOnEmulator(
  blob: Uint8Array,
  inputsFor: (infos: readonly TensorInfo[]) => Uint8Array[] = generatedInputs,
): Promise<{ outputs: TypedArray[]; inputs: Uint8Array[]; infos: readonly TensorInfo[] }> {
  const session = await Session.create(blob, { device: "emulator", timeout: 600_000 });
  try {
    const inputs = inputsFor(session.inputs);
    const feeds = session.inputs.map(({ name, dtype }, i) => {
      return [name, valuesOf(dtype, inputs[i] as Uint8Array)] as const;
    });
    const values = await session.run(Object.fromEntries(feeds));
    const outputs = session.outputs.map(({ name }) => values[name] as TypedArray);
    return { outputs, inputs, infos: session.outputs };
  } finally {
    await session.release();
  }
}

/** What a model gives on its generated input by LiteRT's kernels of both kinds. */
export class Oracle {
  private readonly reference = new Reference("reference");
  private readonly xnnpack = new Reference("xnnpack");

  /** `outputs` tell what LiteRT's bytes mean. Rejects where LiteRT does not take the model. */
  async ask(
    model: Uint8Array,
    inputs: Uint8Array[],
    outputs: readonly TensorInfo[],
  ): Promise<Truth> {
    const values = (bytes: Uint8Array[]) => {
      return outputs.map(({ dtype }, i) => valuesOf(dtype, bytes[i] as Uint8Array));
    };
    const truth = values(await this.reference.run(model, inputs));
    const xnnpack = await this.xnnpack.run(model, inputs).then(values, () => undefined);
    // What XNNPACK does not take gives no leave to be further off.
    return { outputs: truth, xnnpack: xnnpack ? distances(xnnpack, truth).rel : 0 };
  }

  close(): void {
    this.reference.close();
    this.xnnpack.close();
  }
}

export interface Truth {
  outputs: TypedArray[];
  /** How far XNNPACK is from it: its worst output's rel. */
  xnnpack: number;
}

/** The worst of all outputs. */
export function distances(found: TypedArray[], truth: TypedArray[]): Distance {
  return worst(truth.map((values, i) => distance(found[i] as TypedArray, values)));
}

/** Compiles, runs and measures a model that LiteRT runs. */
export async function measure(model: Uint8Array, target: string, oracle: Oracle) {
  const blob = await compile(model, { target });
  const { outputs, inputs, infos } = await runOnEmulator(blob);
  const truth = await oracle.ask(model, inputs, infos);
  return { report: blob.report, ...distances(outputs, truth.outputs), xnnpack: truth.xnnpack };
}
