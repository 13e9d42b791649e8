import type { Emulator } from "../../host/devices/emulator.ts";
import { emulatorFor } from "../support/emulator.ts";

/** Where a rig maps its buffers, 1 MiB apart from each other. */
export const AT = {
  descriptors: 0x400000,
  coefficients: 0x600000,
  input: 0x800000,
  middle: 0xa00000,
  output: 0xc00000,
};

const BUFFER_BYTES = 0x100000;
const DESCRIPTOR_PITCH = 256;

export interface RigJob {
  kind: "NN" | "TP";
  words: Uint32Array;
  /** More TP jobs of the same operation follow. */
  continued?: boolean;
  /** A fully connected layer. */
  connected?: boolean;
  /** What state 0x3950 is loaded with, 0 if left out. */
  state3950?: number;
}

/** A state write of the command stream. */
export function write(address: number, value: number): number[] {
  return [0x08010000 | (address >> 2), value >>> 0];
}

/** The stream that a driver would write for jobs whose descriptors lie one after the other. */
export function streamFor(jobs: RigJob[]): Uint32Array {
  const words = jobs.flatMap(({ kind, continued, connected, state3950 = 0 }, i) => {
    const address = AT.descriptors + i * DESCRIPTOR_PITCH;
    const setup = [...write(0x393c, 0), ...write(0x3940, 0)];
    return kind === "NN"
      ? [...setup, ...write(0x3930, 0x10), ...write(0x10a0, address)]
      : [
          ...setup,
          ...write(0x394c, connected ? 2 : 0),
          ...write(0x3950, state3950),
          ...write(0x10b8, address + +!!continued),
        ];
  });
  return Uint32Array.of(...words, ...write(0x380c, 0xc23), ...write(0x380c, 0xc23), 0, 0);
}

/** An emulated core with a buffer for each purpose. */
export class Rig {
  private constructor(readonly emulator: Emulator) {
    for (const address of Object.values(AT)) emulator.map(address, BUFFER_BYTES);
  }

  static async create(core = "vipnano-qi.a311d"): Promise<Rig> {
    return new Rig(await emulatorFor(core));
  }

  put(address: number, bytes: Uint8Array): void {
    this.emulator.view(address, bytes.length).set(bytes);
  }

  get(address: number, bytes: number): Uint8Array {
    return this.emulator.view(address, bytes).slice();
  }

  /** Places the jobs' descriptors and executes them. */
  run(...jobs: RigJob[]): void {
    for (const [i, { words }] of jobs.entries()) {
      this.put(AT.descriptors + i * DESCRIPTOR_PITCH, bytesOf(words));
    }
    this.emulator.submit(streamFor(jobs));
  }
}

export function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
