import type { Emulator } from "../devices/emulator.ts";
import { type LoadedOperation, unsupported } from "./loader.ts";

/**
 * What shader jobs do, computed by the CPU. A job is known by its layer's name; its images and
 * constants stand in its states, as uniforms:
 *
 *   state    0x36000 and on, four words each
 *   ┌─────────┬──────────────┬─────────────────────┬────────┐
 *   │ address │ bytes of row │ height 16 │ width 16│ format │   an image, the first word patched
 *   ├─────────┴────┬─────────┴────────┬────────────┼────────┤
 *   │ bytes a plane│ planes           │ …          │ 0      │
 *   └──────────────┴──────────────────┴────────────┴────────┘
 *
 * Images come first, the output last of them; what follows by the kind of layer.
 */

const UNIFORMS = 0x36000;
const LOAD_STATE = 1;

interface Image {
  address: number;
  rowBytes: number;
  planeBytes: number;
  width: number;
  height: number;
  depth: number;
  /** Bits 7:4 of the format. */
  type: "uint8" | "int8" | "float16";
}

type Kernel = (job: ShaderJob) => void;

const KERNELS: Record<string, Kernel> = {
  TensorAdd: add,
  PoolingLayer2: pool,
  TensorScale: scaleUp,
  Softmax2Layer: softmax,
};

/** Computes a shader job over the emulator's memory. `zeroOf` gives a tensor's zero point. */
export function runShader(
  operation: LoadedOperation,
  emulator: Emulator,
  zeroOf: (address: number) => number,
): ShaderJob {
  const kernel = KERNELS[operation.layer];
  if (kernel === undefined) throw unsupported("a shader job that is known", operation.layer);
  const job = new ShaderJob(operation, emulator, zeroOf);
  kernel(job);
  return job;
}

export class ShaderJob {
  readonly images: Image[];
  /** Zero point of what was computed. */
  outputZero = 0;
  /** Uniforms by word, from state 0x36000 on. */
  readonly #uniforms = new Map<number, number>();
  readonly #firstOfImages: number[];

  constructor(
    readonly operation: LoadedOperation,
    readonly emulator: Emulator,
    readonly zeroOf: (address: number) => number,
  ) {
    const uniforms = this.#readUniforms(operation.states);
    this.#firstOfImages = operation.operands
      .map(({ word }) => uniforms.get(word))
      .filter((number) => number !== undefined)
      .sort((a, b) => a - b);
    this.images = this.#firstOfImages.map((number) => this.#imageAt(number));
    if (this.images.length < 2) throw unsupported("a shader job of two images or more", "fewer");
  }

  /** Words between an image and the next one. */
  wordsBehind(image: number): number {
    const [first = 0, next = 0] = this.#firstOfImages.slice(image);
    return next - first - 8;
  }

  get input(): Image {
    return this.images[0] as Image;
  }

  get output(): Image {
    return this.images.at(-1) as Image;
  }

  /** The `index`-th uniform after the words of an image. */
  behind(image: number, index: number): number {
    return this.#uniform((this.#firstOfImages[image] as number) + 8 + index);
  }

  behindAsFloat(image: number, index: number): number {
    const word = Uint32Array.of(this.behind(image, index));
    return new Float32Array(word.buffer)[0] as number;
  }

  /** The bytes of an image's plane row by row; views of memory. */
  row({ address, rowBytes, planeBytes, width, type }: Image, plane: number, y: number): DataView {
    const bytes = width * (type === "float16" ? 2 : 1);
    const view = this.emulator.view(address + plane * planeBytes + y * rowBytes, bytes);
    return new DataView(view.buffer, view.byteOffset, bytes);
  }

  /** Element values of an image, by plane, row and column. */
  read(image: Image): Int32Array {
    const values = new Int32Array(image.width * image.height * image.depth);
    let next = 0;
    for (let z = 0; z < image.depth; z++) {
      for (let y = 0; y < image.height; y++) {
        const row = this.row(image, z, y);
        this.emulator.requireWritten(
          image.address + z * image.planeBytes + y * image.rowBytes,
          row.byteLength,
        );
        for (let x = 0; x < image.width; x++) {
          values[next++] = image.type === "int8" ? row.getInt8(x) : row.getUint8(x);
        }
      }
    }
    return values;
  }

