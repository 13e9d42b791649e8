import { DTYPES, elementsOf, type TypedArray, valuesOf } from "../../host/dtype.ts";
import type { TensorInfo } from "../../host/index.ts";
import { InputGenerator } from "./inputs.ts";
import { readShared } from "./shared.ts";

/**
 * What the reference outputs were computed from: a shared picture of the input's size, or, for
 * the picture "", the generator's bytes.
 */
export function feedsOf(
  inputs: readonly TensorInfo[],
  picture: string,
): Record<string, TypedArray> {
  const generator = new InputGenerator();
  const entries = inputs.map(({ name, shape, dtype }) => {
    const bytes =
      picture === ""
        ? generator.bytes(elementsOf(shape) * DTYPES[dtype].bytes)
        : pixels(picture, shape, dtype === "int8");
    return [name, valuesOf(dtype, bytes)] as const;
  });
  return Object.fromEntries(entries);
}

/** A picture as it is; for signed types less 128. */
function pixels(picture: string, shape: number[], isSigned: boolean): Uint8Array {
  const bytes = readShared(`images/${picture}-${shape[2]}x${shape[1]}.rgb.gz`);
  return isSigned ? bytes.map((byte) => byte ^ 0x80) : bytes;
}
