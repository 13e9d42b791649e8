import { elementsOf } from "./dtype.ts";
import { NolfetError } from "./errors.ts";
import { isBlob, isTflite } from "./identifier.ts";
import { wasmModule } from "./modules.ts";
import { printable } from "./printable.ts";
import { copyIn, type FileExports, failureOf, instantiate, resultOf } from "./wasm.ts";

interface ImporterExports extends FileExports {
  addShape(name: number, nameBytes: number, extents: number, count: number): void;
  addExternalFile(name: number, nameBytes: number, content: number, bytes: number): void;
  nameExternalFiles(model: number, bytes: number): number;
  importModel(model: number, bytes: number): number;
  openModel(model: number, bytes: number): number;
  addSample(numbers: number): void;
  setInputRange(input: number, least: number, greatest: number): void;
  storeAsInt8(): void;
  keepInReals(name: number, nameBytes: number): number;
  compute(numbers: number): number;
  calibrateStep(): number;
  report(): number;
  writeQuantized(): number;
}

export interface ImportOptions {
  /** Shapes of inputs whose extents the file leaves open, by name, in the file's order of axes. */
  shapes?: Record<string, number[]> | undefined;
  /** Gives the content of a file that the model names beside it. */
  readBeside?: ((name: string) => Promise<Uint8Array>) | undefined;
}

/**
 * Whether bytes are an ONNX model: a protocol buffer whose first field is the format's version, a
 * small number.
 */
export function isOnnx(head: Uint8Array): boolean {
  const [tag, version = 0] = head;
  return tag === 0x08 && version > 0 && version < 64 && !isTflite(head) && !isBlob(head);
}

/**
 * Makes a `.tflite` of an ONNX model: the same operators over images N × H × W × C, with the scales
 * that the model has. Throws NolfetError for a model that has no such form. An instance never frees:
 * it imports one model, and goes.
 */
export async function importModel(
  model: Uint8Array,
  options: ImportOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { importer, pointer } = await given(model, options);
  if (importer.importModel(pointer, model.length) !== 0) throw failureOf(importer);
  return resultOf(importer);
}

/** What such an error expects of a model that has scales already. */
export const REAL_MODEL = "a model of real numbers";

/** An instance that has a model and all that belongs to it. */
async function given(
  model: Uint8Array,
  { shapes = {}, readBeside }: ImportOptions,
): Promise<{ importer: ImporterExports; pointer: number }> {
  const importer = await newImporter();
  const pointer = copyIn(importer, model);
  const files = readBeside && isOnnx(model);
  for (const name of files ? await namesOfFiles(model) : []) {
    const content = (await readBeside?.(name)) ?? new Uint8Array();
    importer.addExternalFile(
      ...copyText(importer, name),
      copyIn(importer, content),
      content.length,
    );
  }
  for (const [name, shape] of Object.entries(shapes)) {
    const extents = copyIn(importer, new Uint8Array(Int32Array.from(shape).buffer));
    importer.addShape(...copyText(importer, name), extents, shape.length);
  }
  return { importer, pointer };
}

/** An input or output of a network of real numbers; images are N × H × W × C. */
export interface RealTensor {
  name: string;
  shape: number[];
}

/** How far a value is from the real one: 10 · log₁₀ of its variance over the mean square error. */
export interface NoiseLevel {
  name: string;
  decibels: number;
}

export interface QuantizedModel {
  /** The bytes of a `.tflite`. */
  model: Uint8Array<ArrayBuffer>;
  outputs: NoiseLevel[];
  /** Every value that is stored in 8 bits, in the order of computation. */
  values: NoiseLevel[];
  /** The ways that were tried, in words, with the mean over the outputs of samples held back. */
  ways: NoiseLevel[];
}

/** A model of real numbers in the importer, which computes and quantizes it. */
export class RealNetwork {
  readonly inputs: RealTensor[];
  readonly outputs: RealTensor[];
  private buffer = 0;

  private constructor(private readonly importer: ImporterExports) {
    const lines = textLines(importer);
    const tensors = (kind: string) =>
      lines
        .filter(([first]) => first === kind)
        .map(([, extents = "", name = ""]) => ({
          name,
          shape: extents.split(",").filter(Boolean).map(Number),
        }));
    this.inputs = tensors("input");
    this.outputs = tensors("output");
  }

