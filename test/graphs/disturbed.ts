import { difference } from "../../host/compare/difference.ts";
import type { TypedArray } from "../../host/dtype.ts";
import type { OperatorSpec } from "../../host/tflite/builder.ts";
import { Random } from "../support/random.ts";
import { isRounded } from "./exact/exact.ts";
import { lawOf } from "./laws.ts";
import { type Network, namesOf, subnetwork, tensorOf } from "./network.ts";
import { isBytes, leastOf } from "./quantizations.ts";
import { Fault, type Reports, runOnCpu, valuesIn } from "./run.ts";

// How far a whole network may be off whose tensors are not seen: as far as it comes on the CPU if
// each operator's results are disturbed at random, by as much as the NPU's may be off.

const SAMPLES = 6;
/** How much farther than the farthest of the samples. */
const MOST_TIMES = 2;

/** Compares outputs, by their names, with those of networks that are disturbed. */
export async function compareDisturbed(
  network: Network,
  reports: Reports,
  outputs: ReadonlyMap<string, TypedArray>,
): Promise<void> {
  const truth = await runDisturbed(network, reports);
  const samples: ReadonlyMap<string, TypedArray>[] = [];
  for (let i = 0; i < SAMPLES; i++)
    samples.push(await runDisturbed(network, reports, new Random(i)));
  for (const [name, found] of outputs) {
    const plain = name.replace(/:\d+$/, "");
    const expected = truth.get(plain) as TypedArray;
    const { rms } = difference(found, expected);
    const usual = samples.map(
      (sample) => difference(sample.get(plain) as TypedArray, expected).rms,
    );
    const most = MOST_TIMES * Math.max(...usual);
    if (rms > most) throw new Fault("outputs are far off", `${name}: rms ${rms}, at most ${most}`);
  }
}

/** All tensors of a network that runs on the CPU, operator by operator. */
async function runDisturbed(
  network: Network,
  reports: Reports,
  random?: Random,
): Promise<Map<string, TypedArray>> {
  const values = new Map(network.known);
  for (const [index, operator] of network.spec.operators.entries()) {
    const alone = subnetwork(network, [index], values);
    const results = await runOnCpu(alone, alone.feeds);
    const isOnNpu = reports.get(operator.outputs[0] as string)?.placement === "NPU";
    for (const name of namesOf(operator.outputs)) {
      const result = results.get(name) as TypedArray;
      values.set(name, result);
      if (random && isOnNpu && isRounded(operator))
        values.set(name, disturb(network, operator, result, values, reports, random));
    }
  }
  return values;
}

/** Each result moved by a normal distribution whose deviation is the law's. */
function disturb(
  network: Network,
  operator: OperatorSpec,
  results: TypedArray,
  values: ReadonlyMap<string, TypedArray>,
  reports: Reports,
  random: Random,
): TypedArray {
  const [output] = namesOf(operator.outputs) as [string];
  const { dtype } = tensorOf(network, output);
  if (!isBytes(dtype)) return results;
  const { rms } = lawOf(network, operator, reports.get(output) ?? {}, valuesIn(network, values));
  const least = leastOf(dtype);
  return (results as Int8Array).map((result) => {
    const moved = result + Math.round(rms * normal(random));
    return Math.min(Math.max(moved, least), least + 255);
  });
}

/** Of a deviation of 1, by the sum of twelve numbers that are evenly spread. */
function normal(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.integer(0, 1 << 16) / (1 << 16);
  return sum;
}
