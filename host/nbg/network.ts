/**
 * A network that the vendor's compiler wrote: a `.nb` file, as its sections tell it. Sizes and
 * offsets are bytes. Facts of the format: docs/hardware.md, "Vendor files".
 */
export interface Network {
  /** 0x1000f and so on. */
  version: number;
  /** Customer id of the core that it was compiled for. */
  target: number;
  name: string;
  /** Whether the records after the header are understood; otherwise only `sections` is filled. */
  isUnderstood: boolean;
  sections: Section[];
  memory: NetworkMemory;
  inputs: NetworkTensor[];
  outputs: NetworkTensor[];
  layers: NetworkLayer[];
  operations: NetworkOperation[];
  /** What `operations` refer to: states, coefficients and tables, by index. */
  data: Uint8Array[];
}

export interface Section {
  name: string;
  offset: number;
  bytes: number;
}

export interface NetworkMemory {
  pool: { bytes: number; alignment: number; address: number };
  axiSram: { bytes: number; address: number };
  vipSram: { bytes: number; address: number };
}

export interface NetworkTensor {
  name: string;
  /** Fastest dimension first: width, height, channels, images. */
  dimensions: number[];
  dtype: string;
  quantization:
    | { kind: "none" }
    | { kind: "fixed point"; position: number }
    | { kind: "affine"; scale: number; zeroPoint: number };
}

export interface NetworkLayer {
  name: string;
  id: number;
  operations: number;
}

export type OperationKind = "start" | "shader" | "NN" | "TP" | "end";

export interface NetworkOperation {
  kind: OperationKind;
  /** Index of its layer; none for the first and the last operation. */
  layer?: number;
  /** Index of its state stream in `data`. */
  states: number;
  /** The descriptor of an NN or TP job. */
  words?: Uint32Array;
  /** What a loader fills in: addresses that depend on where memory lies. */
  patches: AddressPatch[];
}

export interface AddressPatch {
  /** Which word: of the operation's states, or of its descriptor. */
  in: "states" | "descriptor";
  /** Byte offset of the word. */
  offset: number;
  source: PatchSource;
  /** Index among sources of this kind; undefined where there is one only. */
  index?: number;
  /** Added to the source's address. */
  base: number;
  /** Whether the word holds the address ÷ 64. */
  isShifted: boolean;
}

export type PatchSource =
  | "instruction"
  | "input"
  | "output"
  | "pool"
  | "axi sram"
  | "data"
  | "scratch input"
  | "scratch output"
  | "vip sram";
