import { CORES, type Core, NETWORK_CORES } from "../../assembly/targets/cores.ts";
import { wholePages } from "../blob/pages.ts";
import type { Emulator } from "../devices/emulator.ts";
import { NolfetError } from "../errors.ts";
import type {
  AddressPatch,
  Network,
  NetworkOperation,
  NetworkTensor,
  PatchSource,
} from "./network.ts";

/**
 * Places a vendor's network in an emulator's memory: its descriptors, coefficients and tables among
 * the constants, its tensors in memory and the SRAMs, and fills in all addresses as its own loader
 * would.
 */

/** A loaded network. */
export interface Program {
  network: Network;
  core: Core;
  /** What sets the NPU up, a submission of its own. */
  start: Uint32Array;
  /** In the order of the operations. */
  steps: LoadedOperation[];
  /** Addresses of the network's inputs and outputs. */
  inputs: number[];
  outputs: number[];
  /** Addresses of the SRAM on the bus; 0 to 0 without. */
  axi: { first: number; end: number };
  /** What jobs may write to: first addresses and bytes. */
  ranges: [first: number, bytes: number][];
}

export interface LoadedOperation {
  kind: NetworkOperation["kind"];
  layer: string;
  /** The state stream, its addresses filled in. */
  states: Uint32Array;
  /** The descriptor of an NN or TP job, likewise. */
  words?: Uint32Array;
  /** Address of the descriptor. */
  descriptor?: number;
  /** Of a shader's states: the indices of words that hold addresses, and these. */
  operands: { word: number; address: number }[];
}

const PAGE = 4096;
/** Where memory begins. An address of 0 would be none. */
const FIRST = 0x100000;
const DESCRIPTOR_PITCH = 256;
/** Behind data that is decoded with wide loads, and apart from what follows. */
const DATA_UNIT = 64;
const MOST_BYTES = 1 << 29;

const BYTES: Record<string, number> = { uint8: 1, int8: 1, float16: 2, int16: 2, uint16: 2 };

/** Bytes of a tensor; throws BAD_BLOB for types that no core of the NPU stores. */
export function tensorBytes({ name, dtype, dimensions }: NetworkTensor): number {
  const bytes = BYTES[dtype];
  if (bytes === undefined) throw unsupported("8 or 16 bits for each element", `${dtype}, ${name}`);
  return dimensions.reduce((product, size) => product * size, bytes);
}

/** The core that a network is for, those that nolfet does not compile for included. */
export function networkCore({ target }: Network): Core {
  const core = [...NETWORK_CORES, ...CORES].find(({ customer }) => customer === target);
  if (core) return core;
  throw unsupported("a known customer id", `0x${target.toString(16)}`);
}

export function unsupported(expected: string, found: string): NolfetError {
  return new NolfetError("BAD_BLOB", expected, found);
}

/** Places the network. Throws BAD_BLOB for what is not understood. */
export function loadNetwork(network: Network, emulator: Emulator): Program {
  if (!network.isUnderstood) {
    throw unsupported("a version up to 0x1000f", `0x${network.version.toString(16)}`);
  }
  const core = networkCore(network);
  const loader = new Loader(network, core, emulator);
  const steps = network.operations.map((operation, i) => loader.load(operation, i));
  loader.writeConstants(steps);
  const start = steps.find(({ kind }) => kind === "start")?.states ?? new Uint32Array();
  const { inputs, outputs, axi, ranges } = loader;
  return { network, core, start, steps, inputs, outputs, axi, ranges };
}

class Loader {
  readonly inputs: number[];
  readonly outputs: number[];
  readonly axi: { first: number; end: number };
  readonly ranges: [first: number, bytes: number][] = [];
  readonly #constants: number;
  readonly #data: number[] = [];
  readonly #constantBytes: number;
  readonly #regions: Partial<Record<PatchSource, number>>;
  #next = FIRST;

