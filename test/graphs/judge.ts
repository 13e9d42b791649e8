import type { Tensor } from "../../host/blob/blob.ts";
import { MOST_ERRORS, MOST_SHARE } from "../../host/compare/compare.ts";
import { difference } from "../../host/compare/difference.ts";
import { bytesOf, type TypedArray, valuesOf } from "../../host/dtype.ts";
import {
  type CompiledBlob,
  type CompileOptions,
  compile,
  NolfetError,
  openBlob,
  Session,
} from "../../host/index.ts";
import { distance } from "../support/distance.ts";
import { compareWithLiteRt, runsOnLiteRt } from "./beside-litert.ts";
import { exactResults, shareAstray } from "./exact.ts";
import { feedsApart, modelOf, type Network, takenApart, tensorOf } from "./network.ts";

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
  const onCpu = await compile(modelOf(apart), cpuOnly(network));
  const expected = await runAfterCompiling(onCpu, feeds);
  compareOperators(network, exposed, values, expected);

  const whole = await compile(model, network.options);
  const outputs = await runAfterCompiling(whole, network.feeds);
  await compareOutputs(network, whole, outputs, values);

  const { isTold, kind, text } = await compareWithLiteRt(apart, feeds, expected);
  verdict.isOnLiteRt = isTold;
  if (kind !== undefined) throw new Fault(kind, `${text}`);
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

/** Each operator beside the CPU's kernel, fed alike, and what the compiler knows beside it, too. */
function compareOperators(
  network: Network,
  exposed: CompiledBlob,
  found: ReadonlyMap<string, TypedArray>,
  expected: ReadonlyMap<string, TypedArray>,
): void {
  const { operators, tensors } = openBlob(exposed);
  const values = (name: string) => valuesAt(network, found, name);
  for (const { index, name, placement, error, groups } of exposed.report.operators) {
    const outputs = operators[index]?.outputs.map((tensor) => (tensors[tensor] as Tensor).name);
    for (const output of outputs ?? []) {
      const [result, truth] = [found, expected].map((from) => from.get(output)) as [
        TypedArray,
        TypedArray,
      ];
      const spec = network.spec.operators.find((one) => one.outputs.includes(output));
      const isProduct = error !== undefined && groups === undefined;
      const limits = placement === "CPU" ? EXACT : isProduct ? PRODUCT : limitsFor(name, error);
      const exact = placement === "CPU" || !spec ? undefined : exactResults(network, spec, values);
      const fault = faultOf(result, truth, limits, error === undefined, exact);
      if (fault)
        throw new Fault(`${name} is off`, `${name} (${index}) on the ${placement}: ${fault}`);
    }
  }
  for (const [name, known] of network.known) {
    if (!expected.has(name)) continue;
    const fault = faultOf(known, expected.get(name) as TypedArray, EXACT, true);
    if (fault) throw new Fault("a shape is off", `${name}: ${fault}`);
  }
}

/** Elements of a constant, of an input, or of what was computed. */
function valuesAt(
  network: Network,
  computed: ReadonlyMap<string, TypedArray>,
  name: string,
): ArrayLike<number> {
  const { data, dtype } = tensorOf(network, name);
  if (data instanceof Int32Array) return data;
  const known = computed.get(name);
  if (known) return known as Int8Array;
  const bytes = (data ?? network.feeds.get(name)) as Uint8Array;
  return valuesOf(dtype as "uint8", bytes) as Uint8Array;
}

/** How far results are off, in words; undefined where they are within limits. */
function faultOf(
  found: TypedArray,
  truth: TypedArray,
  limits: Limits,
  isShare: boolean,
  exact?: Float64Array,
): string | undefined {
  const result = difference(found, truth);
  const isMany = truth.length >= LEAST_ELEMENTS;
  const astray = exact ? shareAstray(found, truth, exact) : undefined;
  // Where one rounding is right, it does not matter how often TFLite's two come out otherwise.
  const isFar = isMany && (astray === undefined ? result.mean > limits.mean : astray > MOST_ASTRAY);
  const isOften = astray === undefined && isMany && isShare && result.share > limits.share;
  if (result.largest <= limits.largest && !isFar && !isOften) return undefined;
  const told = astray === undefined ? "" : `, ${astray} of all astray`;
  return `${JSON.stringify(result)}${told}, at most ${JSON.stringify(limits)}`;
}

