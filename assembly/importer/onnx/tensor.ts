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

/** The fields of a TensorProto. Its elements are in one of the lists, in `raw` or in another file. */
class TensorFields {
  name: string = "";
  type: u64 = 0;
  extents: i64[] = [];
  floats: f32[] = [];
  doubles: f64[] = [];
  integers: i64[] = [];
  raw: ByteSpan | null = null;
  external: External = new External();
  isExternal: bool = false;

  constructor(message: Message) {
    while (message.next()) this.read(message);
  }

  /** Of the lists. */
  get count(): i32 {
    return this.floats.length + this.doubles.length + this.integers.length;
  }

  private read(message: Message): void {
    const number = message.number;
    if (number == TensorField.EXTENTS) message.addIntegers(this.extents);
    else if (message.is(TensorField.TYPE, Wire.VARINT)) this.type = message.value;
    else if (number == TensorField.FLOATS) message.addFloats(this.floats);
    else if (isListOfIntegers(number)) message.addIntegers(this.integers);
    else if (number == TensorField.DOUBLES) addDoubles(message, this.doubles);
    else if (message.is(TensorField.NAME, Wire.BYTES)) this.name = message.text;
    else if (message.is(TensorField.RAW, Wire.BYTES)) this.raw = message.bytes;
    else if (message.is(TensorField.EXTERNAL, Wire.BYTES)) this.external.add(message.message);
    else if (message.is(TensorField.LOCATION, Wire.VARINT)) this.isExternal = message.value == 1;
  }
}

/** Reads a TensorProto; null where it contradicts itself or has a type that is not taken. */
export function readTensor(message: Message): NamedConstant | null {
  const fields = new TensorFields(message);
  const name = fields.name;
  if (failed()) return null;
  const shape = shapeOf(fields.extents, name);
  if (shape == null) return null;
  const dtype = dtypeOf(fields.type);
  if (dtype >= Dtype.STRING) {
    unsupported(name, `element type ${fields.type}`);
    return null;
  }
  let raw = fields.raw;
  if (fields.isExternal) {
    const bytes = elementsOf(shape) * (DTYPE_BYTES[dtype] as i64);
    raw = fields.external.bytes(name, bytes as u32);
    if (raw == null) return null;
  }
  if (raw) return fromRaw(name, dtype, shape, raw);
  if ((fields.count as i64) == elementsOf(shape)) return fromLists(fields, dtype, shape);
  mismatch(name, `${elementsOf(shape)} elements`, `${fields.count}`);
  return null;
}

function fromLists(fields: TensorFields, dtype: Dtype, shape: i32[]): NamedConstant {
  const isHalf = dtype == Dtype.FLOAT16;
  const constant = Constant.make(isHalf ? Dtype.FLOAT32 : dtype, shape);
  for (let i = 0; i < fields.floats.length; i++) constant.set(i, fields.floats[i]);
  for (let i = 0; i < fields.doubles.length; i++) constant.set(i, fields.doubles[i]);
  for (let i = 0; i < fields.integers.length; i++) {
    setInteger(constant, i, fields.integers[i], isHalf);
  }
  return new NamedConstant(fields.name, constant);
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
