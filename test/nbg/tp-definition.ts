import type { DecodedRows } from "../../host/devices/emulator.ts";
import { type ImageRange, type MemoryView, type RingRange, ringOf } from "./memory-view.ts";

const signed16 = (half: number) => (half << 16) >> 16;
const signed8 = (byte: number) => (byte << 24) >> 24;

/** A position of the output, in elements from its base, and what is stored there. */
type Emit = (position: number, value: number) => void;

/**
 * What a TP job does, by the kind of job that its words tell: a fully connected layer, maxima of
 * 2 × 2 pixels, a function by a table, space to depth, or a copy, whose order of positions is a counter.
 */
export class TpDefinition {
  readonly input: ImageRange;
  /** Elements, or multiplications of a fully connected layer. */
  readonly work: number;
  readonly #word: (index: number) => number;
  readonly #ring: RingRange;
  readonly #window: { left: number; top: number; width: number; height: number };

  constructor(
    readonly words: Uint32Array,
    readonly data: Uint8Array,
    readonly rows: () => DecodedRows,
  ) {
    const word = (index: number) => words[index] as number;
    this.#word = word;
    this.#ring = ringOf(word(27), word(28));
    this.input = {
      address: word(10),
      planes: word(1) >>> 16,
      plane: word(3),
      rows: word(1) & 0xffff,
      pitch: word(2) & 0xffff,
      width: word(0) & 0xffff,
      ring: ringOf(word(25), word(26)),
    };
    const [left, top] = [signed16(word(4)), word(4) >> 16];
    this.#window = {
      left,
      top,
      width: signed16(word(5)) - left + 1,
      height: (word(5) >> 16) - top + 1,
    };
    const { width, height } = this.#window;
    const outputs = this.#isFullyConnected ? word(22) & 0xffff : 1;
    this.work = width * height * this.input.planes * outputs;
  }

  get #isFullyConnected(): boolean {
    return (this.#word(6) & 3) === 3;
  }

  /** What of the output in memory is not as defined; "" if nothing. */
  difference(memory: MemoryView): string {
    const bytes = memory.read(this.input);
    const type = (this.#word(12) >>> 21) & 7;
    if (type === 1) return "floats, which no job of these files has";
    let difference = "";
    let count = 0;
    this.#emit(bytes, (position, value) => {
      count++;
      const found = memory.at(this.#word(13) + position, this.#ring);
      if (found === (value & 0xff) || difference !== "") return;
      difference = `element ${count - 1}, at ${position}: ${found}, not ${value & 0xff}`;
    });
    return difference;
  }

  #emit(bytes: Uint8Array, emit: Emit): void {
    if (this.#isFullyConnected) this.#connect(bytes, emit);
    else if (((this.#word(6) >>> 6) & 7) === 3) this.#pool(bytes, emit);
    else if (((this.#word(12) >>> 2) & 7) === 5) this.#spaceToDepth(bytes, emit);
    else if (((this.#word(12) >>> 2) & 7) === 3) this.#map(bytes, emit);
    else this.#count(bytes, emit);
  }

  /** The input's element as a number; outside the image its zero point. */
  #at(bytes: Uint8Array, z: number, y: number, x: number): number {
    const { rows, width } = this.input;
    if (y < 0 || y >= rows || x < 0 || x >= width) return this.#word(29) >>> 24;
    const byte = bytes[(z * rows + y) * width + x] as number;
    return ((this.#word(12) >>> 18) & 7) === 2 ? signed8(byte) : byte;
  }

  /** Of either type. */
  #clamp(value: number): number {
    const isSigned = ((this.#word(12) >>> 21) & 7) === 2;
    return isSigned ? Math.max(-128, Math.min(127, value)) : Math.max(0, Math.min(255, value));
  }

  /** `(1 + m / 2^15) / 2^shift`, the shift of 7 bits with a sign. */
  get #factor(): number {
    const shift = ((this.#word(24) >>> 10) & 31) | (((this.#word(24) >>> 26) & 3) << 5);
    const fraction = 1 + ((this.#word(30) >>> 8) & 0x7fff) / 2 ** 15;
    return fraction * 2 ** -(shift < 64 ? shift : shift - 128);
  }

  /** What becomes of a value, by a table or none. */
  #result(value: number): number {
    const difference = value - (this.#word(29) >>> 24);
    const fixed = difference * 2 ** -((this.#word(24) >>> 5) & 31);
    const hasTable = ((this.#word(6) >>> 27) & 1) === 1;
    const exact = (hasTable ? this.#tableAt(fixed) : fixed) * this.#factor;
    return this.#clamp(roundAway(exact) + (this.#word(30) & 0xff));
  }

  /** Of a table, by straight lines between its words. */
  #tableAt(value: number): number {
    const hasSign = ((this.#word(12) >>> 28) & 1) === 1;
    const table = new DataView(this.data.buffer, this.data.byteOffset, this.data.byteLength);
    const mantissaBits = hasSign ? 4 : 5;
    const magnitude = Math.abs(value);
    const half = value < 0 && hasSign ? 512 : 0;
    let position = 0;
    if (magnitude > 0) {
      const exponent = Math.floor(Math.log2(magnitude));
      const mantissa = magnitude / 2 ** exponent - 1;
      position = (exponent + 15 + mantissa) * 2 ** mantissaBits;
    }
    const index = half + Math.floor(position);
    const way = position - Math.floor(position);
    const from = floatOf(table.getUint32(4 * index, true));
    const to = floatOf(table.getUint32(4 * (index + 1), true));
    const result = from + (to - from) * way;
    return value < 0 && !hasSign ? -result : result;
  }

  /** Every element of the window stays where it is, row by row. */
  #map(bytes: Uint8Array, emit: Emit): void {
    const { width, height } = this.#window;
    for (let z = 0; z < this.input.planes; z++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const value = this.#result(this.#at(bytes, z, y, x));
          emit(z * this.#word(23) + y * this.#word(17) + x, value);
        }
      }
    }
  }

  #pool(bytes: Uint8Array, emit: Emit): void {
    const { width, height } = this.#window;
    for (let z = 0; z < this.input.planes; z++) {
      for (let y = 0; y < height; y += 2) {
        for (let x = 0; x < width; x += 2) {
          const four = [0, 1, 2, 3].map((i) => this.#at(bytes, z, y + (i >> 1), x + (i & 1)));
          const position = z * this.#word(23) + (y / 2) * this.#word(17) + x / 2;
          emit(position, this.#result(Math.max(...four)));
        }
      }
    }
  }

  /** Pixel (v, u) of the window goes to plane 2 (v mod 2) + u mod 2 of four, at half the position. */
  #spaceToDepth(bytes: Uint8Array, emit: Emit): void {
    const { left, top, width, height } = this.#window;
    const [plane, pitch] = [this.#word(14), this.#word(18)];
    for (let z = 0; z < this.input.planes; z++) {
      for (let v = 0; v < height; v++) {
        for (let u = 0; u < width; u++) {
          const value = this.#result(this.#at(bytes, z, top + v, left + u));
          emit((4 * z + 2 * (v % 2) + (u % 2)) * plane + (v >> 1) * pitch + (u >> 1), value);
        }
      }
    }
  }

  /** Elements tile by tile, the n-th to the position that the digits of n give. */
  #count(bytes: Uint8Array, emit: Emit): void {
    const { left, top, width, height } = this.#window;
    const [tileWidth, tileHeight] = [this.#word(8) & 0xffff, this.#word(8) >>> 16];
    const increments = [14, 15, 17, 18, 20, 21, 23].map((word) => this.#word(word) | 0);
    const counts = [16, 19, 22].flatMap((word) => [
      this.#word(word) & 0xffff,
      this.#word(word) >>> 16,
    ]);
    let n = 0;
    for (let z = 0; z < this.input.planes; z++) {
      for (let top2 = 0; top2 < height; top2 += tileHeight) {
        for (let left2 = 0; left2 < width; left2 += tileWidth) {
          for (let y = top2; y < Math.min(top2 + tileHeight, height); y++) {
            for (let x = left2; x < Math.min(left2 + tileWidth, width); x++) {
              let rest = n++;
              let position = 0;
              counts.forEach((count, k) => {
                position += (rest % count) * (increments[k] as number);
                rest = Math.floor(rest / count);
              });
              position += rest * (increments[6] as number);
              emit(position, this.#result(this.#at(bytes, z, top + y, left + x)));
            }
          }
        }
      }
    }
  }

  /** `round((bias + sum((in - zero) * w)) * factor) + zero`. */
  #connect(bytes: Uint8Array, emit: Emit): void {
    const { biases, rows } = this.rows();
    const zero = this.#word(29) >>> 24;
    biases.forEach((bias, output) => {
      const sum = rows.reduce((total, row, input) => {
        return total + (row[output] as number) * ((bytes[input] as number) - zero);
      }, bias);
      emit(output, this.#clamp(roundAway(sum * this.#factor) + (this.#word(30) & 0xff)));
    });
  }
}

function roundAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

/** A float of 21 bits: sign, 5 bits of exponent, 15 of mantissa. */
function floatOf(bits: number): number {
  const exponent = (bits >>> 15) & 31;
  const mantissa = (bits & 0x7fff) / 2 ** 15;
  const magnitude = exponent === 0 ? mantissa * 2 ** -14 : (1 + mantissa) * 2 ** (exponent - 15);
  return (bits >>> 20) & 1 ? -magnitude : magnitude;
}
