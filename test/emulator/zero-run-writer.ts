import { BitWriter } from "./bit-writer.ts";
import type { Kernel } from "./convolution.ts";
import type { NnSpec } from "./descriptors.ts";

// The v7 coefficient buffer, written for tests: plainly, and apart from the compiler's writer.

/** Writes the buffer of a job for a core with `nnCores`; runs take `runBits` bits. */
export function zeroRunBuffer(
  spec: NnSpec,
  kernels: Kernel[],
  nnCores: number,
  runBits: number,
): Uint8Array {
  const used = Math.min(kernels.length, nnCores);
  const streams = Array.from({ length: used }, (_, core) =>
    writeStream(spec, kernels, used, core, runBits),
  );
  const header = new Uint8Array(Math.ceil(nnCores / 16) * 64);
  const sizes = new DataView(header.buffer);
  for (const [core, stream] of streams.entries()) sizes.setUint32(core * 4, stream.length, true);
  return new Uint8Array(Buffer.concat([header, ...streams]));
}

/** One weight's tap: `round` and `k` as the stream nests them. */
function writeStream(
  spec: NnSpec,
  kernels: Kernel[],
  used: number,
  core: number,
  runBits: number,
): Uint8Array {
  const perCore = Math.ceil(kernels.length / used);
  const full = spec.kernelsPerCore;
  const stream = new ZeroRunStream(spec.weightZero, runBits);
  stream.bits.put(runBits, 8).put(perCore, 16);
  for (let first = 0; first < perCore; first += full) {
    const count = Math.min(full, perCore - first);
    const rounds = roundsOf(spec);
    for (const [r, taps] of rounds.entries()) {
      for (let k = 0; k < count; k++) {
        const output = core * count + k + first * used;
        // Kernels that are only there to fill the core have weights 0 and the bias 0.
        const weight = (i: number) => kernels[output]?.weights[i] ?? 0;
        for (const [i, tap] of taps.entries()) {
          stream.weight(weight(tap));
          if (r === 0 && i === 0) stream.word(biasWord(spec, kernels[output]));
        }
        if (r === rounds.length - 1) stream.word(output * planeBytes(spec));
      }
    }
  }
  stream.flush();
  return stream.bits.padded(64);
}

/** Bytes from one output channel to the next. */
function planeBytes({ output, outputPitch }: NnSpec): number {
  const { row, plane } = outputPitch ?? { row: output.width, plane: output.height };
  return row * plane;
}

/** Indices into a kernel's weights, round by round, in the order of the stream. */
function roundsOf({ input, output, kernel }: NnSpec): number[][] {
  const channels = Array.from({ length: input.channels }, (_, c) => c);
  const area = kernel.width * kernel.height;
  if (area === 1 && output.channels > 8) {
    return channels.filter((c) => c % 6 === 0).map((c) => channels.slice(c, c + 6));
  }
  const plane: number[] = [];
  for (let top = 0; top < kernel.height; top += 2) {
    for (const [left, right] of [
      [0, Math.min(3, kernel.width)],
      [3, kernel.width],
    ] as const) {
      for (let y = top; y < Math.min(top + 2, kernel.height); y++) {
        for (let x = left; x < right; x++) plane.push(y * kernel.width + x);
      }
    }
  }
  return channels.map((c) => plane.map((tap) => c * area + tap));
}

/** The stream's own sums take the input bytes as they are. */
function biasWord({ inputZero, weightZero, input, kernel }: NnSpec, of?: Kernel): number {
  const count = input.channels * kernel.width * kernel.height;
  const weights = of?.weights ?? new Uint8Array(count);
  return (of?.bias ?? 0) - weights.reduce((sum, w) => sum + (w - weightZero) * inputZero, 0);
}

class ZeroRunStream {
  readonly bits = new BitWriter();
  #run = 0;

  constructor(
    readonly zero: number,
    readonly runBits: number,
  ) {}

  weight(value: number): void {
    if (value === this.zero && this.#run < 2 ** this.runBits - 1) this.#run++;
    else this.#token(this.#run, value);
  }

  /** A 32-bit word between tokens. */
  word(value: number): void {
    this.flush();
    this.bits.put(value, 32);
  }

  flush(): void {
    if (this.#run > 0) this.#token(this.#run - 1, this.zero);
  }

  #token(run: number, literal: number): void {
    this.bits.put(run, this.runBits).put(literal, 8);
    this.#run = 0;
  }
}