  constructor(
    readonly network: Network,
    core: Core,
    readonly emulator: Emulator,
  ) {
    const { memory, operations, data, inputs, outputs } = network;
    let bytes = operations.length * DESCRIPTOR_PITCH;
    this.#constants = this.#next;
    for (const entry of data) {
      this.#data.push(this.#constants + bytes);
      bytes += Math.ceil((entry.length + DATA_UNIT) / DATA_UNIT) * DATA_UNIT;
    }
    this.#constantBytes = bytes;
    this.#reserve(bytes);
    this.#regions = {
      "vip sram": this.#sram(0, Math.max(memory.vipSram.bytes, core.sramBytes)),
      "axi sram": this.#sram(1, memory.axiSram.bytes),
      pool: this.#map(memory.pool.bytes),
    };
    const first = this.#regions["axi sram"] as number;
    this.axi = { first, end: first + memory.axiSram.bytes };
    this.inputs = inputs.map((tensor) => this.#map(tensorBytes(tensor)));
    this.outputs = outputs.map((tensor) => this.#map(tensorBytes(tensor)));
  }

  /** Fills in the addresses of an operation. */
  load(operation: NetworkOperation, index: number): LoadedOperation {
    const { kind, layer, words, patches } = operation;
    const bytes = (this.network.data[operation.states] as Uint8Array).slice();
    const states = new Uint32Array(bytes.buffer, 0, bytes.length >> 2);
    const loaded: LoadedOperation = {
      kind,
      layer: layer === undefined ? "" : (this.network.layers[layer]?.name ?? ""),
      states,
      operands: [],
      ...(words ? { words: words.slice(), descriptor: this.#descriptor(index) } : {}),
    };
    for (const patch of patches) this.#fillIn(loaded, patch, index);
    return loaded;
  }

  /** Writes descriptors and data, once all addresses are known. */
  writeConstants(steps: LoadedOperation[]): void {
    const constants = new Uint8Array(this.#constantBytes);
    for (const [i, { words }] of steps.entries()) {
      if (words) constants.set(new Uint8Array(words.buffer), i * DESCRIPTOR_PITCH);
    }
    this.network.data.forEach((entry, i) => {
      constants.set(entry, (this.#data[i] as number) - this.#constants);
    });
    this.emulator.mapConstants(this.#constants, constants);
  }

  #descriptor(index: number): number {
    return this.#constants + index * DESCRIPTOR_PITCH;
  }

  #fillIn(loaded: LoadedOperation, patch: AddressPatch, operation: number): void {
    const target = patch.in === "states" ? loaded.states : loaded.words;
    const word = patch.offset / 4;
    if (target === undefined || word >= target.length) {
      throw unsupported("a patch of a whole word", `one at byte ${patch.offset}`);
    }
    // A shader's code is not executed.
    if (patch.source === "instruction" && loaded.kind === "shader") return;
    const value = target[word] as number;
    const base = this.#baseOf(patch, operation) + patch.base;
    // The low bits of a started job's address are flags.
    const isPlain = !patch.isShifted || patch.source === "instruction";
    target[word] = isPlain ? value + base : (value + base) >>> 6;
    if (patch.in === "states") loaded.operands.push({ word, address: target[word] as number });
  }

  #baseOf({ source, index = 0 }: AddressPatch, operation: number): number {
    const base = {
      instruction: this.#descriptor(operation),
      input: this.inputs[index],
      output: this.outputs[index],
      data: this.#data[index],
      "scratch input": 0,
      "scratch output": 0,
      ...this.#regions,
    }[source];
    if (base !== undefined) return base;
    throw unsupported("patches from parts of the network", `${source} ${index}`);
  }

  /** An address with room for so many bytes, a page at least. */
  #reserve(bytes: number): number {
    const address = this.#next;
    this.#next += wholePages(Math.max(bytes, 1)) + PAGE;
    if (this.#next > MOST_BYTES) {
      throw new NolfetError("TOO_LARGE", `a network of ${MOST_BYTES} bytes`, `more`);
    }
    return address;
  }

  #map(bytes: number): number {
    const address = this.#reserve(bytes);
    this.emulator.map(address, wholePages(Math.max(bytes, 1)));
    this.ranges.push([address, wholePages(Math.max(bytes, 1))]);
    return address;
  }

  /** None of 0 bytes. */
  #sram(kind: 0 | 1, bytes: number): number {
    if (bytes === 0) return 0;
    const address = this.#reserve(bytes);
    this.emulator.mapSram(kind, address, bytes);
    this.ranges.push([address, bytes]);
    return address;
  }
}
