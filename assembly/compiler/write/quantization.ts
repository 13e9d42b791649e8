import { Builder } from "../../flatbuffers/builder";
import { Quantization } from "../graph";

/** Slots of the fields of a table with scales and zero points. */
export class QuantizationSlots {
  constructor(
    public scales: u32,
    public zeroPoints: u32,
    public axis: u32,
  ) {}
}

/** Writes scales and zero points as a table; gives its position, 0 where there are none. */
export function writeQuantization(
  builder: Builder,
  quantization: Quantization,
  slots: QuantizationSlots,
): u32 {
  if (quantization.count == 0) return 0;
  const zeroPoints = builder.vector(quantization.zeroPoints.pointer, quantization.count, 8);
  const scales = builder.vector(quantization.scales.pointer, quantization.count, 4);
  builder.table();
  builder.child(slots.scales, scales);
  builder.child(slots.zeroPoints, zeroPoints);
  builder.field32(slots.axis, quantization.axis);
  return builder.endTable();
}
