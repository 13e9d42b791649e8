import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { DTYPE_BYTES, Dtype } from "../../tflite/schema";
import { Constant, elementsOf, half } from "../graph/constant";
import { External } from "./external";
import { ByteSpan, Message, Wire } from "./protobuf";
import { dtypeOf, TensorField } from "./schema";

/** A tensor of the file with its name. */
export class NamedConstant {
  constructor(
    public name: string,
    public constant: Constant,
  ) {}
}

const MOST_RANK = 8;
const MOST_ELEMENTS: i64 = 1 << 28;

/** Reads a TensorProto; null where it contradicts itself or has a type that is not taken. */
export function readTensor(message: Message): NamedConstant | null {
  let name = "";
  let type: u64 = 0;
  let raw: ByteSpan | null = null;
  let isExternal = false;
  const external = new External();
  const extents: i64[] = [];
  const floats: f32[] = [];
  const doubles: f64[] = [];
  const integers: i64[] = [];
  while (message.next()) {
    if (message.number == TensorField.EXTENTS) message.addIntegers(extents);
    else if (message.is(TensorField.TYPE, Wire.VARINT)) type = message.value;
    else if (message.number == TensorField.FLOATS) message.addFloats(floats);
    else if (isListOfIntegers(message.number)) message.addIntegers(integers);
    else if (message.number == TensorField.DOUBLES) addDoubles(message, doubles);
    else if (message.is(TensorField.NAME, Wire.BYTES)) name = message.text;
    else if (message.is(TensorField.RAW, Wire.BYTES)) raw = message.bytes;
    else if (message.is(TensorField.EXTERNAL, Wire.BYTES)) external.add(message.message);
    else if (message.is(TensorField.LOCATION, Wire.VARINT)) isExternal = message.value == 1;
  }
  if (failed()) return null;
  const shape = shapeOf(extents, name);
  if (shape == null) return null;
  const dtype = dtypeOf(type);
  if (dtype >= Dtype.STRING) {
    unsupported(name, `element type ${type}`);
    return null;
  }
  if (isExternal) {
    const bytes = elementsOf(shape) * (DTYPE_BYTES[dtype] as i64);
    raw = external.bytes(name, bytes as u32);
    if (raw == null) return null;
  }
  if (raw) return fromRaw(name, dtype, shape, raw);
  const given = floats.length + doubles.length + integers.length;
  if ((given as i64) != elementsOf(shape)) {
    mismatch(name, `${elementsOf(shape)} elements`, `${given}`);
    return null;
  }
  const isHalf = dtype == Dtype.FLOAT16;
  const constant = Constant.make(isHalf ? Dtype.FLOAT32 : dtype, shape);
  for (let i = 0; i < floats.length; i++) constant.set(i, floats[i]);
  for (let i = 0; i < doubles.length; i++) constant.set(i, doubles[i]);
  for (let i = 0; i < integers.length; i++) setInteger(constant, i, integers[i], isHalf);
  return new NamedConstant(name, constant);
}

function isListOfIntegers(field: u32): bool {
  return (
    field == TensorField.INTEGERS ||
    field == TensorField.LONGS ||
    field == TensorField.UNSIGNED_LONGS
  );
}

/** Halves stand in the list of integers as their bits. */
function setInteger(constant: Constant, index: i32, value: i64, isHalf: bool): void {
  if (isHalf) constant.set(index, half(value as u16));
  else if (constant.dtype == Dtype.INT64) store<i64>(constant.pointer + 8 * index, value);
  else constant.set(index, value as f64);
}

function addDoubles(message: Message, to: f64[]): void {
  if (message.wire == Wire.FIXED64) to.push(reinterpret<f64>(message.value));
  else if (message.isRow()) {
    const bytes = message.bytes;
    for (let i: u32 = 0; i + 8 <= bytes.count; i += 8) to.push(load<f64>(bytes.pointer + i));
  }
}

function shapeOf(extents: i64[], name: string): i32[] | null {
  const shape: i32[] = [];
  for (let i = 0; i < extents.length; i++) {
    if (extents[i] < 0 || extents[i] > i32.MAX_VALUE) {
      mismatch(name, "extents from 0 on", `${extents[i]}`);
      return null;
    }
    shape.push(extents[i] as i32);
  }
  if (shape.length <= MOST_RANK && elementsOf(shape) <= MOST_ELEMENTS) return shape;
  const expected = `at most ${MOST_RANK} dimensions and ${MOST_ELEMENTS} elements`;
  fail(Code.TOO_LARGE, LocationKind.NONE, 0, expected, `tensor "${name}"`);
  return null;
}

function fromRaw(name: string, dtype: Dtype, shape: i32[], raw: ByteSpan): NamedConstant | null {
  const bytes = elementsOf(shape) * (DTYPE_BYTES[dtype] as i64);
  if (bytes == (raw.count as i64)) {
    const constant = new Constant(dtype, shape, raw.pointer);
    // Halves are only read: what is computed from them has 32 bits.
    return new NamedConstant(name, dtype == Dtype.FLOAT16 ? constant.as(Dtype.FLOAT32) : constant);
  }
  mismatch(name, `${bytes} bytes`, `${raw.count}`);
  return null;
}

function mismatch(name: string, expected: string, found: string): void {
  fail(Code.MALFORMED, LocationKind.NONE, 0, `${expected} in tensor "${name}"`, found);
}

function unsupported(name: string, found: string): void {
  const expected = "numbers of 8 to 64 bits";
  fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, expected, `${found} in tensor "${name}"`);
}
