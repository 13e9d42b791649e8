import type { TypedArray } from "../../host/dtype.ts";
import { judge, type Verdict } from "./judge.ts";
import { type Network, subnetwork } from "./network.ts";

export interface Failure {
  network: Network;
  verdict: Verdict;
}

/**
 * The smallest network with the same kind of fault: of a network's operators as few as show it, fed
 * with the values that they had there.
 */
export async function shrink({ network, verdict }: Failure): Promise<Failure> {
  const { outcome, values } = verdict;
  const single = await alone(network, outcome, values);
  if (single) return single;
  let smallest: Failure = { network, verdict };
  for (let index = network.spec.operators.length - 1; index >= 0; index--) {
    const all = smallest.network.spec.operators.map((_, i) => i);
    const rest = all.filter((i) => i !== index);
    if (rest.length === 0 || index >= all.length) continue;
    const known = new Map([...values, ...smallest.verdict.values]);
    const failure = await attempt(subnetwork(smallest.network, rest, known), outcome);
    if (failure) smallest = failure;
  }
  return smallest;
}

async function alone(
  network: Network,
  outcome: string,
  values: Map<string, TypedArray>,
): Promise<Failure | undefined> {
  for (const index of network.spec.operators.keys()) {
    const failure = await attempt(subnetwork(network, [index], values), outcome);
    if (failure) return failure;
  }
  return undefined;
}

async function attempt(network: Network, outcome: string): Promise<Failure | undefined> {
  const verdict = await judge(network);
  return verdict.outcome === outcome ? { network, verdict } : undefined;
}
