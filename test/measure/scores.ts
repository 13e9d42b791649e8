import type { Blob } from "../../host/blob/blob.ts";
import { Session, type TensorInfo, type TypedArray } from "../../host/index.ts";

/** Pixels as a network takes them: int8 ones less 128. */
export function valuesFor(dtype: TensorInfo["dtype"], pixels: Uint8Array): TypedArray {
  return dtype === "int8" ? Int8Array.from(pixels, (pixel) => pixel - 128) : pixels;
}

/** The tensor before SOFTMAX, whose steps tell more than probabilities near 0 and 1. */
export function scoresTensor({ operators, tensors }: Blob): string {
  const softmax = operators.find(({ name }) => name === "SOFTMAX");
  return tensors[softmax?.inputs[0] ?? -1]?.name ?? "";
}

/** The scores of every picture, on the emulator. */
export async function scoresFor(
  blob: Uint8Array,
  pictures: Uint8Array[],
  onPicture = () => {},
): Promise<TypedArray[]> {
  const session = await Session.create(blob, { device: "emulator" });
  const [input, output] = [session.inputs[0], session.outputs[0]] as [TensorInfo, TensorInfo];
  const scores: TypedArray[] = [];
  for (const pixels of pictures) {
    const outputs = await session.run({ [input.name]: valuesFor(input.dtype, pixels) });
    scores.push(outputs[output.name] as TypedArray);
    onPicture();
  }
  await session.release();
  return scores;
}

/** The share of pictures whose first class is the same. */
export function agreement(found: TypedArray[], expected: TypedArray[]): number {
  const same = found.filter((scores, i) => first(scores) === first(expected[i] as TypedArray));
  return same.length / found.length;
}

function first(scores: TypedArray): number {
  const numbers = Array.from(scores as Int8Array);
  return numbers.indexOf(Math.max(...numbers));
}
