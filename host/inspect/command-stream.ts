/**
 * One packet of a command stream, of the kinds that NPU jobs are made of.
 *
 *      31    27  26  25      16 15              0
 *     ┌────────┬────┬──────────┬─────────────────┐
 *     │   1    │ FP │  count   │  address >> 2   │   LOAD_STATE, then `count` words, then
 *     └────────┴────┴──────────┴─────────────────┘   one more where that makes the packet even
 */
export type Packet =
  /** Word index of the header; values go to consecutive states. */
  | {
      at: number;
      kind: "states";
      fixedPoint: boolean;
      address: number;
      values: number[];
      pad: number[];
    }
  /** Words that the front end takes for padding. */
  | { at: number; kind: "padding"; count: number }
  /** Whatever else there is. */
  | { at: number; kind: "word"; value: number };

const LOAD_STATE = 1;

/** States that NPU jobs load, by byte address. Flags name bits. */
// biome-ignore format: a table
const STATES: { address: number; name: string; flags?: Record<number, string> }[] = [
  { address: 0x00a28, name: "PA_SYSTEM_MODE" },
  { address: 0x010a0, name: "PS_NN_INST_ADDR" },
  { address: 0x010a4, name: "unknown_010a4" },
  { address: 0x010b8, name: "PS_TP_INST_ADDR" },
  { address: 0x0380c, name: "GL_FLUSH_CACHE", flags: {
    0: "DEPTH", 1: "COLOR", 2: "TEXTURE", 3: "PE2D", 4: "TEXTURE_VS", 5: "SHADER_L1", 6: "SHADER_L2",
    10: "bit 10", 11: "bit 11", 12: "DESCRIPTOR_12", 13: "DESCRIPTOR_13", 14: "bit 14",
  } },
  { address: 0x0384c, name: "GL_API_MODE" },
  { address: 0x03930, name: "GL_NN_CONFIG", flags: { 2: "DISABLE_ZDPN", 3: "DISABLE_SWTILING", 4: "SMALL_BATCH" } },
  { address: 0x03938, name: "SRAM_REMAP_ADDRESS" },
  { address: 0x0393c, name: "GL_OCB_REMAP_START" },
  { address: 0x03940, name: "GL_OCB_REMAP_END" },
  { address: 0x0394c, name: "GL_TP_CONFIG" },
  { address: 0x03950, name: "unknown_03950" },
];

/** The states whose value is a descriptor's address, with flags in its low 6 bits. */
export const INSTRUCTION_STATES = ["PS_NN_INST_ADDR", "PS_TP_INST_ADDR"];
export const INSTRUCTION_FLAGS = 0x3f;

export function stateName(address: number): string {
  const state = STATES.find((state) => state.address === address);
  return state?.name ?? `state_${address.toString(16).padStart(5, "0")}`;
}

/** The names of the bits set, where the state has names for all of them. */
export function flagNames(address: number, value: number): string {
  const flags = STATES.find((state) => state.address === address)?.flags ?? {};
  const set = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (value >>> bit) & 1);
  const names = set.map((bit) => flags[bit]);
  return names.includes(undefined) ? "" : names.join(" | ");
}

/** Splits a stream into packets; a packet that is cut off becomes single words. */
export function decodeStream(words: Uint32Array): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < words.length; ) {
    const packet = packetAt(words, at);
    packets.push(packet);
    at += lengthOf(packet);
  }
  return packets;
}

/** The words of packets: the inverse of `decodeStream`. */
export function encodeStream(packets: Packet[]): Uint32Array {
  return Uint32Array.from(packets.flatMap(wordsOf));
}

function packetAt(words: Uint32Array, at: number): Packet {
  const word = words[at] as number;
  if (word === 0) {
    let end = at;
    while (words[end] === 0) end++;
    return { at, kind: "padding", count: end - at };
  }
  const count = (word >>> 16) & 0x3ff;
  // Header and values take an even number of words together.
  const end = at + 1 + count + ((count + 1) % 2);
  if (word >>> 27 !== LOAD_STATE || end > words.length) return { at, kind: "word", value: word };
  return {
    at,
    kind: "states",
    fixedPoint: ((word >>> 26) & 1) === 1,
    address: (word & 0xffff) << 2,
    values: [...words.subarray(at + 1, at + 1 + count)],
    pad: [...words.subarray(at + 1 + count, end)],
  };
}

function wordsOf(packet: Packet): number[] {
  if (packet.kind === "padding") return new Array<number>(packet.count).fill(0);
  if (packet.kind === "word") return [packet.value];
  const { fixedPoint, address, values, pad } = packet;
  const flag = fixedPoint ? 1 << 26 : 0;
  const header = ((LOAD_STATE << 27) | flag | (values.length << 16) | (address >>> 2)) >>> 0;
  return [header, ...values, ...pad];
}

function lengthOf(packet: Packet): number {
  return wordsOf(packet).length;
}
