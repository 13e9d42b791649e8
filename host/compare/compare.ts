import { checkBytes, checkInput, checkOptions, ownBytes } from "../arguments.ts";
import type { Blob, Mark, Operator, Placement } from "../blob/blob.ts";
import { openBlob } from "../blob/open.ts";
import { COMPILE_RULES, type CompileOptions, compile } from "../compile.ts";
import { extractOperator } from "../compiler.ts";
import { DTYPES, elementsOf, type TypedArray, valuesOf } from "../dtype.ts";
import { channelsOf } from "../report.ts";
import { Session, type SessionOptions } from "../session.ts";
import { type Difference, difference } from "./difference.ts";

// Layer by layer, what the NPU computes beside what the CPU's kernels do. Two ways: all of the
// network side by side, where differences add up; and each operator alone, a model of its own
// that is fed with the CPU's tensors, where a difference is the operator's own doing. Joins and
// views, which are on the NPU among others only, are held to the CPU's kernels there: these are fed
// with the NPU's tensors.

export interface OperatorComparison {
  index: number;
  name: string;
  placement: Placement;
  /** On the NPU: how well its words are known to work. */
  mark?: Mark;
  /** Of weights quantized per channel, as the report has them. */
  groups?: number;
  inputCopies?: number;
  error?: number;
  /** Its first output. */
  tensor: string;
  /** Both networks fed alike. */
  together: Difference;
  /** The operator alone, or, if it is on the NPU among others only, there; absent on the CPU. */
  alone?: Difference;
  /**
   * Of weights quantized per channel: the root mean square that is expected of the operator alone,
   * and the one that was measured, with what rounding moves.
   */
  expected?: number;
  measured?: number;
  isOff: boolean;
}

export interface Comparison {
  target: string;
  operators: OperatorComparison[];
  /** Index of the first operator that is off. */
  firstOff?: number;
}

/** Of a tensor's quantization: rounding makes one, or two where an addition weighs its operands. */
export const MOST_STEPS = 2;
/**
 * TFLite rounds uint8 sums twice, the NPU once. Where a layer's factor from sums to output lies
 * between 1/4 and 1/2, the first rounding is to half a step, and up to a quarter of all elements
 * comes out one step off, whatever bias and factor the NPU is given; smaller factors move ever
 * fewer.
 */
export const MOST_SHARE = 0.3;
/** Elements from which on a share says something. */
const LEAST_ELEMENTS = 200;

/**
 * Layers whose weights are quantized per channel may differ, in the mean, by so many times the
 * error expected of them alone, which is a root mean square, besides what rounding moves.
 */
export const MOST_ERRORS = 2;
/** No measured root mean square may be larger, whatever is expected. */
export const MOST_RMS = 1;

type OpenOptions = Pick<SessionOptions, "litert">;
type Feeds = Record<string, TypedArray>;

/** What differs between the NPU and the CPU for one model, and for the inputs that `feed` gives. */
export async function compareModel(
  file: Uint8Array,
  options: CompileOptions,
  feed: (inputs: Session["inputs"]) => Promise<Feeds>,
  opening: OpenOptions = {},
): Promise<Comparison> {
  checkBytes(file, "the model");
  checkInput(feed, typeof feed === "function", "a function that gives the values of inputs");
  const model = ownBytes(file);
  checkOptions(options, COMPILE_RULES);
  const cpu = await runAll(model, { ...options, cpuOnly: true }, feed, opening);
  const npu = await runAll(model, options, feed, opening);
  const operators: OperatorComparison[] = [];
  for (const operator of npu.blob.operators) {
    const alone =
      operator.placement === "NPU"
        ? ((await compareAlone(model, options, operator, cpu)) ??
          (await compareAmong(model, options, operator, npu)))
        : undefined;
    operators.push(comparisonOf(operator, cpu, npu, alone));
  }
  const firstOff = operators.find(({ isOff }) => isOff)?.index;
  return {
    target: npu.blob.core.name,
    operators,
    ...(firstOff === undefined ? {} : { firstOff }),
  };
}

/** What an operator does alone. */
interface Alone {
  difference: Difference;
  /** Of weights quantized per channel: what is expected of it alone. */
  error: number | undefined;
}

/** A network that has run, with the values of all its computed tensors and inputs. */
interface Outcome {
  blob: Blob;
  /** By tensor index. */
  values: Map<number, TypedArray>;
}

async function runAll(
  model: Uint8Array,
  options: CompileOptions,
  feed: (inputs: Session["inputs"]) => Promise<Feeds>,
  opening: OpenOptions,
): Promise<Outcome> {
  const bytes = await compile(model, { ...options, exposeAll: true });
  const blob = openBlob(bytes);
  const session = await Session.create(bytes, opening);
  try {
    const feeds = await feed(session.inputs);
    const outputs = await session.run(feeds);
    const values = new Map<number, TypedArray>();
    blob.inputs.forEach((tensor, i) => {
      values.set(tensor, feeds[session.inputs[i]?.name ?? ""] as TypedArray);
    });
    for (const { input, initial } of blob.states) {
      const { shape, dtype } = blob.tensors[input] as Blob["tensors"][number];
      const bytes = new Uint8Array(elementsOf(shape) * DTYPES[dtype].bytes);
      bytes.set(initial);
      values.set(input, valuesOf(dtype, bytes));
    }
    blob.outputs.forEach((tensor, i) => {
      values.set(tensor, outputs[session.outputs[i]?.name ?? ""] as TypedArray);
    });
    return { blob, values };
  } finally {
    await session.release();
  }
}

