/** Reads a TensorProto of a test of operators: its shape and its values as numbers. */
export interface TensorFile {
  type: number;
  shape: number[];
  values: number[];
}

export function readTensorFile(bytes: Uint8Array): TensorFile {
  const tensor: TensorFile = { type: 0, shape: [], values: [] };
  let raw: Uint8Array | undefined;
  for (const { number, value, part } of fields(bytes)) {
    if (number === 1) tensor.shape.push(...(part ? varints(part) : [Number(value)]));
    else if (number === 2) tensor.type = Number(value);
    else if (number === 9) raw = part;
    else if (number === 4 && part) tensor.values.push(...asFloats(part));
    else if ((number === 5 || number === 7) && part) tensor.values.push(...varints(part));
  }
  if (raw) tensor.values = valuesOf(raw, tensor.type);
  return tensor;
}

const ARRAYS: Record<number, new (buffer: ArrayBuffer) => ArrayLike<number | bigint>> = {
  1: Float32Array,
  2: Uint8Array,
  3: Int8Array,
  6: Int32Array,
  7: BigInt64Array,
  9: Uint8Array,
  11: Float64Array,
};

function valuesOf(raw: Uint8Array, type: number): number[] {
  const Values = ARRAYS[type];
  if (!Values) throw new Error(`element type ${type}`);
  return Array.from(new Values(Uint8Array.from(raw).buffer) as ArrayLike<number>, Number);
}

function asFloats(part: Uint8Array): number[] {
  return [...new Float32Array(Uint8Array.from(part).buffer)];
}

interface Field {
  number: number;
  value: bigint;
  part?: Uint8Array;
}

/** A message's fields, one after the other. */
export function* fields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    if ((tag & 7) === 0) yield { number, value: varint() };
    else if ((tag & 7) === 2) {
      const length = Number(varint());
      yield { number, value: 0n, part: bytes.subarray(at, at + length) };
      at += length;
    } else {
      const length = (tag & 7) === 5 ? 4 : 8;
      yield { number, value: 0n, part: bytes.subarray(at, at + length) };
      at += length;
    }
  }
}

function varints(part: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of part) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte >= 128) continue;
    numbers.push(Number(BigInt.asIntN(64, value)));
    value = 0n;
    shift = 0n;
  }
  return numbers;
}
