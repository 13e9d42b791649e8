import type { Core } from "../../assembly/targets/cores.ts";
import { Bytes } from "./bytes.ts";

/** The contents of a coefficient buffer's header; formats: docs/hardware.md, "Coefficients". */
export type CoefficientStatistics = ZeroRunStatistics | HuffmanStatistics;

export interface ZeroRunStatistics {
  coding: "zero runs";
  streams: { bytes: number; runBits: number; kernels: number }[];
}

export interface HuffmanStatistics {
  coding: "Huffman codes";
  streams: { bits: number }[];
  /** Bit length of each of the eight symbols. */
  symbolMap: number[];
  /** Zero weights that each index of the run length mode stands for; none: the mode is off. */
  runLengths: number[];
  averageBias: number;
}

const VERSION_1 = 0x10;
const HUFFMAN_HEADER = 28;
const ALIGNMENT = 64;
const RUN_LENGTHS = 18;

/** Statistics of one NN job's coefficients. Throws BAD_BLOB where its head is cut short. */
export function coefficientStatistics(data: Uint8Array, core?: Core): CoefficientStatistics {
  const bytes = new Bytes(data);
  // Sizes of v7 streams are multiples of 64.
  return data[0] === VERSION_1 ? huffman(bytes) : zeroRuns(bytes, core?.nnCores);
}

function huffman(bytes: Bytes): HuffmanStatistics {
  const head = bytes.slice(0, HUFFMAN_HEADER);
  const map = bytes.u32(20);
  const sizes = bytes.words(HUFFMAN_HEADER, (ALIGNMENT - HUFFMAN_HEADER) / 4);
  const runLengths = head.subarray(2, 2 + Math.min(head[1] as number, RUN_LENGTHS));
  return {
    coding: "Huffman codes",
    streams: [...sizes].filter((bits) => bits > 0).map((bits) => ({ bits })),
    symbolMap: Array.from({ length: 8 }, (_, symbol) => (map >>> (4 * symbol)) & 15),
    runLengths: [...runLengths].map((index) => index + 1),
    averageBias: bytes.u32(24) & 0xffff,
  };
}

/** Without a known core, the head is one word for each stream up to the first that is empty. */
function zeroRuns(bytes: Bytes, cores = ALIGNMENT / 4): ZeroRunStatistics {
  const sizes = [...bytes.words(0, cores)].filter((size) => size > 0);
  let at = Math.ceil((4 * cores) / ALIGNMENT) * ALIGNMENT;
  const streams = sizes.map((size) => {
    const word = bytes.u32(at);
    at += size;
    return { bytes: size, runBits: word & 0xff, kernels: (word >>> 8) & 0xffff };
  });
  return { coding: "zero runs", streams };
}