  /** Stores results that are already rounded, clamped to the type. */
  write(image: Image, values: ArrayLike<number>): void {
    const elements = image.width * image.height * image.depth;
    if (values.length !== elements) {
      throw unsupported(`a shader job that computes ${elements} elements`, `${values.length}`);
    }
    let next = 0;
    const [least, most] = image.type === "int8" ? [-128, 127] : [0, 255];
    for (let z = 0; z < image.depth; z++) {
      for (let y = 0; y < image.height; y++) {
        const row = this.row(image, z, y);
        for (let x = 0; x < image.width; x++) {
          const value = values[next++] as number;
          if (image.type === "float16") row.setUint16(2 * x, toHalf(value), true);
          else row.setUint8(x, Math.max(least, Math.min(most, value)) & 0xff);
        }
        this.emulator.markWritten(
          image.address + z * image.planeBytes + y * image.rowBytes,
          row.byteLength,
        );
      }
    }
  }

  /** Takes the uniforms out of the states; gives the uniform that each word of the stream sets. */
  #readUniforms(states: Uint32Array): Map<number, number> {
    const uniforms = new Map<number, number>();
    for (let at = 0; at < states.length; ) {
      const header = states[at] as number;
      if (header >>> 27 !== LOAD_STATE) {
        at++;
        continue;
      }
      const count = (header >>> 16) & 0x3ff;
      const address = (header & 0xffff) << 2;
      for (let i = 0; i < count && at + 1 + i < states.length; i++) {
        const uniform = (address - UNIFORMS) / 4 + i;
        if (uniform < 0 || uniform >= 1024) continue;
        this.#uniforms.set(uniform, states[at + 1 + i] as number);
        uniforms.set(at + 1 + i, uniform);
      }
      at = (at + 1 + count + 1) & ~1;
    }
    return uniforms;
  }

  #uniform(number: number): number {
    return this.#uniforms.get(number) ?? 0;
  }

  #imageAt(number: number): Image {
    const [address = 0, rowBytes = 0, size = 0, format = 0, planeBytes = 0, depth = 0] = Array.from(
      { length: 6 },
      (_, i) => this.#uniform(number + i),
    );
    const type = TYPES[(format >>> 4) & 15];
    const [width, height] = [size & 0xffff, size >>> 16];
    if (type === undefined)
      throw unsupported("a known format of an image", `0x${format.toString(16)}`);
    const elements = width * height * depth;
    if (elements > MOST_ELEMENTS || elements === 0) {
      throw unsupported("an image of a shader job with 1 to 2^26 elements", `${elements}`);
    }
    return { address, rowBytes, planeBytes, width, height, depth, type };
  }
}

const MOST_ELEMENTS = 1 << 26;

/** By bits 7:4 of a format. */
const TYPES: Record<number, Image["type"]> = { 3: "int8", 7: "float16", 12: "uint8", 15: "uint8" };

/** `(a - its zero) * factor + (b - its zero) * factor + zero`: factors are to the output's steps. */
function add(job: ShaderJob): void {
  const [a, b, output] = job.images as [Image, Image, Image];
  if (job.images.length !== 3 || output.type !== "uint8") {
    throw unsupported("an addition of two unsigned images", `${job.images.length} images`);
  }
  const [zero, ofA, ofB] = [0, 1, 2].map((i) => job.behindAsFloat(2, i)) as [
    number,
    number,
    number,
  ];
  const [zeroA, zeroB] = [job.zeroOf(a.address), job.zeroOf(b.address)];
  const [left, right] = [job.read(a), job.read(b)];
  if (left.length !== right.length) {
    throw unsupported("operands of one size", `${left.length} and ${right.length}`);
  }
  const sums = left.map((value, i) => {
    return roundAway((value - zeroA) * ofA + ((right[i] as number) - zeroB) * ofB + zero);
  });
  job.outputZero = zero;
  job.write(output, sums);
}

/** Words after the input image: input size, planes, output size, then step, side and padding. */
const MAXIMUM_WORDS = 8;

