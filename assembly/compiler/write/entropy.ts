import { Graph, Operator } from "../graph";

/**
 * Bytes that the weights of a layer would take in an ideal code of single bytes, rounded up: what
 * a coding of them is to be measured by.
 */
export function entropyOf(operator: Operator, graph: Graph): u32 {
  const weights = graph.tensors[operator.inputs[1]].data;
  const counts = histogramOf(weights.pointer, weights.bytes);
  let bits: f64 = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = counts[byte] as f64;
    if (count > 0) bits += count * Math.log2((weights.bytes as f64) / count);
  }
  return Math.ceil(bits / 8) as u32;
}

/**
 * How often each byte occurs. Like bytes are often neighbours: with two tables in turn, a count
 * need not wait for the one before.
 */
function histogramOf(pointer: usize, bytes: u32): StaticArray<u32> {
  const even = new StaticArray<u32>(256);
  const odd = new StaticArray<u32>(256);
  const pairs = bytes & ~1;
  for (let i: u32 = 0; i < pairs; i += 2) {
    const pair = load<u16>(pointer + i) as i32;
    unchecked(even[pair & 0xff]++);
    unchecked(odd[pair >> 8]++);
  }
  if (pairs < bytes) even[load<u8>(pointer + pairs)]++;
  for (let byte = 0; byte < 256; byte++) even[byte] += odd[byte];
  return even;
}
