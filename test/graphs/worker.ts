/** Judges networks in a process of its own, which can be ended if one hangs. */
import { drawNetwork } from "./draw.ts";
import { judge } from "./judge.ts";
import { describe } from "./network.ts";
import { shrink } from "./shrink.ts";

/** What a worker is given, as JSON: networks `from`, `from + step`, … below `to`. */
export interface Task {
  seed: number;
  from: number;
  to: number;
  step: number;
}

/** What it tells of each. */
export interface Told {
  index: number;
  outcome: string;
  operators: number;
  onNpu: number;
  isOnLiteRt: boolean;
  milliseconds: number;
  /** The fault, and the smallest network that has it, in words. */
  fault?: string;
}

const { seed, from, to, step } = JSON.parse(process.argv[2] ?? "") as Task;
for (let index = from; index < to; index += step) {
  process.send?.(await tell(seed, index));
}
process.disconnect();

async function tell(seed: number, index: number): Promise<Told> {
  const start = performance.now();
  const network = drawNetwork(seed, index);
  const verdict = await judge(network);
  const milliseconds = performance.now() - start;
  const { outcome, onNpu, isOnLiteRt } = verdict;
  const told = {
    index,
    outcome,
    operators: network.spec.operators.length,
    onNpu,
    isOnLiteRt,
    milliseconds,
  };
  if (verdict.fault === undefined) return told;
  const smallest = await shrink({ network, verdict });
  return { ...told, fault: `${smallest.verdict.fault}\n${describe(smallest.network)}` };
}
