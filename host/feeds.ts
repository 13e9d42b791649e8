import type { Blob, Operator, Tensor } from "./blob/blob.ts";
import { bytesOf, DTYPES, type Dtype, elementsOf, type TypedArray } from "./dtype.ts";
import { NolfetError } from "./errors.ts";
import type { Values } from "./step.ts";

/** An input or output of a session. */
export interface TensorInfo {
  name: string;
  /** Batch first (NHWC). */
  shape: number[];
  dtype: Dtype;
  /** real value = (stored value − zeroPoint) · scale */
  quantization?: { scale: number; zeroPoint: number };
  /** Of a float32 input: what the model's QUANTIZE makes of its values. */
  quantizedTo?: { dtype: "uint8" | "int8"; scale: number; zeroPoint: number };
  /**
   * The tensor itself where it needs no copy, in memory that a device shares. Between runs it
   * belongs to the caller, who writes an input here before each run and reads an output after it;
   * a run uses it up, and the release takes it away.
   */
  readonly view?: Uint8Array;
}

/** Names are made unique: a model may leave them empty, or give the same one twice. */
export function tensorInfos(
  { tensors, operators }: Blob,
  indices: number[],
  kind: string,
  shared?: Values,
): TensorInfo[] {
  const taken = new Set<string>();
  return indices.map((index, i) => {
    const { name, shape, dtype, quantization: quantizations } = tensors[index] as Tensor;
    if (!DTYPES[dtype].array) {
      const location = { kind: "TENSOR", at: index } as const;
      throw new NolfetError("UNSUPPORTED_MODEL", `an ${kind} of numbers`, dtype, location);
    }
    let unique = name === "" ? `${kind}${i}` : name;
    while (taken.has(unique)) unique += `:${i}`;
    taken.add(unique);
    const [scale] = quantizations.scales;
    const [zeroPoint] = quantizations.zeroPoints;
    const isQuantized = scale !== undefined && zeroPoint !== undefined;
    const quantization = isQuantized ? { quantization: { scale, zeroPoint } } : {};
    const target = dtype === "float32" ? quantizedTo(index, operators, tensors) : undefined;
    const quantized = target ? { quantizedTo: target } : {};
    const info: TensorInfo = {
      name: unique,
      shape: [...shape],
      dtype,
      ...quantization,
      ...quantized,
    };
    const view = shared?.get(index);
    // Not to be listed: an info is plain data but for this.
    return view ? Object.defineProperty(info, "view", { value: view }) : info;
  });
}

/** The type and quantization that a model's QUANTIZE gives a tensor; undefined without one. */
function quantizedTo(
  tensor: number,
  operators: Operator[],
  tensors: Tensor[],
): TensorInfo["quantizedTo"] {
  const quantize = operators.find(
    ({ name, inputs }) => name === "QUANTIZE" && inputs[0] === tensor,
  );
  const output = tensors[quantize?.outputs[0] ?? -1];
  const [scale] = output?.quantization.scales ?? [];
  const [zeroPoint] = output?.quantization.zeroPoints ?? [];
  if (!output || scale === undefined || zeroPoint === undefined) return undefined;
  const { dtype } = output;
  return dtype === "uint8" || dtype === "int8" ? { dtype, scale, zeroPoint } : undefined;
}

/**
 * The bytes of the values given for each input, in the inputs' order: a copy, or the `view` of that
 * input itself, which needs none. Throws BAD_INPUT with the name, type and length that were expected.
 */
export function checkedFeeds(
  feeds: Record<string, TypedArray>,
  infos: readonly TensorInfo[],
): Uint8Array[] {
  const bytes = infos.map((info) => {
    const values = checkedFeed(feeds, info, infos);
    return isView(values, info) ? values : values.slice();
  });
  const unknown = Object.keys(feeds).filter((name) => infos.every((info) => info.name !== name));
  if (unknown.length > 0) throw badFeed("only the model's inputs", quoted(unknown), infos);
  return bytes;
}

/** Whether values lie where a device reads those of this input. */
export function isView({ buffer, byteOffset }: Uint8Array, { view }: TensorInfo): boolean {
  return view !== undefined && buffer === view.buffer && byteOffset === view.byteOffset;
}

function checkedFeed(
  feeds: Record<string, TypedArray>,
  { name, shape, dtype }: TensorInfo,
  infos: readonly TensorInfo[],
): Uint8Array {
  if (typeof feeds !== "object" || feeds === null || !Object.hasOwn(feeds, name)) {
    const found = Object.keys(feeds ?? {});
    throw badFeed(`an input ${JSON.stringify(name)}`, quoted(found), infos);
  }
  const values = feeds[name];
  const { array } = DTYPES[dtype];
  const expected = `${elementsOf(shape)} values of ${array?.name} for ${JSON.stringify(name)}`;
  if (!array || !(values instanceof array)) {
    const found = (values as object | undefined)?.constructor?.name ?? typeof values;
    throw new NolfetError("BAD_INPUT", expected, found);
  }
  if (values.length !== elementsOf(shape)) {
    throw new NolfetError("BAD_INPUT", expected, `${values.length}`);
  }
  return bytesOf(values);
}

function badFeed(expected: string, found: string, infos: readonly TensorInfo[]): NolfetError {
  const names = quoted(infos.map(({ name }) => name));
  return new NolfetError("BAD_INPUT", `${expected} (the model has ${names})`, found);
}

function quoted(names: string[]): string {
  return names.length === 0 ? "none" : names.map((name) => JSON.stringify(name)).join(", ");
}
