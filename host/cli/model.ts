import { dirname, join } from "node:path";
import { NolfetError } from "../errors.ts";
import { isTflite } from "../identifier.ts";
import { importModel, isOnnx, REAL_MODEL, RealNetwork } from "../importer.ts";
import { about } from "./files.ts";
import { readInput } from "./input.ts";

/** Reads a model; one in ONNX is made a `.tflite` of, with the files that it names beside it. */
export async function readModelFile(
  path: string,
  shapes: Record<string, number[]> = {},
): Promise<Uint8Array> {
  return asTflite(path, await readInput(path, "model"), shapes);
}

/** The bytes of a model as a `.tflite`. */
export async function asTflite(
  path: string,
  bytes: Uint8Array,
  shapes: Record<string, number[]> = {},
): Promise<Uint8Array> {
  if (isOnnx(bytes)) {
    const readBeside = (name: string) => readFileBeside(path, name);
    return about(path, () => importModel(bytes, { shapes, readBeside }));
  }
  const [named] = Object.keys(shapes);
  if (named === undefined) return bytes;
  throw new NolfetError("BAD_OPTION", "--shape for an ONNX model", `a model with fixed shapes`);
}

/** Opens a model of real numbers; undefined for one that has scales already. */
export async function openReal(
  path: string,
  bytes: Uint8Array,
  shapes: Record<string, number[]> = {},
): Promise<RealNetwork | undefined> {
  const readBeside = (name: string) => readFileBeside(path, name);
  if (!isOnnx(bytes) && !isTflite(bytes)) return undefined;
  return about(path, async () => {
    try {
      return await RealNetwork.open(bytes, { shapes, readBeside });
    } catch (error) {
      if (error instanceof NolfetError && error.expected === REAL_MODEL) return undefined;
      throw error;
    }
  });
}

/** A file of the model's own folder, and of no other. */
async function readFileBeside(model: string, name: string): Promise<Uint8Array> {
  if (/[/\\\0]/.test(name) || name === ".." || name === ".") {
    throw new NolfetError("UNSUPPORTED_MODEL", "tensors in the model's own folder", name);
  }
  return readInput(join(dirname(model), name), "tensors");
}

/** "name=1,3,224,224", added to those before it. Throws BAD_OPTION. */
export function parseShape(
  text: string,
  before: Record<string, number[]> | undefined,
): Record<string, number[]> {
  const at = text.lastIndexOf("=");
  const extents = text
    .slice(at + 1)
    .split(",")
    .map(Number);
  if (at < 1 || extents.some((extent) => !Number.isInteger(extent) || extent < 1)) {
    throw new NolfetError("BAD_OPTION", "--shape NAME=1,3,224,224", text);
  }
  return { ...before, [text.slice(0, at)]: extents };
}
