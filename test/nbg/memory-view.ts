import type { NetworkRun } from "../../host/nbg/run.ts";
import type { Random } from "../support/random.ts";

/** A circular buffer: the first address and the one after; empty without one. */
export interface RingRange {
  first: number;
  end: number;
}

/** Rows of an image: what its bytes are, wherever they lie. */
export interface ImageRange {
  address: number;
  planes: number;
  plane: number;
  rows: number;
  pitch: number;
  width: number;
  ring: RingRange;
}

/** From the words of size and end, in units of 64 bytes. */
export function ringOf(size: number, end: number): RingRange {
  const units = size & 0x3ffffff;
  if (units === 0) return { first: 0, end: 0 };
  return { first: ((end & 0x3ffffff) - units) * 64, end: (end & 0x3ffffff) * 64 };
}

/** The bytes of a run's memory by address. */
export class MemoryView {
  readonly #ranges: [first: number, bytes: number][];

  constructor(readonly run: NetworkRun) {
    this.#ranges = run.program.ranges;
  }

  fillAll(random: Random): void {
    for (const [first, bytes] of this.#ranges) {
      const view = this.run.emulator.view(first, bytes);
      for (let i = 0; i + 4 <= bytes; i += 4) {
        const bits = random.bits();
        view[i] = bits;
        view[i + 1] = bits >>> 8;
        view[i + 2] = bits >>> 16;
        view[i + 3] = bits >>> 24;
      }
    }
  }

  /** Random bytes for an image; those outside the network's memory stay, for the emulator to find. */
  fill(image: ImageRange, random: Random): void {
    this.eachRow(image, (row) => {
      for (let x = 0; x < row.length; x++) row[x] = random.bits() >>> 11;
    });
  }

  /** The image's bytes, plane by plane and row by row. */
  read(image: ImageRange): Uint8Array {
    const bytes = new Uint8Array(image.planes * image.rows * image.width);
    let next = 0;
    this.eachRow(image, (row) => {
      bytes.set(row, next);
      next += row.length;
    });
    return bytes;
  }

  /** The byte at an address, which may lie after the end of a ring. */
  at(address: number, ring: RingRange): number {
    return this.run.emulator.view(wrapped(address, ring), 1)[0] as number;
  }

  eachRow(image: ImageRange, visit: (row: Uint8Array) => void): void {
    const { address, planes, plane, rows, pitch, width, ring } = image;
    for (let z = 0; z < planes; z++) {
      for (let y = 0; y < rows; y++) {
        const first = wrapped(address + z * plane + y * pitch, ring);
        const toEnd = ring.end > 0 ? Math.min(width, ring.end - first) : width;
        visit(this.#view(first, toEnd));
        if (toEnd < width) visit(this.#view(ring.first, width - toEnd));
      }
    }
  }

  #view(address: number, bytes: number): Uint8Array {
    const isMapped = this.#ranges.some(
      ([first, size]) => address >= first && address + bytes <= first + size,
    );
    return isMapped ? this.run.emulator.view(address, bytes) : new Uint8Array(bytes);
  }
}

export function wrapped(address: number, { first, end }: RingRange): number {
  let at = address;
  while (end > 0 && at >= end) at -= end - first;
  return at;
}
