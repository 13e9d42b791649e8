import { DTYPES, elementsOf, type TypedArray, valuesOf } from "./dtype.ts";
import type { TensorInfo } from "./feeds.ts";

/** The same pseudo-random bytes in every run, one generator over all inputs. */
export function noiseFor(inputs: readonly TensorInfo[]): Record<string, TypedArray> {
  let state = 12345;
  const entries = inputs.map(({ name, shape, dtype }) => {
    const bytes = new Uint8Array(elementsOf(shape) * DTYPES[dtype].bytes);
    for (let i = 0; i < bytes.length; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      bytes[i] = state >>> 16;
    }
    return [name, valuesOf(dtype, bytes)] as const;
  });
  return Object.fromEntries(entries);
}
