import { DTYPE_BYTES, Dtype } from "./schema";

const MOST_REACH: u64 = 1 << 32;

/** An operand, as kernels and rules see it. */
export class Tensor {
  /** Its bytes; for rules, which look at no others, those of a constant. */
  pointer: usize = 0;
  shape: i32[] = [];
  scales: f32[] = [];
  /** As many as scales. */
  zeroPoints: i32[] = [];
  /** The dimension that several scales belong to. */
  axis: i32 = 0;

  constructor(
    public dtype: Dtype,
    public isConstant: bool,
  ) {}

  /** The same shape and bytes, not quantized. */
  withType(dtype: Dtype): Tensor {
    const tensor = new Tensor(dtype, this.isConstant);
    tensor.pointer = this.pointer;
    tensor.shape = this.shape;
    return tensor;
  }

  get elements(): u64 {
    let product: u64 = 1;
    for (let i = 0; i < this.shape.length; i++) product *= this.shape[i] as u64;
    return product;
  }

  /**
   * Number of elements, with extents of 0 counted as 1, saturated at MOST_REACH. It bounds the rounds of
   * loops over the dimensions and every product of extents.
   */
  get reach(): u64 {
    let product: u64 = 1;
    for (let i = 0; i < this.shape.length && product < MOST_REACH; i++) {
      product *= max(this.shape[i], 1) as u64;
    }
    return product;
  }

  get elementBytes(): i32 {
    return DTYPE_BYTES[this.dtype];
  }

  get bytes(): u64 {
    return this.elements * (this.elementBytes as u64);
  }

  /** One of the two 8-bit types. */
  get isByte(): bool {
    return this.dtype == Dtype.UINT8 || this.dtype == Dtype.INT8;
  }

  get isSigned(): bool {
    return this.dtype == Dtype.INT8;
  }

  get isReal(): bool {
    return this.dtype == Dtype.FLOAT32;
  }

  get scale(): f32 {
    return this.scales[0];
  }

  get zeroPoint(): i32 {
    return this.zeroPoints[0];
  }

  /** Least and greatest value of an 8-bit type. */
  get least(): i32 {
    return this.dtype == Dtype.INT8 ? -128 : 0;
  }

  get greatest(): i32 {
    return this.dtype == Dtype.INT8 ? 127 : 255;
  }

  /** Any byte of what stands for 0. */
  get zeroByte(): u8 {
    return this.isByte && this.scales.length > 0 ? (this.zeroPoint as u8) : 0;
  }

  /** What a stored byte is XORed with so that its order among 0 … 255 is that of its value. */
  get flip(): i32 {
    return this.dtype == Dtype.INT8 ? 0x80 : 0;
  }

  /** The extent of a dimension, counted from the last as 1; 1 where there is no such. */
  fromLast(dimension: i32): i32 {
    const i = this.shape.length - dimension;
    return i >= 0 ? this.shape[i] : 1;
  }

  /** Elements per step of a dimension. */
  pitch(dimension: i32): i32 {
    let product = 1;
    for (let i = dimension + 1; i < this.shape.length; i++) product *= this.shape[i];
    return product;
  }

  /** The value that a stored byte of an 8-bit type stands for. */
  valueOf(byte: i32): i32 {
    return this.dtype == Dtype.INT8 ? (byte as i8 as i32) : byte;
  }

  /** The value of an element of an 8-bit type. */
  byteAt(i: usize): i32 {
    return this.dtype == Dtype.INT8
      ? (load<i8>(this.pointer + i) as i32)
      : (load<u8>(this.pointer + i) as i32);
  }

  /** An element of int32 or int64, as lists of axes, sizes and paddings have them. */
  integerAt(i: i32): i64 {
    return this.dtype == Dtype.INT64
      ? load<i64>(this.pointer + ((i as usize) << 3))
      : (load<i32>(this.pointer + ((i as usize) << 2)) as i64);
  }

  /** Whether it is quantized as another one, to the bit. */
  isQuantizedAs(other: Tensor): bool {
    const unquantized = this.scales.length == 0 && other.scales.length == 0;
    if (unquantized || this.scales.length != 1 || other.scales.length != 1) return unquantized;
    return this.scale == other.scale && this.zeroPoint == other.zeroPoint;
  }

  sameShape(other: Tensor): bool {
    if (this.shape.length != other.shape.length) return false;
    for (let i = 0; i < this.shape.length; i++) {
      if (this.shape[i] != other.shape[i]) return false;
    }
    return true;
  }

  describeShape(): string {
    return this.shape.length == 0 ? "a single value" : this.shape.join("×");
  }
}
