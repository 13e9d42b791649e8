import type { Core } from "../../assembly/targets/cores.ts";
import type { DecodedKernel } from "../../host/devices/emulator.ts";
import { type ImageRange, type MemoryView, ringOf } from "./memory-view.ts";

const field = (word: number, high: number, low: number) =>
  (word << (31 - high)) >>> (31 - high + low);

/**
 * What an NN job does, by the convolution's definition, from its words and decoded kernels:
 *
 *     out(o, y, x) = clamp(round((bias + sum(w * (in - shift))) * M / 2^s) + zero)
 */
export class ConvolutionJob {
  readonly input: ImageRange;
  readonly output: ImageRange;
  /** Multiplications, those by 0 left out. */
  readonly work: number;
  readonly #kernels: DecodedKernel[];
  readonly #kernel: { width: number; height: number };
  readonly #offset: { x: number; y: number };
  /** 0: none, 1: the largest, 3: the first of 2 × 2. */
  readonly #pooling: number;
  readonly #dense: { width: number; height: number };
  readonly #isSigned: boolean;
  readonly #border: number;
  readonly #inputBias: number;
  readonly #factor: number;
  readonly #isRectified: boolean;
  readonly #zero: number;

  constructor(words: Uint32Array, core: Core, kernels: () => DecodedKernel[]) {
    const bits = (word: number, high: number, low: number) =>
      field(words[word] as number, high, low);
    const word = (index: number) => words[index] as number;
    const isV8 = core.architecture === 8;
    const outputs = bits(4, 13, 0);
    this.#pooling = bits(0, 28, 27);
    this.#dense = { width: bits(3, 18, 6), height: bits(3, 31, 19) };
    const step = this.#pooling === 0 ? 1 : 2;
    this.input = {
      address: word(6),
      planes: bits(22, 17, 17) === 1 ? outputs : bits(0, 19, 6),
      plane: bits(16, 15, 0) * bits(16, 31, 16),
      rows: bits(1, 31, 19),
      pitch: bits(16, 15, 0),
      width: bits(1, 18, 6),
      ring: ringOf(word(20), word(21)),
    };
    this.output = {
      address: word(7),
      planes: outputs,
      plane: bits(17, 15, 0) * bits(8, 31, 16),
      rows: this.#dense.height / step,
      pitch: bits(17, 15, 0),
      width: this.#dense.width / step,
      ring: ringOf(word(18), word(19)),
    };
    this.#kernel = { width: bits(0, 5, 2), height: bits(8, 15, 12) };
    this.#offset = {
      x: bits(2, 2, 0) - 8 * bits(4, 16, 16),
      y: bits(2, 5, 3) - 8 * bits(4, 17, 17),
    };
    this.#isSigned = bits(1, 3, 2) === 2;
    this.#border = bits(15, 17, 2);
    this.#inputBias = isV8 ? 128 : 0;
    const low = bits(2, 26, 26) | (bits(15, 27, 22) << 1) | (bits(17, 31, 24) << 7);
    const multiplier = low | (bits(22, 25, 18) << 15);
    const shift = bits(2, 31, 27) | (bits(15, 29, 28) << 5);
    const fraction = 1 + multiplier / 2 ** (isV8 ? 23 : 15);
    // The V853 counts to the left, by a number of 7 bits with a sign, and one more.
    if (core.customer === 0xee)
      this.#factor = fraction * 2 ** ((shift < 64 ? shift : shift - 128) + 1);
    else this.#factor = fraction * 2 ** (isV8 ? -shift : 15 - shift);
    this.#isRectified = bits(2, 24, 24) === 1;
    this.#zero = bits(22, 15, 8);
    this.#kernels = kernels();
    const weights = this.#kernels.reduce((sum, { weights: all }) => {
      return sum + all.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0);
    }, 0);
    this.work = weights * this.#dense.width * this.#dense.height;
  }

  /** What of the output in memory is not as defined; "" if nothing. */
  difference(memory: MemoryView): string {
    const image = this.#padded(memory.read(this.input));
    const found = memory.read(this.output);
    const { rows, width, plane } = this.output;
    for (const kernel of this.#kernels) {
      if (kernel.output === null) continue;
      const expected = this.#plane(kernel, image);
      const first = (kernel.output / plane) * rows * width;
      for (let i = 0; i < expected.length; i++) {
        if (expected[i] === found[first + i]) continue;
        return `byte ${i} of channel ${kernel.output / plane}: ${found[first + i]}, not ${expected[i]}`;
      }
    }
    return "";
  }

  /** The input with its border, as numbers that weights are multiplied with. */
  #padded(bytes: Uint8Array): Padded {
    const { planes, rows, width } = this.input;
    const [across, down] = [
      Math.max(this.#dense.width + this.#kernel.width - 1, width - this.#offset.x),
      Math.max(this.#dense.height + this.#kernel.height - 1, rows - this.#offset.y),
    ];
    const values = new Int32Array(planes * down * across).fill(this.#border - this.#inputBias);
    for (let z = 0; z < planes; z++) {
      for (let y = 0; y < rows; y++) {
        const target = (z * down + y - this.#offset.y) * across - this.#offset.x;
        for (let x = 0; x < width; x++) {
          const byte = bytes[(z * rows + y) * width + x] as number;
          values[target + x] = (this.#isSigned ? (byte << 24) >> 24 : byte) - this.#inputBias;
        }
      }
    }
    return { values, across, down };
  }

  #plane({ bias, weights }: DecodedKernel, image: Padded): Uint8Array {
    const { width, height } = this.#dense;
    const { width: kernelWidth, height: kernelHeight } = this.#kernel;
    const area = kernelWidth * kernelHeight;
    const step = this.#pooling === 3 ? 2 : 1;
    const [columns, rows] = [width / step, height / step];
    const sums = new Int32Array(rows * columns).fill(bias);
    weights.forEach((weight, at) => {
      if (weight === 0) return;
      const [z, j, i] = [
        Math.floor(at / area),
        Math.floor((at % area) / kernelWidth),
        at % kernelWidth,
      ];
      for (let y = 0; y < rows; y++) {
        const source = (z * image.down + y * step + j) * image.across + i;
        for (let x = 0; x < columns; x++) {
          (sums[y * columns + x] as number) += weight * (image.values[source + x * step] as number);
        }
      }
    });
    const results = sums.map((sum) => this.#result(sum));
    const stored = this.#pooling === 1 ? this.#maxima(results) : results;
    return Uint8Array.from(stored, (value) => value & 0xff);
  }

  /** Products are exact: a sum has 31 bits at most, a factor 24, and the sums that occur far fewer. */
  #result(sum: number): number {
    const product = sum * this.#factor;
    const rounded = Math.sign(product) * Math.floor(Math.abs(product) + 0.5);
    const value = (this.#isRectified ? Math.max(rounded, 0) : rounded) + this.#zero;
    return this.#isSigned
      ? Math.max(-128, Math.min(127, value))
      : Math.max(0, Math.min(255, value));
  }

  #maxima(results: Int32Array): Int32Array {
    const { width, height } = this.#dense;
    return Int32Array.from({ length: (width / 2) * (height / 2) }, (_, i) => {
      const first = Math.floor(i / (width / 2)) * 2 * width + (i % (width / 2)) * 2;
      const four = [first, first + 1, first + width, first + width + 1];
      return Math.max(...four.map((at) => results[at] as number));
    });
  }
}

interface Padded {
  values: Int32Array;
  across: number;
  down: number;
}