interface Limits {
  largest: number;
  mean: number;
  share: number;
}

const EXACT: Limits = { largest: 0, mean: 0, share: 0 };
/** Rounded once, where TFLite does it twice. */
const ROUNDED: Limits = { largest: 1, mean: MOST_SHARE, share: MOST_SHARE };
/** Of two tensors, with tables in between. */
const PRODUCT: Limits = { largest: 2, mean: 0.7, share: 0.7 };
/** Of results that are known exactly, those that may be neither the nearest nor TFLite's. */
const MOST_ASTRAY = 0.01;

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

/** `error` is what is expected of weights quantized per channel: a root mean square, in steps. */
function limitsFor(name: string, error: number | undefined): Limits {
  if (MOVES.has(name)) return EXACT;
  if (error === undefined) return ROUNDED;
  const mean = MOST_SHARE + MOST_ERRORS * error;
  // Of a normal distribution, nothing is farther out than so many deviations.
  return { largest: Math.ceil(1 + 16 * error), mean, share: 1 };
}

/** The name of a tensor that is an output twice, the second time as `name:1`. */
function plain(name: string): string {
  return name.replace(/:\d+$/, "");
}

/** Element-wise operators that have a job each, unless a tree of them is one table. */
const FUSED = new Set(
  "ABS ADD HARD_SWISH LEAKY_RELU LOGISTIC MAXIMUM MINIMUM MUL PRELU QUANTIZE RELU RELU6 SUB TANH".split(
    " ",
  ),
);

/** Whether tables stand for several operators: they round once where these round each. */
function isFused(blob: CompiledBlob): boolean {
  const jobs = openBlob(blob).segments.flatMap((segment) => segment.jobs);
  return blob.report.operators.some(({ index, name, placement }) => {
    return (
      placement === "NPU" && FUSED.has(name) && !jobs.some(({ operator }) => operator === index)
    );
  });
}

/** Steps that a tree of operators in one table may be off. */
const MOST_OF_TREES = 2;

/** How much farther off a network may be whose channels are grouped in another way, or with trees. */
const MOST_TIMES = 3;

/** The outputs that users have beside those of the blob that shows every tensor. */
async function compareOutputs(
  network: Network,
  whole: CompiledBlob,
  outputs: Map<string, TypedArray>,
  values: Map<string, TypedArray>,
): Promise<void> {
  const isGrouped = whole.report.operators.some(({ groups }) => groups !== undefined);
  const unequal = [...outputs].filter(([name, found]) => {
    const known = values.get(plain(name));
    const bytes = known ? bytesOf(known) : (network.feeds.get(plain(name)) as Uint8Array);
    return Buffer.compare(bytesOf(found), bytes) !== 0;
  });
  if (unequal.length === 0) return;
  if (!isGrouped && !isFused(whole)) {
    const [name, found] = unequal[0] as [string, TypedArray];
    const text = JSON.stringify(difference(found, values.get(plain(name)) as TypedArray));
    throw new Fault("outputs depend on what is exposed", `${name}: ${text}`);
  }
  const onCpu = await compile(modelOf(network), cpuOnly(network));
  const truth = await runAfterCompiling(onCpu, network.feeds);
  for (const [name, found] of unequal) {
    const expected = truth.get(name) as TypedArray;
    const [hidden, exposed] = [found, values.get(plain(name)) as TypedArray].map((one) =>
      distance(one, expected),
    );
    if (!hidden || !exposed || hidden.rel <= MOST_TIMES * exposed.rel + 0.1) continue;
    // Next to nothing is left of small values in any case.
    if (!isGrouped && difference(found, expected).largest <= MOST_OF_TREES) continue;
    throw new Fault("outputs are far off", `${name}: rel ${hidden.rel}, exposed ${exposed.rel}`);
  }
}