/**
 * Runs one operator on the NPU with the CPU's values, and with as much of a budget of jobs as it
 * took in the network. Undefined where the NPU does not take it.
 */
async function compareAlone(
  model: Uint8Array,
  { jobBudget, statistics: _, ...options }: CompileOptions,
  operator: Operator,
  { values }: Outcome,
): Promise<Alone | undefined> {
  const { index, inputs, outputs } = operator;
  const alone = await extractOperator(model, index);
  const budget = budgetOf(operator);
  const isUsual = budget === 0 || jobBudget === undefined;
  let compiled = await compile(alone, isUsual ? options : { ...options, jobBudget: budget });
  // Left to itself, a layer that stands out in the network takes the same jobs as there.
  if (isUsual && budget > 0 && !takesAsMany(compiled.report.operators[0], operator)) {
    compiled = await compile(alone, { ...options, jobBudget: budget });
  }
  const [report] = compiled.report.operators;
  if (report?.placement !== "NPU") return undefined;
  const session = await Session.create(compiled);
  try {
    const read = [...new Set(inputs)].filter((tensor) => values.has(tensor));
    const feeds = session.inputs.map(({ name }, i) => [name, values.get(read[i] as number)]);
    const found = await session.run(Object.fromEntries(feeds));
    const differences = session.outputs.map(({ name }, i) =>
      difference(found[name] as TypedArray, values.get(outputs[i] as number) as TypedArray),
    );
    return { difference: worstOf(differences), error: report.error };
  } finally {
    await session.release();
  }
}

/** What an operator makes of the NPU's own values, beside what the CPU's kernels make of them. */
async function compareAmong(
  model: Uint8Array,
  { target }: CompileOptions,
  { index, inputs, outputs }: Operator,
  { values }: Outcome,
): Promise<Alone> {
  const alone = await compile(await extractOperator(model, index), { target, cpuOnly: true });
  const session = await Session.create(alone);
  try {
    const read = [...new Set(inputs)].filter((tensor) => values.has(tensor));
    const feeds = session.inputs.map(({ name }, i) => [name, values.get(read[i] as number)]);
    const expected = await session.run(Object.fromEntries(feeds));
    const differences = session.outputs.map(({ name }, i) =>
      difference(values.get(outputs[i] as number) as TypedArray, expected[name] as TypedArray),
    );
    return { difference: worstOf(differences), error: undefined };
  } finally {
    await session.release();
  }
}

function takesAsMany(
  alone: { groups?: number; inputCopies?: number } | undefined,
  { channelGroups, inputCopies }: Operator,
): boolean {
  return alone?.groups === channelGroups && (alone.inputCopies ?? 0) === inputCopies;
}

/** What of the budget of jobs an operator took; 0 where it needed none. */
function budgetOf({ channelGroups, inputCopies }: Operator): number {
  return inputCopies > 0 ? 2 * channelGroups + Math.log2(inputCopies) : channelGroups;
}

function comparisonOf(
  operator: Operator,
  cpu: Outcome,
  npu: Outcome,
  alone: Alone | undefined,
): OperatorComparison {
  const { index, name, placement, mark, outputs } = operator;
  const valuesOf = ({ values }: Outcome, tensor: number) => values.get(tensor) as TypedArray;
  const tensor = outputs[0] as number;
  const elements = valuesOf(cpu, tensor).length;
  return {
    index,
    name,
    placement,
    ...(placement === "NPU" ? { mark } : {}),
    ...channelsOf(operator),
    tensor: npu.blob.tensors[tensor]?.name ?? "",
    together: worstOf(
      outputs.map((tensor) => difference(valuesOf(npu, tensor), valuesOf(cpu, tensor))),
    ),
    ...(alone ? { alone: alone.difference } : {}),
    ...(alone?.error === undefined
      ? {}
      : { expected: alone.error, measured: alone.difference.rms }),
    isOff: alone !== undefined && isBeyond(alone, elements),
  };
}

function isBeyond({ difference, error }: Alone, elements: number): boolean {
  const { largest, mean, rms, share } = difference;
  if (error !== undefined) return rms > MOST_RMS || mean > MOST_SHARE + MOST_ERRORS * error;
  return largest > MOST_STEPS || (share > MOST_SHARE && elements >= LEAST_ELEMENTS);
}

/** Of an operator with several outputs, the one that is furthest apart. */
function worstOf([first, ...others]: Difference[]): Difference {
  const none: Difference = { largest: 0, mean: 0, rms: 0, share: 0 };
  return others.reduce((worst, one) => (one.mean > worst.mean ? one : worst), first ?? none);
}
