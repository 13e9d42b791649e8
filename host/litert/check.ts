import type { Blob, Segment, Tensor } from "../blob/blob.ts";
import { lowerNameOf } from "../blob/names.ts";
import * as nolf from "../blob/nolf.generated.ts";
import { outlineOf } from "../compiler.ts";
import type { Dtype } from "../dtype.ts";
import { NolfetError } from "../errors.ts";

/** What a model computes, but for its constants and options, in words. */
interface Outline {
  /** TFLite's codes. */
  operators: number[];
  /** Types and shapes. */
  inputs: string[];
  outputs: string[];
}

/**
 * Reads a segment's model as any other `.tflite` and compares it with what the blob says of the
 * segment: its operators, and the types and shapes of what they read and compute. The buffers that
 * LiteRT is given are as large as the blob says. Rejects with BAD_BLOB.
 */
export async function checkSubmodel(blob: Blob, segment: Segment): Promise<void> {
  const location = { kind: "OPERATOR", at: segment.operators[0] as number } as const;
  const refuse = (expected: string, found: string) =>
    new NolfetError("BAD_BLOB", `a model of the segment ${expected}`, found, location);
  const words = await outlineOf(segment.model).catch((error: NolfetError) => {
    throw error.code === "INTERNAL" ? error : refuse("that can be read", error.message);
  });
  const found = parsed(words);
  const expected = expectedOf(blob, segment);
  for (const part of ["operators", "inputs", "outputs"] as const) {
    const [wanted, there] = [expected[part].join(", "), found[part].join(", ")];
    if (wanted !== there) throw refuse(`with the ${part} ${wanted}`, shortened(there));
  }
}

function expectedOf(blob: Blob, { operators, modelInputs, modelOutputs }: Segment): Outline {
  const tensorOf = (index: number) => {
    const { dtype, shape } = blob.tensors[index] as Tensor;
    return tensorWords(dtype, shape);
  };
  return {
    operators: operators.map((index) => blob.operators[index]?.code as number),
    inputs: modelInputs.map(tensorOf),
    outputs: modelOutputs.map(tensorOf),
  };
}

/** The words are laid out in assembly/compiler/write/outline.ts. */
function parsed(words: Int32Array): Outline {
  let at = 0;
  const next = () => words[at++] as number;
  const list = <T>(element: () => T) => Array.from({ length: next() }, element);
  const tensor = () => {
    const dtype = lowerNameOf<Dtype>(nolf.Dtype, next(), "type");
    return tensorWords(dtype, list(next));
  };
  return { operators: list(next), inputs: list(tensor), outputs: list(tensor) };
}

function tensorWords(dtype: Dtype, shape: number[]): string {
  return `${dtype} ${shape.length === 0 ? "scalar" : shape.join("×")}`;
}

const LONGEST = 200;

/** A file may have any number of operators and tensors. */
function shortened(text: string): string {
  if (text === "") return "none";
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
