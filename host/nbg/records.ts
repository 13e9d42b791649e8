import { type Bytes, bad } from "./bytes.ts";
import type {
  AddressPatch,
  NetworkLayer,
  NetworkTensor,
  OperationKind,
  PatchSource,
} from "./network.ts";

/** The records of the sections, little-endian words unless a box says otherwise. */

// biome-ignore format: a table
const DTYPES: Record<number, string> = {
  0: "float32", 1: "float16", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 7: "bfloat16", 8: "int32",
};

/**
 *  ┌────────────┬──────────────┬──────┬────────┬──────────────┬──────────┬───────┬───────┬──────────┐
 *  │ dimensions │ 4 or 6 sizes │ type │ buffer │ quantization │ position │ scale │ zero  │ name     │
 *  │            │              │      │        │ 0, 1, 2      │ s32      │ f32   │ s32   │ 64 bytes │
 *  └────────────┴──────────────┴──────┴────────┴──────────────┴──────────┴───────┴───────┴──────────┘
 */
export function readTensorRecord(bytes: Bytes, at: number, sizes: number): NetworkTensor {
  const count = bytes.u32(at);
  if (count > sizes) throw bad(`at most ${sizes} dimensions`, `${count}`, at);
  const rest = at + 4 + 4 * sizes;
  const dtype = bytes.u32(rest);
  return {
    name: bytes.text(rest + 24, 64),
    dimensions: [...bytes.words(at + 4, count)],
    dtype: DTYPES[dtype] ?? `type ${dtype}`,
    quantization: readQuantization(bytes, rest + 8),
  };
}

/** Bytes of a tensor's record that has so many sizes. */
export function recordBytes(sizes: number): number {
  return 92 + 4 * sizes;
}

function readQuantization(bytes: Bytes, at: number): NetworkTensor["quantization"] {
  const kind = bytes.u32(at);
  if (kind === 0) return { kind: "none" };
  if (kind === 1) return { kind: "fixed point", position: bytes.s32(at + 4) };
  if (kind === 2)
    return { kind: "affine", scale: bytes.f32(at + 8), zeroPoint: bytes.s32(at + 12) };
  throw bad("a quantization of kind 0 to 2", `${kind}`, at);
}

/**
 *  ┌──────────┬────┬────────────┬─────┐
 *  │ name     │ id │ operations │ uid │
 *  │ 64 bytes │    │            │     │
 *  └──────────┴────┴────────────┴─────┘
 */
export const LAYER_BYTES = 76;

export function readLayer(bytes: Bytes, at: number): NetworkLayer {
  return { name: bytes.text(at, 64), id: bytes.u32(at + 64), operations: bytes.u32(at + 68) };
}

/**
 *  ┌──────┬───────────────┬───────┬────────┬─────────────┬─────────┐
 *  │ type │ record number │ layer │ states │ first patch │ patches │
 *  └──────┴───────────────┴───────┴────────┴─────────────┴─────────┘
 */
export const OPERATION_BYTES = 24;

// biome-ignore format: a table
const OPERATION_KINDS: Record<number, OperationKind> = {
  1: "shader", 2: "NN", 3: "TP", 65535: "start", 65534: "end",
};

export interface OperationRecord {
  kind: OperationKind;
  record: number;
  layer: number;
  states: number;
  firstPatch: number;
  patches: number;
}

export function readOperation(bytes: Bytes, at: number): OperationRecord {
  const [type = 0, record = 0, layer = 0, states = 0, firstPatch = 0, patches = 0] = bytes.words(
    at,
    6,
  );
  const kind = OPERATION_KINDS[type];
  if (kind === undefined) throw bad("an operation of a known type", `type ${type}`, at);
  return { kind, record, layer, states, firstPatch, patches };
}

/**
 *  ┌──────┬────────┬────────┬───────┬──────┬───────────┬──────┐
 *  │ type │ offset │ source │ index │ base │ transform │ name │
 *  └──────┴────────┴────────┴───────┴──────┴───────────┴──────┘
 *   type 0: a word of the states, 1: of the descriptor    transform 1: address ÷ 64
 */
export const PATCH_BYTES = 28;

const SOURCES: PatchSource[] = [
  "instruction",
  "input",
  "output",
  "pool",
  "axi sram",
  "data",
  "scratch input",
  "scratch output",
  "vip sram",
];

const NO_INDEX = 0xffffffff;

export function readPatch(bytes: Bytes, at: number): AddressPatch {
  const [type = 0, offset = 0, from = 0, index = 0, base = 0, transform = 0] = bytes.words(at, 6);
  const source = SOURCES[from];
  if (type > 1) throw bad("a patch of type 0 or 1", `type ${type}`, at);
  if (source === undefined) throw bad("a patch from a known source", `source ${from}`, at);
  if (transform > 1) throw bad("a patch with transform 0 or 1", `transform ${transform}`, at);
  return {
    in: type === 0 ? "states" : "descriptor",
    offset,
    source,
    ...(index === NO_INDEX ? {} : { index }),
    base,
    isShifted: transform === 1,
  };
}
