import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { InputGenerator } from "../support/inputs.ts";
import { Reference } from "../support/reference.ts";
import { SHARED } from "../support/shared.ts";
import { type Border, bordersOf } from "./borders.ts";

/** One model of ../shared/onnx/manifest.json. */
export interface Entry {
  file: string;
  kind: string;
  inputs: { name: string; dtype: string; shape: number[] }[];
  outputs: { name: string; bytes: number; shape?: number[]; dtype?: string }[];
  range: [number, number];
  references: string[];
  fused: number | null;
}

const ONNX = `${SHARED}/onnx`;

export function entries(): Entry[] {
  const path = `${ONNX}/manifest.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
}

export function modelOf({ file }: Entry): Uint8Array {
  return readFileSync(`${ONNX}/models/${file}`);
}

/** The oracle's outputs on the generated input, in the model's own order of axes. */
export function referenceOf(entry: Entry): Float32Array[] {
  return entry.outputs.map((_, i) => {
    const bytes = gunzipSync(readFileSync(`${ONNX}/reference/${entry.file}.out${i}.bin.gz`));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  });
}

/** The generated inputs as real numbers, in the model's own order of axes. */
export function generatedReals({ inputs, range: [lo, hi] }: Entry): Float32Array[] {
  const generator = new InputGenerator();
  const round = Math.fround;
  return inputs.map(({ shape }) => {
    const bytes = generator.bytes(shape.reduce((product, extent) => product * extent, 1));
    return Float32Array.from(bytes, (byte) =>
      round(lo + round(round(hi - lo) * round(byte / 255))),
    );
  });
}

/** Whether a tensor N × C × H × W is stored as N × H × W × C. */
function isMoved(from: readonly number[], to: readonly number[], isSure: boolean): boolean {
  const [n, c, h, w] = from;
  const fits = from.length === 4 && `${[n, h, w, c]}` === `${to}`;
  return fits && (isSure || `${from}` !== `${to}`);
}

/** An image in TFLite's order of axes; `isSure` where extents that are alike do not tell. */
export function toStorage(
  values: Float32Array,
  from: number[],
  to: number[],
  isSure = false,
): Float32Array {
  if (!isMoved(from, to, isSure)) return values;
  const [, channels = 0, rows = 0, columns = 0] = from;
  const result = new Float32Array(values.length);
  const pixels = rows * columns;
  for (let i = 0; i < values.length; i++) {
    const image = Math.floor(i / (channels * pixels));
    const channel = Math.floor(i / pixels) % channels;
    result[(image * pixels + (i % pixels)) * channels + channel] = values[i] as number;
  }
  return result;
}

export function bytesFor(values: Float32Array, { dtype, scale, zeroPoint }: Border): Uint8Array {
  if (dtype === "float32")
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const [low, high] = dtype === "int8" ? [-128, 127] : [0, 255];
  const stored = Array.from(values, (value) => {
    return Math.min(Math.max(Math.round(value / scale) + zeroPoint, low), high);
  });
  return new Uint8Array(dtype === "int8" ? Int8Array.from(stored).buffer : Uint8Array.from(stored));
}

export function realsOf(bytes: Uint8Array, { dtype, scale, zeroPoint }: Border): Float32Array {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  if (dtype === "float32") return new Float32Array(buffer);
  const stored = dtype === "int8" ? new Int8Array(buffer) : new Uint8Array(buffer);
  return Float32Array.from(stored, (value) => (value - zeroPoint) * scale);
}

/** Largest and root mean square difference, in parts of the reference's range. */
export function distanceOf(ours: Float32Array, truth: Float32Array): { most: number; rms: number } {
  let [least, greatest, most, sum] = [Infinity, -Infinity, 0, 0];
  truth.forEach((value, i) => {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
    const difference = Math.abs(value - (ours[i] ?? Number.NaN));
    most = Math.max(most, difference);
    sum += difference ** 2;
  });
  const range = greatest - least || 1;
  return { most: most / range, rms: Math.sqrt(sum / truth.length) / range };
}

/** How far an imported model is from the oracle, each output, run by LiteRT's reference kernels. */
export async function distances(
  entry: Entry,
  tflite: Uint8Array,
  run: (model: Uint8Array, inputs: Uint8Array[]) => Promise<Uint8Array[]>,
): Promise<{ most: number; rms: number }[]> {
  const { inputs, outputs } = bordersOf(tflite);
  const feeds = generatedReals(entry).map((values, i) => {
    const border = inputs[i] as Border;
    return bytesFor(toStorage(values, entry.inputs[i]?.shape ?? [], border.shape), border);
  });
  const results = await run(tflite, feeds);
  return referenceOf(entry).map((truth, i) => {
    const border = outputs[i] as Border;
    const shape = entry.outputs[i]?.shape ?? [];
    return distanceOf(
      realsOf(results[i] as Uint8Array, border),
      toStorage(truth, shape, border.shape),
    );
  });
}

export function litertRunner(): Reference {
  return new Reference("reference");
}
