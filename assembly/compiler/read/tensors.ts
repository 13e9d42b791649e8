import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { Table, Vector } from "../../flatbuffers/reader";
import { MOST_HOST_BYTES } from "../../targets/limits";
import { Dtype } from "../../tflite/schema";
import { BufferSlot, TensorSlot } from "../../tflite/slots";
import { Graph, Span, Tensor } from "../graph";
import { Budgets, Limit, within } from "./limits";
import { readQuantization } from "./quantization";
import { quote } from "./text";

/** An element type of TFLite's schema. */
class Type {
  constructor(
    public dtype: Dtype,
    /** Of one element, packed; 0 where elements have no fixed size. */
    public bits: u32,
  ) {}
}

// biome-ignore format: a table
const TYPES: Type[] = [
  new Type(Dtype.FLOAT32, 32), new Type(Dtype.FLOAT16, 16), new Type(Dtype.INT32, 32),
  new Type(Dtype.UINT8, 8), new Type(Dtype.INT64, 64), new Type(Dtype.STRING, 0),
  new Type(Dtype.BOOL, 8), new Type(Dtype.INT16, 16), new Type(Dtype.OTHER, 64), // complex 64
  new Type(Dtype.INT8, 8), new Type(Dtype.FLOAT64, 64), new Type(Dtype.OTHER, 128), // complex 128
  new Type(Dtype.OTHER, 64), new Type(Dtype.OTHER, 0), new Type(Dtype.OTHER, 0), // u64, resource, variant
  new Type(Dtype.OTHER, 32), new Type(Dtype.OTHER, 16), new Type(Dtype.OTHER, 4), // u32, u16, i4
  new Type(Dtype.OTHER, 16), new Type(Dtype.OTHER, 2), new Type(Dtype.OTHER, 4), // bfloat16, i2, u4
  new Type(Dtype.OTHER, 8), new Type(Dtype.OTHER, 8), // float 8 (E4M3, E5M2)
];

/** Reads the subgraph's tensors into the graph. False with a fault recorded. */
export function readTensors(graph: Graph, tables: Vector, buffers: Vector, sums: Budgets): bool {
  const count = tables.count;
  if (!within(Limit.TENSORS, count, "tensors", LocationKind.NONE, 0)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const table = tables.table(i);
    if (table == null) return false;
    const tensor = new Tensor(i);
    if (!readTensor(tensor, table, buffers, sums)) return false;
    graph.tensors.push(tensor);
  }
  return !failed();
}

function readTensor(tensor: Tensor, table: Table, buffers: Vector, sums: Budgets): bool {
  const at = tensor.index;
  tensor.name = table.span(TensorSlot.NAME);
  const nameBytes = tensor.name.bytes;
  if (!within(Limit.NAME_BYTES, nameBytes, "bytes in a name", LocationKind.TENSOR, at))
    return false;
  if (!sums.names.take(nameBytes, LocationKind.TENSOR, at)) return false;
  const number = table.byte(TensorSlot.TYPE);
  if (number >= (TYPES.length as u8)) {
    const expected = `an element type from 0 to ${TYPES.length - 1} for ${quote(tensor.name)}`;
    return fail(Code.UNSUPPORTED_MODEL, LocationKind.TENSOR, at, expected, number.toString());
  }
  const type = TYPES[number];
  tensor.dtype = type.dtype;
  tensor.isVariable = table.byte(TensorSlot.IS_VARIABLE) != 0;
  if (!readShape(tensor, table.vector(TensorSlot.SHAPE, 4), type, sums)) return false;
  if (!readData(tensor, table, type, buffers)) return false;
  const quantization = table.table(TensorSlot.QUANTIZATION);
  return quantization == null ? !failed() : readQuantization(tensor, quantization, sums);
}

function readShape(tensor: Tensor, extents: Vector, type: Type, sums: Budgets): bool {
  const at = tensor.index;
  if (!within(Limit.RANK, extents.count, "dimensions", LocationKind.TENSOR, at)) return false;
  let product: u64 = 1;
  for (let i: u32 = 0; i < extents.count && product <= MOST_HOST_BYTES; i++) {
    // Not known in advance: the batch, of which nolfet takes one.
    const isOpen = i == 0 && extents.int(i) == -1;
    const extent = isOpen ? 1 : extents.int(i);
    if (extent < 0) {
      const expected = `extents from 0 for ${quote(tensor.name)}`;
      return fail(Code.MALFORMED, LocationKind.TENSOR, at, expected, extent.toString());
    }
    // Extents of 0 count as 1, so that no product of some of them overflows either.
    product *= max(extent, 1);
    tensor.shape.push(extent);
  }
  const bytes = max(type.bits, 8) >> 3;
  if (product <= MOST_HOST_BYTES / bytes) {
    return sums.tensors.take(product * bytes, LocationKind.TENSOR, at);
  }
  const expected = `at most 768 MiB in ${quote(tensor.name)}`;
  const found = `${product} elements of ${bytes} each`;
  return fail(Code.TOO_LARGE, LocationKind.TENSOR, at, expected, found);
}

/** Finds the bytes of the constant's elements. A buffer may be longer. */
function readData(tensor: Tensor, table: Table, type: Type, buffers: Vector): bool {
  const at = tensor.index;
  const elsewhere = table.has(TensorSlot.SPARSITY)
    ? "sparse ones"
    : table.int(TensorSlot.EXTERNAL_BUFFER) != 0
      ? "ones in another file"
      : "";
  if (elsewhere != "") {
    const expected = `dense elements in this file for ${quote(tensor.name)}`;
    return fail(Code.UNSUPPORTED_MODEL, LocationKind.TENSOR, at, expected, elsewhere);
  }
  const index: u32 = table.int(TensorSlot.BUFFER);
  if (index == 0) return true;
  if (index >= buffers.count) {
    const expected = `one of ${buffers.count} buffers for ${quote(tensor.name)}`;
    return fail(Code.MALFORMED, LocationKind.TENSOR, at, expected, `buffer ${index}`);
  }
  tensor.data = bufferBytes(buffers, index);
  const bytes = tensor.data.bytes;
  const wanted = ((tensor.elements as u64) * (type.bits as u64) + 7) >> 3;
  if (bytes == 0 || type.bits == 0) return !failed();
  if (bytes >= wanted) {
    tensor.data.bytes = wanted as u32;
    return !failed();
  }
  const expected = `${wanted} bytes for the elements of ${quote(tensor.name)}`;
  return fail(Code.MALFORMED, LocationKind.TENSOR, at, expected, bytes.toString());
}

/** A buffer's bytes: a vector, or in large models a range of the file after the tables. */
function bufferBytes(buffers: Vector, index: u32): Span {
  const table = buffers.table(index);
  if (table == null) return new Span();
  const offset = table.long(BufferSlot.OFFSET);
  if (offset <= 1) return table.span(BufferSlot.DATA);
  const file = buffers.file;
  const bytes = table.long(BufferSlot.SIZE);
  if (offset <= file.bytes && bytes <= file.bytes - offset) {
    return new Span(file.pointer + (offset as usize), bytes as u32);
  }
  const expected = `a buffer of ${bytes} bytes at byte ${offset}`;
  const found = `the file's end at byte ${file.bytes}`;
  fail(Code.TRUNCATED, LocationKind.BYTE, table.at, expected, found);
  return new Span();
}
