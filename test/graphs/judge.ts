import { difference } from "../../host/compare/difference.ts";
import type { TypedArray } from "../../host/dtype.ts";
import { type CompiledBlob, compile, NolfetError } from "../../host/index.ts";
import { compareWithLiteRt, runsOnLiteRt } from "./beside-litert.ts";
import { faultOfOperator } from "./laws.ts";
import { feedsApart, modelOf, type Network, takenApart } from "./network.ts";
import { Fault, reportsOf, runAfterCompiling, runOnCpu, valuesIn } from "./run.ts";
import { compareOutputs } from "./whole.ts";

// A network is right when each of its operators is, given the values that it read:
//
//   whole, every tensor an output ──► values ──► taken apart, on the CPU ──► the same, but for rounding
//                                        │                  └─ LiteRT, where it loads ──► the same
//   whole, as users have it ──► outputs ─┴─► the same

/** What came of a network. */
export interface Verdict {
  /** In a few words: "right", "refused", or the kind of fault. */
  outcome: string;
  /** Absent where all is well. */
  fault?: string;
  /** Computed tensors by name, as far as it came. */
  values: Map<string, TypedArray>;
  /** Operators on the NPU. */
  onNpu: number;
  /** Whether LiteRT has told its results, too. */
  isOnLiteRt: boolean;
}

/** What may be said of a sound model; other codes are faults. */
const REFUSALS = new Set([
  "OUT_OF_MEMORY",
  "UNSUPPORTED_MODEL",
  "UNSUPPORTED_OPERATOR",
  "TOO_LARGE",
]);

export async function judge(network: Network): Promise<Verdict> {
  const verdict: Verdict = { outcome: "right", values: new Map(), onNpu: 0, isOnLiteRt: false };
  try {
    await examine(network, verdict);
  } catch (error) {
    if (error instanceof Fault) return { ...verdict, outcome: error.kind, fault: error.message };
    if (error instanceof NolfetError) return { ...verdict, ...(await refusalOf(network, error)) };
    return { ...verdict, outcome: "untyped", fault: `${(error as Error).stack}` };
  }
  return verdict;
}

/** What LiteRT runs is not to be refused. */
async function refusalOf(network: Network, { code, message }: NolfetError) {
  const isRefused = REFUSALS.has(code) && !(await runsOnLiteRt(network));
  return isRefused
    ? { outcome: `refused, ${code}` }
    : { outcome: `refused, ${code}`, fault: message };
}

async function examine(network: Network, verdict: Verdict): Promise<void> {
  const model = modelOf(network);
  const exposed = await compile(model, { ...network.options, exposeAll: true });
  const values = await runAfterCompiling(exposed, network.feeds);
  for (const [name, value] of network.known) values.set(name, value);
  verdict.values = values;
  verdict.onNpu = exposed.report.operators.filter(({ placement }) => placement === "NPU").length;

  const apart = takenApart(network);
  const feeds = feedsApart(network, values);
  const expected = await runOnCpu(apart, feeds);
  compareOperators(network, exposed, values, expected);

  await compareOutputs(network, await compile(model, network.options), values);

  const { isTold, kind, text } = await compareWithLiteRt(apart, feeds, expected);
  verdict.isOnLiteRt = isTold;
  if (kind !== undefined) throw new Fault(kind, `${text}`);
}

/** Each operator beside the CPU's kernel, fed alike, and what the compiler knows beside it, too. */
function compareOperators(
  network: Network,
  exposed: CompiledBlob,
  found: ReadonlyMap<string, TypedArray>,
  expected: ReadonlyMap<string, TypedArray>,
): void {
  const reports = reportsOf(exposed);
  const values = valuesIn(network, found);
  for (const operator of network.spec.operators) {
    for (const output of operator.outputs as string[]) {
      const report = reports.get(output);
      if (!report) continue;
      const [result, truth] = [found, expected].map((from) => from.get(output)) as [
        TypedArray,
        TypedArray,
      ];
      const { index, name, placement } = report;
      const fault =
        placement === "CPU"
          ? faultOfCopy(result, truth)
          : faultOfOperator(network, operator, output, result, truth, values, report);
      if (fault)
        throw new Fault(`${name} is off`, `${name} (${index}) on the ${placement}: ${fault}`);
    }
  }
  for (const [name, known] of network.known) {
    const fault = expected.has(name) && faultOfCopy(known, expected.get(name) as TypedArray);
    if (fault) throw new Fault("a shape is off", `${name}: ${fault}`);
  }
}

function faultOfCopy(found: TypedArray, truth: TypedArray): string | undefined {
  const result = difference(found, truth);
  return result.largest === 0 ? undefined : JSON.stringify(result);
}