  /** Throws NolfetError for a model that is not of real numbers, or that is not taken. */
  static async open(model: Uint8Array, options: ImportOptions = {}): Promise<RealNetwork> {
    const { importer, pointer } = await given(model, options);
    if (importer.openModel(pointer, model.length) !== 0) throw failureOf(importer);
    return new RealNetwork(importer);
  }

  /** Computes the outputs of one sample in real numbers. */
  compute(inputs: Float32Array[]): Float32Array[] {
    const bytes = this.joined(inputs);
    this.buffer ||= copyIn(this.importer, bytes);
    new Uint8Array(this.importer.memory.buffer, this.buffer, bytes.length).set(bytes);
    if (this.importer.compute(this.buffer) !== 0) throw failureOf(this.importer);
    const result = new Float32Array(resultOf(this.importer).buffer);
    let at = 0;
    return this.outputs.map(({ shape }) => {
      const count = elementsOf(shape);
      at += count;
      return result.slice(at - count, at);
    });
  }

  /** Takes a sample to quantize by. */
  addSample(inputs: Float32Array[]): void {
    this.importer.addSample(copyIn(this.importer, this.joined(inputs)));
  }

  /** Says which numbers an input may have, where samples need not show all. */
  setInputRange(input: number, [least, greatest]: readonly [number, number]): void {
    this.importer.setInputRange(input, least, greatest);
  }

  /**
   * Keeps a tensor in float32: what makes it and what reads it is not quantized. Throws NolfetError
   * (BAD_OPTION) where the network computes no tensor of that name.
   */
  keepFloat(tensor: string): void {
    if (this.importer.keepInReals(...copyText(this.importer, tensor)) !== 0) return;
    throw new NolfetError("BAD_OPTION", "a tensor that the network computes", printable(tensor));
  }

  /** Quantizes to int8, with weights around 0, instead of uint8: for tools that read no uint8. */
  useInt8(): void {
    this.importer.storeAsInt8();
  }

  /** Quantizes by the samples taken; reports the finished part of the work after each step. */
  quantize(progress: (part: number) => void = () => {}): QuantizedModel {
    for (;;) {
      const part = this.importer.calibrateStep();
      if (this.importer.failureCode() !== 0) throw failureOf(this.importer);
      if (part > 1) break;
      progress(part);
    }
    this.importer.report();
    const lines = textLines(this.importer);
    const levels = (kind: string) =>
      lines
        .filter(([first]) => first === kind)
        .map(([, decibels, name = ""]) => ({ name, decibels: Number(decibels) }));
    const [outputs, values, ways] = [levels("output"), levels("value"), levels("way")];
    if (this.importer.writeQuantized() !== 0) throw failureOf(this.importer);
    return { model: resultOf(this.importer), outputs, values, ways };
  }

  private joined(inputs: Float32Array[]): Uint8Array {
    const all = this.inputs.map(({ name, shape }, i) => {
      const values = inputs[i] ?? new Float32Array();
      const count = elementsOf(shape);
      if (values.length === count) return values;
      throw new NolfetError("BAD_INPUT", `${count} values for ${name}`, `${values.length}`);
    });
    const joined = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const values of all) {
      joined.set(values, at);
      at += values.length;
    }
    return new Uint8Array(joined.buffer);
  }
}

/** The instance's result as lines of words between tabs. */
function textLines(importer: ImporterExports): string[][] {
  const text = new TextDecoder().decode(resultOf(importer));
  return text.split("\n").map((line) => line.split("\t"));
}

async function newImporter(): Promise<ImporterExports> {
  return instantiate<ImporterExports>(await wasmModule("importer"));
}

/** Names of files that a model has tensors in, by an instance whose memory goes with it. */
async function namesOfFiles(model: Uint8Array): Promise<string[]> {
  const importer = await newImporter();
  importer.nameExternalFiles(copyIn(importer, model), model.length);
  return new TextDecoder().decode(resultOf(importer)).split("\n").filter(Boolean);
}

/** Copies a text into the instance; gives its pointer and its bytes. */
function copyText(importer: ImporterExports, text: string): [pointer: number, bytes: number] {
  const bytes = new TextEncoder().encode(text);
  return [copyIn(importer, bytes), bytes.length];
}
