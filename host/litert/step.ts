import type { Blob, Operator, Segment } from "../blob/blob.ts";
import { NolfetError } from "../errors.ts";
import type { Step, Values } from "../step.ts";
import { checkSubmodel } from "./check.ts";
import { PACKAGE } from "./module.ts";
import { compileForLiteRt, type LiteRtRunner } from "./runtime.ts";

/**
 * Prepares a segment whose operators have no kernels of nolfet's own. Rejects with BAD_BLOB where
 * its model is not what the blob says of it, and with UNSUPPORTED_OPERATOR where LiteRT is absent,
 * or does not take them either. `folder` is where the package is, if the caller says so.
 */
export async function liteRtStep(
  blob: Blob,
  segment: Segment,
  values: Values,
  folder?: string,
): Promise<Step> {
  await checkSubmodel(blob, segment);
  let runner: LiteRtRunner | undefined = await compileSegment(blob, segment, folder);
  const bytesOf = (tensor: number) => values.get(tensor) as Uint8Array;
  return {
    async run() {
      runner ??= await compileSegment(blob, segment, folder);
      const current = runner;
      runner = undefined; // for good, where it fails
      const outputs = await current.run(segment.modelInputs.map(bytesOf)).catch((error) => {
        throw failure(blob, segment, "an operator that LiteRT runs on these inputs", error);
      });
      runner = current;
      segment.modelOutputs.forEach((tensor, i) => {
        bytesOf(tensor).set(outputs[i] as Uint8Array);
      });
    },
    release() {
      try {
        runner?.release();
      } catch {
        // An operator has damaged its memory, which goes with the instance.
      }
    },
  };
}

/** TFLite's code of operators that have a name of their own. */
const CUSTOM = 32;

/** LiteRT has no custom operators; it runs over them without a word, their outputs left as they were. */
function refuseCustom(blob: Blob, operators: readonly number[]): void {
  if (operators.some((index) => blob.operators[index]?.code === CUSTOM)) {
    throw new Error("a custom operator, which the package does not have either");
  }
}

async function compileSegment(
  blob: Blob,
  segment: Segment,
  folder: string | undefined,
): Promise<LiteRtRunner> {
  try {
    refuseCustom(blob, segment.operators);
    return await compileForLiteRt(segment.model, folder);
  } catch (error) {
    const expected = `an operator with a CPU kernel, or the package ${PACKAGE} to run it`;
    throw failure(blob, segment, expected, error);
  }
}

/** What is thrown may be anything that comes out of a Wasm module. */
function failure(
  blob: Blob,
  { operators }: Segment,
  expected: string,
  error: unknown,
): NolfetError {
  const names = operators.map((index) => (blob.operators[index] as Operator).name);
  const message = (error as Error | undefined)?.message ?? `${error}`;
  const reason = error instanceof NolfetError ? error.found : message;
  const found = `${[...new Set(names)].join(", ")} (${reason})`;
  const location = { kind: "OPERATOR", at: operators[0] as number } as const;
  return new NolfetError("UNSUPPORTED_OPERATOR", expected, found, location);
}
