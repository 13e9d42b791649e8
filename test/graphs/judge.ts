import { MOST_ERRORS, MOST_SHARE } from "../../host/compare/compare.ts";
import { difference } from "../../host/compare/difference.ts";
import { bytesOf, type TypedArray, valuesOf } from "../../host/dtype.ts";
import {
  type CompiledBlob,
  type CompileOptions,
  compile,
  NolfetError,
  type Report,
  Session,
} from "../../host/index.ts";
import type { OperatorSpec } from "../../host/tflite/builder.ts";
import { distance } from "../support/distance.ts";
import { ReferenceKernels } from "./litert.ts";
import { feedsApart, modelOf, type Network, namesOf, takenApart, tensorOf } from "./network.ts";

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

/** Shares of fewer elements say nothing. */
const LEAST_ELEMENTS = 200;

const kernels = new ReferenceKernels();

class Fault extends Error {
  constructor(
    readonly kind: string,
    message: string,
  ) {
    super(message);
  }
}

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
  const inputs = namesOf(network.spec.inputs).map((name) => network.feeds.get(name) as Uint8Array);
  const isRefused = REFUSALS.has(code) && !(await kernels.run(modelOf(network), inputs));
  return isRefused
    ? { outcome: `refused, ${code}` }
    : { outcome: `refused, ${code}`, fault: message };
}

async function examine(network: Network, verdict: Verdict): Promise<void> {
  const model = modelOf(network);
  const exposed = await compile(model, { ...network.options, exposeAll: true });
  const values = await runAfterCompiling(exposed, network.feeds);
  verdict.values = values;
  verdict.onNpu = exposed.report.operators.filter(({ placement }) => placement === "NPU").length;

  const apart = takenApart(network);
  const feeds = feedsApart(network, values);
  const onCpu = await compile(modelOf(apart), cpuOnly(network));
  const expected = await runAfterCompiling(onCpu, feeds);
  compareOperators(network, exposed.report, values, expected);

  const whole = await compile(model, network.options);
  const outputs = await runAfterCompiling(whole, network.feeds);
  await compareOutputs(network, whole.report, outputs, values);

  verdict.isOnLiteRt = await compareWithLiteRt(apart, feeds, expected);
}

function cpuOnly({ options: { target, allowUnproven = false } }: Network): CompileOptions {
  return { target, allowUnproven, cpuOnly: true };
}

/** What compiles must run: whatever it is refused with then is a fault. */
async function runAfterCompiling(
  blob: CompiledBlob,
  feeds: ReadonlyMap<string, Uint8Array>,
): Promise<Map<string, TypedArray>> {
  try {
    const session = await Session.create(blob, { device: "emulator", timeout: 60_000 });
    try {
      const given = session.inputs.map(({ name, dtype }) => {
        return [name, valuesOf(dtype, feeds.get(name) as Uint8Array)] as const;
      });
      const results = await session.run(Object.fromEntries(given));
      return new Map(Object.entries(results));
    } finally {
      await session.release();
    }
  } catch (error) {
    throw new Fault("compiles but does not run", (error as Error).message);
  }
}

/** Each operator beside the CPU's kernel, fed alike. */
function compareOperators(
  { spec }: Network,
  { operators }: Report,
  found: Map<string, TypedArray>,
  expected: Map<string, TypedArray>,
): void {
  for (const { index, name, placement, error } of operators) {
    for (const output of namesOf(spec.operators[index]?.outputs ?? [])) {
      const truth = expected.get(output) as TypedArray;
      const result = difference(found.get(output) as TypedArray, truth);
      const limits = placement === "CPU" ? EXACT : limitsFor(name, error);
      const isShare = truth.length >= LEAST_ELEMENTS && error === undefined;
      const isBeyond =
        result.largest > limits.largest ||
        (truth.length >= LEAST_ELEMENTS && result.mean > limits.mean) ||
        (isShare && result.share > limits.share);
      if (!isBeyond) continue;
      const text = `${name} (${index}) on the ${placement}: ${JSON.stringify(result)}, at most ${JSON.stringify(limits)}`;
      throw new Fault(`${name} is off`, text);
    }
  }
}

interface Limits {
  largest: number;
  mean: number;
  share: number;
}

const EXACT: Limits = { largest: 0, mean: 0, share: 0 };
/** Rounded once, where TFLite does it twice. */
const ROUNDED: Limits = { largest: 1, mean: MOST_SHARE, share: MOST_SHARE };

/** Operators that only move bytes, or choose among them. */
const MOVES = new Set([
  "EXPAND_DIMS",
  "MAX_POOL_2D",
  "PAD",
  "RESHAPE",
  "RESIZE_NEAREST_NEIGHBOR",
  "SPLIT",
  "SQUEEZE",
  "STRIDED_SLICE",
  "TRANSPOSE",
]);

