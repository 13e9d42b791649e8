import { readdirSync } from "node:fs";
import { join } from "node:path";
import { compile, NolfetError, type Report } from "../../host/index.ts";
import { readShared, SHARED } from "../support/shared.ts";
import { distances, mostRel, type Oracle, runOnEmulator, type Truth } from "../support/truth.ts";
import { EXCEPTIONS, REFUSALS } from "./expectations.ts";

export const TARGETS = ["a311d", "imx8mp"];

/** How a public model fares on one core. */
export interface Verdict {
  name: string;
  target: string;
  /** Absent where it is refused. */
  report?: Report;
  rel?: number;
  /** XNNPACK's rel. */
  xnnpack?: number;
  /** The message that it is refused with. */
  refusal?: string;
  /** Why that is not right; absent where it is. */
  fault?: string;
}

export function zooNames(): string[] {
  return readdirSync(join(SHARED, "zoo"))
    .filter((file) => file.endsWith(".tflite"))
    .map((file) => file.replace(".tflite", ""))
    .sort();
}

/** Compiles and runs a model for every core, beside LiteRT's kernels. */
export async function judge(name: string, oracle: Oracle): Promise<Verdict[]> {
  const model = readShared(`zoo/${name}.tflite`);
  const verdicts: Verdict[] = [];
  let truth: Truth | undefined;
  for (const target of TARGETS) {
    try {
      const blob = await compile(model, { target });
      const { outputs, inputs, infos } = await runOnEmulator(blob);
      // What LiteRT says is the same for every core.
      truth ??= await oracle.ask(model, inputs, infos);
      const { rel } = distances(outputs, truth.outputs);
      verdicts.push(verdictOf({ name, target, report: blob.report, rel, xnnpack: truth.xnnpack }));
    } catch (error) {
      verdicts.push(refusalOf(name, target, error));
    }
  }
  return verdicts;
}

function verdictOf(verdict: Verdict): Verdict {
  const { name, rel = 0, xnnpack = 0 } = verdict;
  if (REFUSALS[name]?.isNeeded) return { ...verdict, fault: "it is to be refused" };
  const most = EXCEPTIONS[name]?.rel ?? mostRel(xnnpack);
  if (rel <= most) return verdict;
  return { ...verdict, fault: `rel ${rel.toFixed(4)}, at most ${most.toFixed(4)}` };
}

function refusalOf(name: string, target: string, error: unknown): Verdict {
  const refusal = error instanceof Error ? error.message : `${error}`;
  const verdict = { name, target, refusal };
  const expected = REFUSALS[name];
  if (!(error instanceof NolfetError)) return { ...verdict, fault: "an error without a type" };
  if (!expected) return { ...verdict, fault: "it is to run" };
  if (expected.says.test(refusal)) return verdict;
  return { ...verdict, fault: `the error does not say ${expected.says}` };
}
