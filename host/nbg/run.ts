import { CORES, NETWORK_CORES } from "../../assembly/targets/cores.ts";
import { Emulator } from "../devices/emulator.ts";
import { NolfetError } from "../errors.ts";
import {
  type LoadedOperation,
  loadNetwork,
  networkCore,
  type Program,
  tensorBytes,
} from "./loader.ts";
import type { Network } from "./network.ts";
import { runShader } from "./shaders.ts";

/**
 * Runs a network of the vendor's compiler on the emulator, from its bytes alone: NN and TP jobs by
 * the emulated units, shader jobs by the CPU.
 */

/** State writes: the header of one value, then it. */
const REMAP_START = 0x0393c;
const REMAP_END = 0x03940;
const FLUSH = 0x0380c;

/** Words of the descriptors, and what of them a zero point is. */
const OUTPUT_WORD = { NN: 7, TP: 13 };
const zeroPoint = {
  NN: (words: Uint32Array) => ((words[22] as number) >>> 8) & 0xff,
  TP: (words: Uint32Array) => (words[30] as number) & 0xff,
};

/**
 * Runs a network: raw bytes of every input, fastest dimension first, to those of every output. No
 * job may read a byte that none has written. Throws NolfetError: BAD_BLOB for operations that are
 * not understood, BAD_INPUT for inputs of another size, what the emulator throws for a job.
 */
export async function runNetwork(
  network: Network,
  module: WebAssembly.Module,
  inputs: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  checkInputs(network, inputs);
  const run = await NetworkRun.create(network, module);
  run.fill(inputs);
  run.execute();
  return run.read();
}

function checkInputs({ inputs: tensors }: Network, inputs: readonly Uint8Array[]): void {
  const expected = tensors.map(tensorBytes);
  const found = inputs.map(({ length }) => length);
  if (`${expected}` === `${found}`) return;
  throw new NolfetError("BAD_INPUT", `inputs of ${expected} bytes`, `${found}`);
}

/** A network in an emulator of its own. */
export class NetworkRun {
  /** Zero points of tensors, by their addresses. */
  readonly #zeros = new Map<number, number>();

  private constructor(
    readonly program: Program,
    readonly emulator: Emulator,
  ) {}

  static async create(network: Network, module: WebAssembly.Module): Promise<NetworkRun> {
    const index = [...CORES, ...NETWORK_CORES].indexOf(networkCore(network));
    const emulator = await Emulator.create(module, index);
    return new NetworkRun(loadNetwork(network, emulator), emulator);
  }

  fill(inputs: readonly Uint8Array[]): void {
    const { program, emulator } = this;
    emulator.watch();
    for (const [i, bytes] of inputs.entries()) {
      const address = program.inputs[i] as number;
      emulator.view(address, bytes.length).set(bytes);
      emulator.markWritten(address, bytes.length);
      const { quantization } = program.network.inputs[i] as Network["inputs"][number];
      this.#zeros.set(address, quantization.kind === "affine" ? quantization.zeroPoint : 0);
    }
  }

  /** Executes all operations: jobs between two shaders in one submission. */
  execute(): void {
    this.emulator.submit(this.program.start);
    let jobs: LoadedOperation[] = [];
    for (const operation of this.program.steps) {
      if (operation.kind === "NN" || operation.kind === "TP") jobs.push(operation);
      if (operation.kind !== "shader") continue;
      this.submit(jobs);
      jobs = [];
      this.#shade(operation);
    }
    this.submit(jobs);
  }

  /** Executes NN and TP jobs in one submission. */
  submit(jobs: readonly LoadedOperation[]): void {
    if (jobs.length === 0) return;
    const { axi } = this.program;
    const words = [
      ...write(REMAP_START, axi.first),
      ...write(REMAP_END, axi.end),
      ...jobs.flatMap(({ states }) => [...states]),
      ...write(FLUSH, 0xc23),
      ...write(FLUSH, 0xc23),
    ];
    this.emulator.submit(Uint32Array.from(words));
    for (const { kind, words } of jobs) {
      if (words === undefined || (kind !== "NN" && kind !== "TP")) continue;
      this.#zeros.set(words[OUTPUT_WORD[kind]] as number, zeroPoint[kind](words));
    }
  }

  #shade(operation: LoadedOperation): void {
    const job = runShader(operation, this.emulator, (address) => {
      const zero = this.#zeros.get(address);
      if (zero !== undefined) return zero;
      const expected = "a tensor whose zero point a job before has told";
      throw new NolfetError("BAD_BLOB", expected, `one at 0x${address.toString(16)}`);
    });
    this.#zeros.set(job.output.address, job.outputZero);
  }

  /** The outputs' bytes. */
  read(): Uint8Array[] {
    return this.program.network.outputs.map((tensor, i) => {
      const address = this.program.outputs[i] as number;
      const bytes = tensorBytes(tensor);
      this.emulator.requireWritten(address, bytes);
      return this.emulator.view(address, bytes).slice();
    });
  }
}

/** A state write of a command stream. */
function write(state: number, value: number): number[] {
  return [0x08010000 | (state >> 2), value];
}
