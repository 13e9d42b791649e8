import { BitWriter } from "./bit-writer.ts";
import type { Kernel } from "./convolution.ts";
import type { NnSpec } from "./descriptors.ts";

// The v8 coefficient buffer, written for tests: plainly, and apart from the compiler's writer.

const HEADER_BYTES = 64;

/** `lengths[i]` is the length of a magnitude in bits that symbol i stands for. */
export function huffmanBuffer(
  spec: NnSpec,
  kernels: Kernel[],
  nnCores: number,
  lengths: number[],
): Uint8Array {
  const used = Math.min(kernels.length, nnCores);
  const streams = Array.from({ length: used }, (_, core) =>
    encode(streamBytes(spec, kernels, nnCores, core), lengths),
  );
  const header = new Uint8Array(HEADER_BYTES);
  const words = new DataView(header.buffer);
  header[0] = 0x10;
  lengths.forEach((length, i) => {
    words.setUint32(20, words.getUint32(20, true) | (length << (4 * i)), true);
  });
  for (const [core, stream] of streams.entries())
    words.setUint32(28 + 4 * core, stream.length, true);
  const biases = Int32Array.from(kernels, (kernel) => storedBias(spec, kernel));
  const padded = streams.map((stream) => stream.padded(64));
  return new Uint8Array(Buffer.concat([header, ...padded, new Uint8Array(biases.buffer)]));
}

/** The array multiplies inputs from which 128 is taken off. */
function storedBias({ weightZero, inputZero }: NnSpec, { weights, bias }: Kernel): number {
  return weights.reduce((sum, w) => sum + (w - weightZero) * (128 - inputZero), bias);
}

function streamBytes(spec: NnSpec, kernels: Kernel[], nnCores: number, core: number): number[] {
  const outputs = outputsOf(spec, kernels.length, nnCores);
  const count = outputs.reduce((sum, superblock) => sum + (superblock[core]?.length ?? 0), 0);
  const bytes = [count & 0xff, count >> 8];
  const size = kernels[0]?.weights.length as number;
  const block = spec.depthwise ? Math.ceil(size / 9) * 9 : 9;
  for (const superblock of outputs) {
    for (let start = 0; start < size; start += block) {
      for (const output of superblock[core] as number[]) {
        const { weights } = kernels[output] as Kernel;
        for (let i = start; i < start + block; i++) {
          bytes.push(i < size ? ((weights[i] as number) - spec.weightZero) & 0xff : 0);
        }
      }
    }
  }
  return bytes;
}

/** By superblock and core: the output channels, in the order of their kernels. */
function outputsOf(spec: NnSpec, count: number, nnCores: number): number[][][] {
  const used = Math.min(count, nnCores);
  const result: number[][][] = [];
  for (let first = 0; first < count; first += spec.kernelsPerCore * used) {
    const inSuperblock = Math.min(spec.kernelsPerCore * used, count - first);
    const cores: number[][] = Array.from({ length: used }, () => []);
    for (let i = 0; i < inSuperblock; i++) {
      // Depthwise outputs are dealt out like cards, from the last core that gets one down.
      const inTurn = Math.min(used, inSuperblock - Math.floor(i / used) * used);
      const core = spec.depthwise ? inTurn - 1 - (i % used) : coreOf(i, inSuperblock, used);
      (cores[core] as number[]).push(first + i);
    }
    result.push(cores);
  }
  return result;
}

/** The core that holds the `i`-th of `count` outputs when each core takes a stretch. */
function coreOf(i: number, count: number, cores: number): number {
  let end = 0;
  for (let core = 0; ; core++) {
    end += Math.floor(count / cores) + (core < count % cores ? 1 : 0);
    if (i < end) return core;
  }
}

type Part = [value: number, bits: number];

function encode(bytes: number[], lengths: number[]): BitWriter {
  const odd = bytes.length % 2 === 1;
  const codes = [...bytes, ...(odd ? [0] : [])].map((byte) => codeOf(byte, lengths));
  const empty: Part[] = [
    [odd ? 4 : 0, 3],
    [0, 0],
    [0, 0],
  ];
  codes.push(empty, empty, empty, empty);
  const out = new BitWriter();
  const part = (pair: number, index: number) => {
    for (const code of codes.slice(Math.max(0, 2 * pair), Math.max(0, 2 * pair + 2))) {
      out.put(...(code[index] as Part));
    }
  };
  for (let pair = 0; pair < codes.length / 2; pair++) {
    part(pair, 0);
    part(pair - 1, 1);
    part(pair - 2, 2);
  }
  return out;
}

/** The three parts of a byte's code. */
function codeOf(byte: number, lengths: number[]): Part[] {
  const sign = byte >> 7;
  const magnitude = sign ? ~byte & 0xff : byte;
  const length = 32 - Math.clz32(magnitude);
  const rest = length === 0 ? 0 : magnitude - 2 ** (length - 1);
  const short: Part = [rest, Math.max(length, 1) - 1];
  const long: Part = [2 * rest + sign, Math.max(length, 1)];
  switch (lengths.indexOf(length)) {
    case 0:
      return [[4 * sign, 3], [0, 0], short];
    case 1:
      return [[1 + 4 * sign, 3], [0, 0], short];
    case 2:
      return [[7, 3], [0, 0], long];
    case 3:
      return [[3, 3], [0, 0], long];
    case 4:
      return [[6, 3], [0, 0], long];
    case 5:
      return [[2, 3], [1 + 2 * sign, 2], short];
    case 6:
      return [[2, 3], [2, 2], long];
    default:
      return [[2, 3], [0, 2], long];
  }
}
