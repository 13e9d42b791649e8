/** Writes small ONNX models for tests, by the field numbers of onnx.proto. */

export type Field = [number: number, value: number | string | Uint8Array];

export interface OnnxTensor {
  name?: string;
  /** TensorProto.DataType: 1 float, 2 uint8, 3 int8, 6 int32, 7 int64, 10 halves (their bits). */
  type: number;
  shape: number[];
  values: number[];
}

export interface OnnxNode {
  operator: string;
  inputs: string[];
  outputs: string[];
  domain?: string;
  /** Lists and numbers are whole, but for those whose name ends in "_f". */
  attributes?: Record<string, number | number[] | string | OnnxTensor>;
}

export interface OnnxModel {
  opset?: number;
  nodes: OnnxNode[];
  inputs: { name: string; type?: number; shape: (number | string)[] }[];
  outputs: string[];
  initializers?: OnnxTensor[];
}

export function writeOnnx(model: OnnxModel): Uint8Array {
  const graph = message([
    ...model.nodes.map((node): Field => [1, writeNode(node)]),
    [2, "graph"],
    ...(model.initializers ?? []).map((tensor): Field => [5, writeTensor(tensor)]),
    ...model.inputs.map(({ name, type = 1, shape }): Field => [11, info(name, type, shape)]),
    ...model.outputs.map((name): Field => [12, info(name, 1, [])]),
  ]);
  const opset = message([
    [1, ""],
    [2, model.opset ?? 13],
  ]);
  return message([
    [1, 8],
    [7, graph],
    [8, opset],
  ]);
}

function writeNode({ operator, inputs, outputs, domain, attributes = {} }: OnnxNode): Uint8Array {
  return message([
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [3, `${operator} to ${outputs[0]}`],
    [4, operator],
    ...Object.entries(attributes).map(([name, value]): Field => [5, attribute(name, value)]),
    ...(domain === undefined ? [] : [[7, domain] as Field]),
  ]);
}

function attribute(name: string, value: number | number[] | string | OnnxTensor): Uint8Array {
  if (name.endsWith("_f"))
    return message([
      [1, name.slice(0, -2)],
      [2, float(Number(value))],
    ]);
  if (typeof value === "number")
    return message([
      [1, name],
      [3, value],
    ]);
  if (typeof value === "string")
    return message([
      [1, name],
      [4, value],
    ]);
  if (Array.isArray(value)) return message([[1, name], ...value.map((item): Field => [8, item])]);
  return message([
    [1, name],
    [5, writeTensor(value)],
  ]);
}

export function writeTensor({ name = "", type, shape, values }: OnnxTensor): Uint8Array {
  return message([
    ...shape.map((extent): Field => [1, extent]),
    [2, type],
    [8, name],
    [9, raw(type, values)],
  ]);
}

function raw(type: number, values: number[]): Uint8Array {
  if (type === 7) return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  if (type === 6) return new Uint8Array(Int32Array.from(values).buffer);
  if (type === 3) return new Uint8Array(Int8Array.from(values).buffer);
  if (type === 2) return Uint8Array.from(values);
  if (type === 10) return new Uint8Array(Uint16Array.from(values).buffer);
  return new Uint8Array(Float32Array.from(values).buffer);
}

function info(name: string, type: number, shape: (number | string)[]): Uint8Array {
  const extents = shape.map((extent): Field => {
    return [1, message([typeof extent === "number" ? [1, extent] : [2, extent]])];
  });
  return message([
    [1, name],
    [
      2,
      message([
        [
          1,
          message([
            [1, type],
            [2, message(extents)],
          ]),
        ],
      ]),
    ],
  ]);
}

/** A number of four bytes, told apart from a row of bytes by its class. */
class Float extends Uint8Array {}

function float(value: number): Uint8Array {
  return new Float(Float32Array.of(value).buffer);
}

export function message(fields: Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value]): (number | Uint8Array)[] => {
    if (typeof value === "number") return [...varint(number * 8), ...varint(value)];
    if (value instanceof Float) return [...varint(number * 8 + 5), value];
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return [...varint(number * 8 + 2), ...varint(bytes.length), bytes];
  });
  return Buffer.concat(
    parts.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part)),
  );
}

function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}
