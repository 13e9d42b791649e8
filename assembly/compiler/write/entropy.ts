import { Graph, Operator } from "../graph";

/**
 * Bytes that the weights of a layer would take in an ideal code of single bytes, rounded up: what
 * a coding of them is to be measured by.
 */
export function entropyOf(operator: Operator, graph: Graph): u32 {
  const weights = graph.tensors[operator.inputs[1]].data;
  const counts = new StaticArray<u32>(256);
  for (let i: u32 = 0; i < weights.bytes; i++) counts[load<u8>(weights.pointer + i)]++;
  let bits: f64 = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = counts[byte] as f64;
    if (count > 0) bits += count * Math.log2((weights.bytes as f64) / count);
  }
  return Math.ceil(bits / 8) as u32;
}
