import { readFileSync } from "node:fs";
import type { Core } from "../../assembly/targets/cores.ts";
import { NolfetError } from "../../host/errors.ts";
import type { LoadedOperation } from "../../host/nbg/loader.ts";
import type { NetworkOperation } from "../../host/nbg/network.ts";
import { NetworkRun } from "../../host/nbg/run.ts";
import { emulatorFor } from "../support/emulator.ts";
import type { Random } from "../support/random.ts";
import { ConvolutionJob } from "./convolution-job.ts";
import { MemoryView } from "./memory-view.ts";
import { decodeKernels, decodeRows, networkOf, type VendorFile } from "./streams.ts";
import { TpDefinition } from "./tp-definition.ts";

// Every job of a vendor's network by itself, over random bytes, against its definition.

const module = new WebAssembly.Module(
  readFileSync(new URL("../../dist/emulator.wasm", import.meta.url)),
);

export interface Replayed {
  operation: number;
  kind: "NN" | "TP";
  /** What of it: equal, or what differs; why it is refused; larger than wanted. */
  result: "equal" | "different" | "refused" | "too large";
  reason?: string;
}

/** Replays those jobs of a file that `isWanted`, unless they take more multiplications than that. */
export async function replay(
  file: VendorFile,
  random: Random,
  mostWork: number,
  isWanted: (operation: NetworkOperation, index: number) => boolean = () => true,
): Promise<Replayed[]> {
  const network = networkOf(file);
  const run = await NetworkRun.create(network, module);
  const decoder = await emulatorFor("vipnano-qi.a311d");
  const memory = new MemoryView(run);
  run.emulator.submit(run.program.start);
  memory.fillAll(random);
  const results: Replayed[] = [];
  network.operations.forEach((operation, index) => {
    const { kind } = operation;
    if ((kind !== "NN" && kind !== "TP") || !isWanted(operation, index)) return;
    const step = run.program.steps[index] as LoadedOperation;
    const words = step.words as Uint32Array;
    const own = {
      words: operation.words as Uint32Array,
      coefficients: dataOf(network.data, operation),
    };
    const result = (): Omit<Replayed, "operation" | "kind"> => {
      const job =
        kind === "NN"
          ? new ConvolutionJob(
              words,
              run.program.core as Core,
              () => decodeKernels(decoder, own, file).kernels,
            )
          : new TpDefinition(words, own.coefficients, () => decodeRows(decoder, own, file));
      if (job.work > mostWork) return { result: "too large" };
      memory.fill(job.input, random);
      try {
        const { steps } = run.program;
        run.submit([...kernelsBefore(steps, network.operations, index), ...toLast(steps, index)]);
      } catch (error) {
        if (!(error instanceof NolfetError)) throw error;
        return { result: "refused", reason: `${error.code}: ${error.expected}` };
      }
      const difference = job.difference(memory);
      return difference === "" ? { result: "equal" } : { result: "different", reason: difference };
    };
    results.push({ operation: index, kind, ...result() });
  });
  return results;
}

/** Bytes of an operation's coefficients or table. */
function dataOf(data: Uint8Array[], { kind, patches }: NetworkOperation): Uint8Array {
  const word = kind === "NN" ? 5 : 11;
  const patch = patches.find(
    ({ in: where, source, offset }) =>
      where === "descriptor" && source === "data" && offset === 4 * word,
  );
  return patch?.index === undefined ? new Uint8Array() : (data[patch.index] as Uint8Array);
}

/** A job and those of the same operation that follow on other TP cores. */
function toLast(steps: LoadedOperation[], index: number): LoadedOperation[] {
  let last = index;
  while (last + 1 < steps.length && steps[last]?.kind === "TP" && isContinued(steps[last])) last++;
  return steps.slice(index, last + 1);
}

/** The descriptor of a TP job says that others follow. */
function isContinued(step: LoadedOperation | undefined): boolean {
  return (((step?.words?.[12] ?? 0) >>> 30) & 1) === 1;
}

/** A job that takes kernels from the SRAM follows the one that leaves them there. */
function kernelsBefore(
  steps: LoadedOperation[],
  operations: NetworkOperation[],
  index: number,
): LoadedOperation[] {
  const words = steps[index]?.words as Uint32Array;
  const takes = operations[index]?.kind === "NN" && (((words[22] as number) >>> 16) & 1) === 1;
  if (!takes) return [];
  for (let i = index - 1; i >= 0; i--) {
    const before = steps[i]?.words;
    if (operations[i]?.kind !== "NN" || before === undefined) continue;
    const isSame = [5, 11, 12].every((word) => before[word] === words[word]);
    if (isSame && (((before[8] as number) >>> 2) & 3) === 1) return [steps[i] as LoadedOperation];
  }
  return [];
}
