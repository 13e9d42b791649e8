import { wasmModule } from "./modules.ts";
import { copyIn, type FileExports, failureOf, instantiate, resultOf } from "./wasm.ts";

interface ImporterExports extends FileExports {
  addShape(name: number, nameBytes: number, extents: number, count: number): void;
  addExternalFile(name: number, nameBytes: number, content: number, bytes: number): void;
  nameExternalFiles(model: number, bytes: number): number;
  importModel(model: number, bytes: number): number;
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
  const identifier = String.fromCharCode(...head.subarray(4, 8));
  return tag === 0x08 && version > 0 && version < 64 && !["TFL3", "NOLF"].includes(identifier);
}

/**
 * Makes a `.tflite` of an ONNX model: the same operators over images N × H × W × C, with the scales
 * that the model has. Throws NolfetError for a model that has no such form. An instance never frees:
 * it imports one model, and goes.
 */
export async function importModel(
  model: Uint8Array,
  { shapes = {}, readBeside }: ImportOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const importer = await newImporter();
  const pointer = copyIn(importer, model);
  for (const name of readBeside ? await namesOfFiles(model) : []) {
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
  if (importer.importModel(pointer, model.length) !== 0) throw failureOf(importer);
  return resultOf(importer);
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
