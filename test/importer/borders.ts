import { ByteBuffer } from "flatbuffers";
import {
  ModelSlot,
  QuantizationSlot,
  SubgraphSlot,
  TensorSlot,
} from "../../assembly/tflite/slots.ts";

/** What a tensor at a model's border is, read from the `.tflite` without nolfet's own reader. */
export interface Border {
  name: string;
  shape: number[];
  dtype: "float32" | "int32" | "uint8" | "int8";
  scale: number;
  zeroPoint: number;
}

const DTYPES: Record<number, Border["dtype"]> = { 0: "float32", 2: "int32", 3: "uint8", 9: "int8" };

/** The inputs and outputs of a model's first subgraph. */
export function bordersOf(model: Uint8Array): { inputs: Border[]; outputs: Border[] } {
  const buffer = new ByteBuffer(model);
  const field = (table: number, slot: number): number => {
    const offset = buffer.__offset(table, 4 + 2 * slot);
    return offset === 0 ? 0 : table + offset;
  };
  const vector = (table: number, slot: number): { start: number; length: number } => {
    const at = field(table, slot);
    if (at === 0) return { start: 0, length: 0 };
    return { start: buffer.__vector(at), length: buffer.__vector_len(at) };
  };
  const integers = (table: number, slot: number): number[] => {
    const { start, length } = vector(table, slot);
    return Array.from({ length }, (_, i) => buffer.readInt32(start + 4 * i));
  };
  const root = buffer.readInt32(0);
  const subgraph = buffer.__indirect(vector(root, ModelSlot.SUBGRAPHS).start);
  const tensors = vector(subgraph, SubgraphSlot.TENSORS).start;
  const border = (index: number): Border => {
    const tensor = buffer.__indirect(tensors + 4 * index);
    const type = field(tensor, TensorSlot.TYPE);
    const quantization = field(tensor, TensorSlot.QUANTIZATION);
    const table = quantization === 0 ? 0 : buffer.__indirect(quantization);
    const scales = table === 0 ? { start: 0, length: 0 } : vector(table, QuantizationSlot.SCALE);
    const zeros =
      table === 0 ? { start: 0, length: 0 } : vector(table, QuantizationSlot.ZERO_POINT);
    return {
      name: String(buffer.__string(field(tensor, TensorSlot.NAME))),
      shape: integers(tensor, TensorSlot.SHAPE),
      dtype: DTYPES[type === 0 ? 0 : buffer.readInt8(type)] ?? "float32",
      scale: scales.length === 0 ? 0 : buffer.readFloat32(scales.start),
      zeroPoint: zeros.length === 0 ? 0 : Number(buffer.readInt64(zeros.start)),
    };
  };
  return {
    inputs: integers(subgraph, SubgraphSlot.INPUTS).map(border),
    outputs: integers(subgraph, SubgraphSlot.OUTPUTS).map(border),
  };
}
