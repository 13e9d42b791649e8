import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { DTYPE_BYTES, Dtype } from "../../tflite/schema";

/** Bytes that all constants of an import may take beside the model: memory never comes back. */
const MOST_BYTES: i64 = 512 << 20;
let bytesMade: i64 = 0;

/** Known values: elements of one type in the order of their shape, little-endian, at any address. */
export class Constant {
  readonly count: i32;

  constructor(
    public dtype: Dtype,
    public shape: i32[],
    public pointer: usize,
  ) {
    this.count = elementsOf(shape) as i32;
  }

  /** One of zeros, to be filled; without elements, and with a fault, where there is no room for it. */
  static make(dtype: Dtype, shape: i32[]): Constant {
    const bytes = elementsOf(shape) * (DTYPE_BYTES[dtype] as i64);
    if (bytes > MOST_BYTES - bytesMade) {
      const found = `one more of ${shape.join(" × ")} elements`;
      fail(
        Code.TOO_LARGE,
        LocationKind.NONE,
        0,
        `constants of ${MOST_BYTES >> 20} MiB in all`,
        found,
      );
      return new Constant(dtype, [0], 0);
    }
    bytesMade += bytes;
    return new Constant(dtype, shape, heap.alloc(max(bytes, 1) as usize));
  }

  static floats(values: f32[], shape: i32[]): Constant {
    const constant = Constant.make(Dtype.FLOAT32, shape);
    for (let i = 0; i < values.length; i++) constant.set(i, values[i]);
    return constant;
  }

  static integers(values: i32[], shape: i32[] = [values.length]): Constant {
    const constant = Constant.make(Dtype.INT32, shape);
    for (let i = 0; i < values.length; i++) constant.set(i, values[i]);
    return constant;
  }

  get bytes(): u32 {
    return (this.count as u32) * (DTYPE_BYTES[this.dtype] as u32);
  }

  get(index: i32): f64 {
    if (index >= this.count) return 0;
    const at = this.pointer + (index as usize) * (DTYPE_BYTES[this.dtype] as usize);
    switch (this.dtype) {
      case Dtype.UINT8:
      case Dtype.BOOL:
        return load<u8>(at);
      case Dtype.INT8:
        return load<i8>(at);
      case Dtype.INT16:
        return load<i16>(at);
      case Dtype.INT32:
        return load<i32>(at);
      case Dtype.INT64:
        return load<i64>(at) as f64;
      case Dtype.FLOAT16:
        return half(load<u16>(at));
      case Dtype.FLOAT32:
        return load<f32>(at);
      default:
        return load<f64>(at);
    }
  }

  /** As a whole number that 32 bits hold: what is beyond them ends at them, as ends of slices do. */
  int(index: i32): i32 {
    return Math.min(Math.max(this.get(index), i32.MIN_VALUE), i32.MAX_VALUE) as i32;
  }

  ints(): i32[] {
    const values: i32[] = [];
    for (let i = 0; i < this.count; i++) values.push(this.int(i));
    return values;
  }

  set(index: i32, value: f64): void {
    if (index >= this.count) return;
    const at = this.pointer + (index as usize) * (DTYPE_BYTES[this.dtype] as usize);
    if (this.dtype == Dtype.FLOAT32) store<f32>(at, value as f32);
    else if (this.dtype == Dtype.FLOAT64) store<f64>(at, value);
    else if (this.dtype == Dtype.INT64) store<i64>(at, value as i64);
    else if (this.dtype == Dtype.INT32) store<i32>(at, value as i32);
    else if (this.dtype == Dtype.INT16) store<i16>(at, value as i16);
    else if (this.dtype == Dtype.INT8) store<i8>(at, value as i8);
    else store<u8>(at, value as u8);
  }

  get isReal(): bool {
    return this.dtype >= Dtype.FLOAT16 && this.dtype <= Dtype.FLOAT64;
  }

  reshaped(shape: i32[]): Constant {
    return new Constant(this.dtype, shape, this.pointer);
  }

  /** In another type, each value rounded as that type does. */
  as(dtype: Dtype): Constant {
    if (dtype == this.dtype) return this;
    const other = Constant.make(dtype, this.shape);
    for (let i = 0; i < this.count; i++) other.set(i, this.get(i));
    return other;
  }

  /** Axis i of the result is axis `order[i]` of this one. */
  permuted(order: i32[]): Constant {
    if (isIdentity(order)) return this;
    const rank = order.length;
    const strides = new StaticArray<i32>(rank);
    let stride = 1;
    for (let i = rank - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= this.shape[i];
    }
    const result = Constant.make(this.dtype, permutedShape(this.shape, order));
    const width = DTYPE_BYTES[this.dtype] as usize;
    const position = new StaticArray<i32>(rank);
    let from = 0;
    for (let to = 0; to < result.count; to++) {
      const source = this.pointer + (from as usize) * width;
      memory.copy(result.pointer + (to as usize) * width, source, width);
      for (let axis = rank - 1; axis >= 0; axis--) {
        from += strides[order[axis]];
        if (++position[axis] < result.shape[axis]) break;
        from -= strides[order[axis]] * result.shape[axis];
        position[axis] = 0;
      }
    }
    return result;
  }
}

/** The number of elements; 2^62 where it is more than that. */
export function elementsOf(shape: i32[]): i64 {
  let count: i64 = 1;
  for (let i = 0; i < shape.length; i++) {
    const extent = shape[i] as i64;
    if (extent != 0 && count > ((1 as i64) << 62) / extent) return (1 as i64) << 62;
    count *= extent;
  }
  return count;
}

export function isIdentity(order: i32[]): bool {
  for (let i = 0; i < order.length; i++) if (order[i] != i) return false;
  return true;
}

export function identity(rank: i32): i32[] {
  const order: i32[] = [];
  for (let i = 0; i < rank; i++) order.push(i);
  return order;
}

export function permutedShape(shape: i32[], order: i32[]): i32[] {
  const result: i32[] = [];
  for (let i = 0; i < order.length; i++) result.push(shape[order[i]]);
  return result;
}

/**
 *  binary16:
 *   15  14      10  9                 0
 *  ┌───┬──────────┬────────────────────┐
 *  │ s │ exponent │ fraction           │  exponent 0: no implied one; 31: infinite, or no number
 *  └───┴──────────┴────────────────────┘
 */
export function half(bits: u16): f64 {
  const sign: f64 = bits >> 15 ? -1 : 1;
  const exponent = ((bits >> 10) & 31) as i32;
  const fraction = (bits & 1023) as f64;
  if (exponent == 31) return fraction == 0 ? sign * Infinity : NaN;
  if (exponent == 0) return (sign * fraction) / 16777216;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