/** Maxima of square windows where these words say so, otherwise the mean of whole planes. */
function pool(job: ShaderJob): void {
  if (job.wordsBehind(0) < MAXIMUM_WORDS) mean(job);
  else maxima(job);
}

function maxima(job: ShaderJob): void {
  const { input, output } = job;
  const [step, side, before] = [5, 6, 7].map((i) => job.behind(0, i)) as [number, number, number];
  if (step < 1 || side < 1 || side > 64 || before >= side || output.depth !== input.depth) {
    throw unsupported("pooling over windows of up to 64 pixels a side", `${side}`);
  }
  const { width, height } = input;
  const values = job.read(input);
  const results = new Int32Array(output.width * output.height * output.depth);
  let next = 0;
  for (let z = 0; z < output.depth; z++) {
    for (let y = 0; y < output.height; y++) {
      for (let x = 0; x < output.width; x++) {
        let most = -128;
        for (
          let j = Math.max(y * step - before, 0);
          j < Math.min(y * step - before + side, height);
          j++
        ) {
          for (
            let i = Math.max(x * step - before, 0);
            i < Math.min(x * step - before + side, width);
            i++
          ) {
            most = Math.max(most, values[(z * height + j) * width + i] as number);
          }
        }
        results[next++] = most;
      }
    }
  }
  job.outputZero = job.zeroOf(input.address);
  job.write(output, results);
}

/** A row of the input is a plane of the image: its mean, by a factor from step to step. */
function mean(job: ShaderJob): void {
  const { input, output } = job;
  const zero = job.zeroOf(input.address);
  const factor = job.behindAsFloat(0, 3);
  const values = job.read(input);
  const means = Array.from({ length: input.height }, (_, row) => {
    const plane = values.subarray(row * input.width, (row + 1) * input.width);
    const sum = plane.reduce((total, value) => total + value - zero, 0);
    return roundAway((sum / input.width) * factor);
  });
  job.write(output, means);
}

/** The nearest pixel, to a larger size. */
function scaleUp(job: ShaderJob): void {
  const { input, output } = job;
  if (input.depth !== output.depth) {
    throw unsupported(`${input.depth} planes to scale up`, `${output.depth}`);
  }
  const values = job.read(input);
  const results = new Int32Array(output.width * output.height * output.depth);
  let next = 0;
  for (let z = 0; z < output.depth; z++) {
    for (let y = 0; y < output.height; y++) {
      const row = (z * input.height + Math.floor((y * input.height) / output.height)) * input.width;
      for (let x = 0; x < output.width; x++) {
        results[next++] = values[row + Math.floor((x * input.width) / output.width)] as number;
      }
    }
  }
  job.outputZero = job.zeroOf(input.address);
  job.write(output, results);
}

/** Over each row, to powers of 2: the third constant is the input's step times log2(e). */
function softmax(job: ShaderJob): void {
  const { input, output } = job;
  const factor = job.behindAsFloat(1, 2);
  const values = job.read(input);
  const results = new Float64Array(values.length);
  for (let first = 0; first < values.length; first += input.width) {
    const row = values.subarray(first, first + input.width);
    const most = row.reduce((a, b) => Math.max(a, b));
    const powers = Array.from(row, (value) => 2 ** ((value - most) * factor));
    const sum = powers.reduce((a, b) => a + b);
    powers.forEach((power, i) => {
      results[first + i] = power / sum;
    });
  }
  job.write(output, results);
}

function roundAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

const LEAST_NORMAL = 2 ** -14;

/** The nearest float of 16 bits, ties to even, to a number from 0 to 1; a board gave 0 for subnormals. */
function toHalf(value: number): number {
  if (value < LEAST_NORMAL) return 0;
  const exponent = Math.floor(Math.log2(value));
  const mantissa = value * 2 ** (10 - exponent);
  const whole = Math.floor(mantissa);
  const rest = mantissa - whole;
  const isUp = rest > 0.5 || (rest === 0.5 && whole % 2 === 1);
  return ((exponent + 14) << 10) + whole + (isUp ? 1 : 0);
}
