import { difference } from "../../host/compare/difference.ts";
import { bytesOf, type TypedArray } from "../../host/dtype.ts";
import { type CompiledBlob, compile } from "../../host/index.ts";
import type { OperatorSpec } from "../../host/tflite/builder.ts";
import { compareDisturbed } from "./disturbed.ts";
import { exactResults } from "./exact/exact.ts";
import { computed, feedsApart, modelOf, type Network, namesOf, takenApart } from "./network.ts";
import { Fault, type Reports, reportsOf, runAfterCompiling, runOnCpu, valuesIn } from "./run.ts";

// Networks as users have them, of which only outputs are seen. They give what the same network gives
// whose every tensor is an output, but for two things: trees of operators that become one table where
// nobody reads what is between, and channels in another order that are grouped in another way.

/** Element-wise operators that have a job each, unless a tree of them is one table. */
const IN_TREES = new Set(
  `ABS ADD HARD_SWISH LEAKY_RELU LOGISTIC MAXIMUM MINIMUM MUL PRELU QUANTIZE RELU RELU6 SUB
   TANH`.split(/\s+/),
);

/**
 * Steps that a tree may be off TFLite's results, if what is between is rounded or not. A product of two tensors
 * behind a change of type alone is no table, and as far off as products may be.
 */
const MOST_STEPS = { rounded: 2, exact: 1 };
/** Real numbers so near to a step are one. */
const NEXT_TO_NOTHING = 1e-3;

/** Compares the outputs that users have; `values` are those of the network that shows every tensor. */
export async function compareOutputs(
  network: Network,
  whole: CompiledBlob,
  values: ReadonlyMap<string, TypedArray>,
): Promise<void> {
  const outputs = await runAfterCompiling(whole, network.feeds);
  const reports = reportsOf(whole);
  const inner = innerTensors(network, reports);
  const hidden = new Set(inner.filter((name) => !reports.get(name)?.hasJobs));
  const seen = hidden.size === 0 ? values : await compareTrees(network, hidden, reports);
  const unequal = new Map(
    [...outputs].filter(([name, found]) => !isThere(network, seen, name, found)),
  );
  if (unequal.size === 0) return;
  const isGrouped = whole.report.operators.some(({ groups }) => groups !== undefined);
  // A table may skip an inner tensor even where another operator's jobs read it.
  if (isGrouped || inner.length > 0) return compareDisturbed(network, reports, unequal);
  const [name, found] = [...unequal][0] as [string, TypedArray];
  const text = JSON.stringify(difference(found, seen.get(plain(name)) as TypedArray));
  throw new Fault("outputs depend on what is exposed", `${name}: ${text}`);
}

/** The name of a tensor that is an output twice, the second time as `name:1`. */
export function plain(name: string): string {
  return name.replace(/:\d+$/, "");
}

function isThere(
  { feeds }: Network,
  values: ReadonlyMap<string, TypedArray>,
  name: string,
  found: TypedArray,
): boolean {
  const known = values.get(plain(name));
  const bytes = known ? bytesOf(known) : (feeds.get(plain(name)) as Uint8Array);
  return Buffer.compare(bytesOf(found), bytes) === 0;
}

/** Tensors that element-wise operators alone read: without a job, they are inside of one table. */
function innerTensors({ spec }: Network, reports: Reports): string[] {
  const inTree = ({ operator }: OperatorSpec) => IN_TREES.has(operator);
  const onNpu = ({ outputs }: OperatorSpec) =>
    reports.get(outputs[0] as string)?.placement === "NPU";
  const made = spec.operators.filter((operator) => inTree(operator) && onNpu(operator));
  return [...computed(made)].filter((name) => {
    const readers = spec.operators.filter(({ inputs }) => inputs.includes(name));
    return !spec.outputs.includes(name) && readers.length > 0 && readers.every(inTree);
  });
}

/**
 * Judges trees by what the CPU's kernels give for what they read, in a network that shows all but the
 * tensors inside of them. Gives the tensors that it shows.
 */
async function compareTrees(
  network: Network,
  hidden: ReadonlySet<string>,
  reports: Reports,
): Promise<Map<string, TypedArray>> {
  const { spec, options, feeds, known } = network;
  const shown = [...computed(spec.operators)].filter(
    (name) => !hidden.has(name) && !known.has(name),
  );
  const blob = await compile(modelOf({ ...network, spec: { ...spec, outputs: shown } }), options);
  const found = await runAfterCompiling(blob, feeds);
  for (const [name, value] of known) found.set(name, value);
  const truth = await runOnCpu(takenApart(network, hidden), feedsApart(network, found));
  const all = new Map([...truth, ...found]);
  for (const operator of spec.operators) {
    const [output] = namesOf(operator.outputs) as [string];
    const inside = insideOf(network, operator, hidden);
    if (hidden.has(output) || inside.length === 0) continue;
    const isProduct = reports.get(output)?.error !== undefined;
    const isRounded = isProduct || inside.some((one) => rounds(network, one, all));
    const most = isRounded ? MOST_STEPS.rounded : MOST_STEPS.exact;
    const result = difference(found.get(output) as TypedArray, truth.get(output) as TypedArray);
    if (result.largest <= most) continue;
    const tree = [...inside.map((one) => one.operator), operator.operator].join(", ");
    const text = `${output}: ${JSON.stringify(result)} from TFLite's results, at most ${most}`;
    throw new Fault("a tree is off", `${text}, in a tree of ${tree}`);
  }
  return found;
}

/** Operators that compute the hidden tensors that an operator reads. */
function insideOf(
  network: Network,
  { inputs }: OperatorSpec,
  hidden: ReadonlySet<string>,
): OperatorSpec[] {
  const read = network.spec.operators.filter(({ outputs }) => {
    return hidden.has(outputs[0] as string) && inputs.includes(outputs[0] as string);
  });
  return [...new Set(read.flatMap((one) => [...insideOf(network, one, hidden), one]))];
}

function rounds(
  network: Network,
  operator: OperatorSpec,
  values: ReadonlyMap<string, TypedArray>,
): boolean {
  const exact = exactResults(network, operator, valuesIn(network, values));
  const results = values.get(operator.outputs[0] as string) as TypedArray;
  return !!exact?.some((value, i) => Math.abs(value - Number(results[i])) > NEXT_TO_NOTHING);
}
