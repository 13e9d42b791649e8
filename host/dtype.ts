/**
 * The element types of tensors, by the names that the library uses. `array` is what holds a
 * tensor's values on the JavaScript side; types without one cannot cross it.
 */
export const DTYPES = {
  uint8: { bytes: 1, array: Uint8Array },
  int8: { bytes: 1, array: Int8Array },
  int16: { bytes: 2, array: Int16Array },
  int32: { bytes: 4, array: Int32Array },
  int64: { bytes: 8, array: BigInt64Array },
  float16: { bytes: 2, array: Uint16Array },
  float32: { bytes: 4, array: Float32Array },
  float64: { bytes: 8, array: Float64Array },
  bool: { bytes: 1, array: Uint8Array },
  string: { bytes: 0, array: undefined },
  other: { bytes: 0, array: undefined },
} as const;

export type Dtype = keyof typeof DTYPES;

export type TypedArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint16Array
  | Float32Array
  | Float64Array;

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** The values whose bytes are given, in memory of their own. */
export function valuesOf(dtype: Dtype, bytes: Uint8Array): TypedArray {
  const { array } = DTYPES[dtype];
  if (!array) throw new TypeError(`tensors of ${dtype} have no values`);
  return new array(bytes.slice().buffer);
}

export function bytesOf(values: TypedArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
