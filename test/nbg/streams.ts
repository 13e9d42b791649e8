import { readFileSync } from "node:fs";
import { Coding } from "../../assembly/targets/cores.ts";
import type { DecodedKernels, DecodedRows, Emulator } from "../../host/devices/emulator.ts";
import type { Network, NetworkOperation } from "../../host/nbg/network.ts";
import { openNetwork } from "../../host/nbg/open.ts";
import { SHARED } from "../support/shared.ts";

// The coefficient streams of the vendor's files, decoded by the emulator.

/** A published file, and how the core that it is for codes coefficients. */
export interface VendorFile {
  name: string;
  coding: Coding;
  nnCores: number;
}

export const VENDOR_FILES: VendorFile[] = [
  { name: "a311d-alike-int8.nb", coding: Coding.ZERO_RUNS, nnCores: 8 },
  { name: "a311d-densenet_ctc-int8.nb", coding: Coding.ZERO_RUNS, nnCores: 8 },
  { name: "a311d-yolov8n-uint8.nb", coding: Coding.ZERO_RUNS, nnCores: 8 },
  { name: "s905d3-mobilenet_v1-uint8.nb", coding: Coding.HUFFMAN_WITH_WORDS, nnCores: 2 },
  { name: "0xb9-mobilenet_v1-uint8.nb", coding: Coding.HUFFMAN, nnCores: 4 },
  { name: "lenet/v853-lenet-uint8.nb", coding: Coding.HUFFMAN, nnCores: 3 },
];

/** A job with coefficients of its own; several jobs may share those of the first. */
export interface Stream {
  /** Index of its operation. */
  operation: number;
  words: Uint32Array;
  coefficients: Uint8Array;
}

export function networkOf({ name }: VendorFile): Network {
  return openNetwork(new Uint8Array(readFileSync(`${SHARED}/vendor/${name}`)));
}

export function nnStreams(network: Network): Stream[] {
  return streamsOf(network, "NN", 4 * 5, () => true);
}

export function fullyConnectedStreams(network: Network): Stream[] {
  // Word 6, in tile sequence 3.
  return streamsOf(network, "TP", 4 * 11, (words) => ((words[6] as number) & 3) === 3);
}

function streamsOf(
  { operations, data }: Network,
  unit: "NN" | "TP",
  addressWord: number,
  isWanted: (words: Uint32Array) => boolean,
): Stream[] {
  const streams = new Map<number, Stream>();
  operations.forEach(({ kind, words, patches }: NetworkOperation, operation) => {
    if (kind !== unit || words === undefined || !isWanted(words)) return;
    const index = patches.find(
      ({ in: where, source, offset }) =>
        where === "descriptor" && source === "data" && offset === addressWord,
    )?.index;
    if (index === undefined || streams.has(index)) return;
    streams.set(index, { operation, words, coefficients: data[index] as Uint8Array });
  });
  return [...streams.values()];
}

const DESCRIPTOR = 0x10000;
const COEFFICIENTS = 0x20000;

/** Decodes the coefficients of an NN job; the emulator's buffers are exchanged for them. */
export function decodeKernels(
  emulator: Emulator,
  { words, coefficients }: Pick<Stream, "words" | "coefficients">,
  { coding, nnCores }: Pick<VendorFile, "coding" | "nnCores">,
): DecodedKernels {
  const placed = words.slice();
  placed[5] = (((words[5] as number) & 0xfc000000) | (COEFFICIENTS >>> 6)) >>> 0;
  emulator.unmapAll();
  emulator.mapConstants(DESCRIPTOR, new Uint8Array(placed.buffer));
  emulator.mapConstants(COEFFICIENTS, coefficients);
  return emulator.kernels(DESCRIPTOR, coding, nnCores);
}

/** The same for a fully connected TP job. */
export function decodeRows(
  emulator: Emulator,
  { words, coefficients }: Pick<Stream, "words" | "coefficients">,
  { coding }: Pick<VendorFile, "coding">,
): DecodedRows {
  const shape = {
    inputs: (words[1] as number) >>> 16,
    outputs: (words[22] as number) & 0xffff,
    zero: ((words[29] as number) >>> 16) & 0xff,
  };
  emulator.unmapAll();
  emulator.mapConstants(COEFFICIENTS, coefficients);
  return emulator.rows(COEFFICIENTS, shape, coding);
}

/** Bytes from an output channel of an NN job to the next one. */
export function planeOf({ words }: Pick<Stream, "words">): number {
  return ((words[17] as number) & 0xffff) * ((words[8] as number) >>> 16);
}

/** What of an NN job's descriptor shapes its kernels. */
export function shapeOf({ words }: Pick<Stream, "words">) {
  const [first = 0] = words;
  const [width, height] = [(first >>> 2) & 15, ((words[8] as number) >>> 12) & 15];
  return { area: width * height, depthwise: (((words[22] as number) >>> 17) & 1) === 1 };
}