/**
 * Functions of one element. A factor just below a half has TFLite's first rounding make a whole step
 * of it, and the second one round up every odd value.
 */
const FUNCTIONS = new Set(["ABS", "CONCATENATION", "QUANTIZE", "RELU", "RELU6"]);
const OF_FUNCTIONS: Limits = { largest: 1, mean: 0.55, share: 0.55 };

/** `error` is what is expected of weights quantized per channel: a root mean square, in steps. */
function limitsFor(name: string, error: number | undefined): Limits {
  if (MOVES.has(name)) return EXACT;
  if (FUNCTIONS.has(name)) return OF_FUNCTIONS;
  if (error === undefined) return ROUNDED;
  const mean = MOST_SHARE + MOST_ERRORS * error;
  // Of a normal distribution, nothing is farther out than so many deviations.
  return { largest: Math.ceil(1 + 16 * error), mean, share: 1 };
}

/** How much farther off a network may be whose channels are grouped in another way. */
const MOST_TIMES = 3;

/** The outputs that users have beside those of the blob that shows every tensor. */
async function compareOutputs(
  network: Network,
  { operators }: Report,
  outputs: Map<string, TypedArray>,
  values: Map<string, TypedArray>,
): Promise<void> {
  const isGrouped = operators.some(({ groups }) => groups !== undefined);
  const unequal = [...outputs].filter(([name, found]) => {
    return Buffer.compare(bytesOf(found), bytesOf(values.get(name) as TypedArray)) !== 0;
  });
  if (unequal.length === 0) return;
  if (!isGrouped) {
    const [name, found] = unequal[0] as [string, TypedArray];
    const text = JSON.stringify(difference(found, values.get(name) as TypedArray));
    throw new Fault("outputs depend on what is exposed", `${name}: ${text}`);
  }
  const cpuOnly = await compile(modelOf(network), {
    target: network.options.target,
    cpuOnly: true,
  });
  const truth = await runAfterCompiling(cpuOnly, network.feeds);
  for (const [name, found] of unequal) {
    const expected = truth.get(name) as TypedArray;
    const [whole, exposed] = [found, values.get(name) as TypedArray].map((one) =>
      distance(one, expected),
    );
    if (!whole || !exposed || whole.rel <= MOST_TIMES * exposed.rel + 0.1) continue;
    throw new Fault("outputs are far off", `${name}: rel ${whole.rel}, exposed ${exposed.rel}`);
  }
}

/** From here on, what positions of a resize are multiplied by is too coarse in LiteRT. */
const MOST_RESIZED = 256;

/**
 * LiteRT has no ABS of uint8 and no SOFTMAX of a scalar, and goes on without a word. It multiplies
 * positions of a nearest neighbour by 65,536ths of a pixel, rounded up, and those of a bilinear resize
 * by 1,024ths, which takes it beyond the end of long rows.
 */
function isWrongInLiteRt(network: Network, { operator, inputs, outputs }: OperatorSpec): boolean {
  const [input, output] = [inputs[0], outputs[0]].map((name) => tensorOf(network, name as string));
  if (operator === "ABS") return input?.dtype === "uint8";
  if (operator === "SOFTMAX") return input?.shape.length === 0;
  return operator.startsWith("RESIZE") && Math.max(...(output?.shape ?? [])) > MOST_RESIZED;
}

/** False where LiteRT does not take the network. */
async function compareWithLiteRt(
  apart: Network,
  feeds: ReadonlyMap<string, Uint8Array>,
  expected: Map<string, TypedArray>,
): Promise<boolean> {
  if (apart.spec.operators.some((operator) => isWrongInLiteRt(apart, operator))) return false;
  const inputs = namesOf(apart.spec.inputs).map((name) => feeds.get(name) as Uint8Array);
  const results = await kernels.run(modelOf(apart), inputs);
  if (!results) return false;
  namesOf(apart.spec.outputs).forEach((name, i) => {
    const ours = expected.get(name) as TypedArray;
    const theirs = results[i] as Uint8Array;
    if (Buffer.compare(bytesOf(ours), theirs) === 0) return;
    const operator = apart.spec.operators.find(({ outputs }) => outputs.includes(name));
    const { dtype = "uint8" } = apart.spec.tensors.find((one) => one.name === name) ?? {};
    const values = valuesOf(dtype as "uint8", theirs);
    const text = JSON.stringify(difference(ours, values));
    throw new Fault(`the CPU's ${operator?.operator} is not LiteRT's`, `${name}: ${text}`);
  });
  return true;
}
