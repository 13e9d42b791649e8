import type { Blob, Operator, Segment } from "../blob/blob.ts";
import { NolfetError } from "../errors.ts";
import type { Step, Values } from "../steps.ts";
import { PACKAGE } from "./module.ts";
import { compileForLiteRt, type LiteRtRunner } from "./runtime.ts";

/**
 * Prepares a segment whose operators have no kernels of nolfet's own. Rejects with
 * UNSUPPORTED_OPERATOR where LiteRT is absent, or does not take them either.
 */
export async function liteRtStep(blob: Blob, segment: Segment, values: Values): Promise<Step> {
  const runner = await compileSegment(blob, segment);
  const bytesOf = (tensor: number) => values.get(tensor) as Uint8Array;
  return {
    async run() {
      const outputs = await runner.run(segment.modelInputs.map(bytesOf));
      segment.modelOutputs.forEach((tensor, i) => {
        bytesOf(tensor).set(outputs[i] as Uint8Array);
      });
    },
    release: () => runner.release(),
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

async function compileSegment(blob: Blob, { operators, model }: Segment): Promise<LiteRtRunner> {
  try {
    refuseCustom(blob, operators);
    return await compileForLiteRt(model);
  } catch (error) {
    const first = operators[0] as number;
    const names = operators.map((index) => (blob.operators[index] as Operator).name);
    const expected = `an operator with a CPU kernel, or the package ${PACKAGE} to run it`;
    const reason = error instanceof NolfetError ? error.found : (error as Error).message;
    const found = `${[...new Set(names)].join(", ")} (${reason})`;
    const place = { kind: "OPERATOR", at: first } as const;
    throw new NolfetError("UNSUPPORTED_OPERATOR", expected, found, place);
  }
}
