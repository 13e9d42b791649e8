import { type TypedArray, valuesOf } from "../../host/dtype.ts";
import {
  type CompiledBlob,
  type CompileOptions,
  compile,
  openBlob,
  Session,
} from "../../host/index.ts";
import type { OperatorReport } from "../../host/report.ts";
import type { Values } from "./exact/operands.ts";
import { modelOf, type Network, tensorOf } from "./network.ts";

// Runs of networks, and the faults that they may have.

export class Fault extends Error {
  constructor(
    /** The kind, in a few words: networks with the same one have the same fault. */
    readonly kind: string,
    message: string,
  ) {
    super(message);
  }
}

/** What compiles must run: whatever it is refused with then is a fault. */
export async function runAfterCompiling(
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

/** Results of the CPU's kernels alone, by the names of outputs. */
export async function runOnCpu(
  network: Network,
  feeds: ReadonlyMap<string, Uint8Array>,
): Promise<Map<string, TypedArray>> {
  const { target, allowUnproven = false } = network.options;
  const options: CompileOptions = { target, allowUnproven, cpuOnly: true };
  return runAfterCompiling(await compile(modelOf(network), options), feeds);
}

/** Elements of constants, of inputs, and of what was computed. */
export function valuesIn(network: Network, computed: ReadonlyMap<string, TypedArray>): Values {
  return (name) => {
    const { data, dtype } = tensorOf(network, name);
    if (data instanceof Int32Array) return data;
    const known = computed.get(name);
    if (known) return known as Int8Array;
    const bytes = (data ?? network.feeds.get(name)) as Uint8Array;
    return valuesOf(dtype as "uint8", bytes) as Uint8Array;
  };
}

/** What the compiler did with the operators, by the names of their outputs. */
export type Reports = ReadonlyMap<string, OperatorReport & { hasJobs: boolean }>;

export function reportsOf(blob: CompiledBlob): Reports {
  const { operators, tensors, segments } = openBlob(blob);
  const busy = new Set(segments.flatMap(({ jobs }) => jobs.map(({ operator }) => operator)));
  const reports = blob.report.operators.flatMap((report) => {
    const outputs = operators[report.index]?.outputs ?? [];
    const told = { ...report, hasJobs: busy.has(report.index) };
    return outputs.map((output) => [tensors[output]?.name ?? "", told] as const);
  });
  return new Map(reports);
}
