import type { Operator, Tensor } from "../blob/blob.ts";
import { NolfetError } from "../errors.ts";

/** Bytes in, bytes out, in the order of the operator's tensors; outputs are overwritten whole. */
export type Run = (inputs: Uint8Array[], outputs: Uint8Array[]) => void;

/**
 * Prepares an operator: looks at shapes, types, quantization and options once, and gives what
 * runs it. Throws UNSUPPORTED_OPERATOR where the kernel cannot be exact to TFLite's.
 */
export type Kernel = (operator: Operator, inputs: Tensor[], outputs: Tensor[]) => Run;

export function unsupported(operator: Operator, expected: string, found: string): NolfetError {
  const place = { kind: "OPERATOR", at: operator.index } as const;
  return new NolfetError("UNSUPPORTED_OPERATOR", `${operator.name} with ${expected}`, found, place);
}

/** The 8-bit types: how to read them, and their least and greatest value. */
export const BYTE_TYPES = {
  uint8: { least: 0, greatest: 255 },
  int8: { least: -128, greatest: 127 },
} as const;

/** An 8-bit tensor with one scale and zero point. */
export interface ByteTensor {
  shape: number[];
  dtype: keyof typeof BYTE_TYPES;
  scale: number;
  zeroPoint: number;
  least: number;
  greatest: number;
}

/** The only input and the only output of an operator, both of the same 8-bit type. */
export function bytePair(
  operator: Operator,
  inputs: Tensor[],
  outputs: Tensor[],
): { input: ByteTensor; output: ByteTensor } {
  if (outputs.length !== 1) throw unsupported(operator, "one output", `${outputs.length}`);
  const input = byteTensor(operator, inputs[0], "input");
  const output = byteTensor(operator, outputs[0], "output");
  if (input.dtype !== output.dtype) {
    throw unsupported(operator, `an output of ${input.dtype} as its input`, output.dtype);
  }
  return { input, output };
}

function byteTensor(operator: Operator, tensor: Tensor | undefined, what: string): ByteTensor {
  const { shape, dtype, quantization } = tensor ?? { dtype: "none" };
  if (!shape || (dtype !== "uint8" && dtype !== "int8")) {
    throw unsupported(operator, `an 8-bit ${what}`, dtype);
  }
  const [scale, ...others] = quantization.scales;
  if (scale === undefined || others.length > 0) {
    const found = `${quantization.scales.length} scales`;
    throw unsupported(operator, `one scale for its ${what}`, found);
  }
  const zeroPoint = quantization.zeroPoints[0] ?? 0;
  return { shape, dtype, scale, zeroPoint, ...BYTE_TYPES[dtype] };
}

/** The value of a stored byte. */
export function signed(byte: number, dtype: keyof typeof BYTE_TYPES): number {
  return dtype === "int8" ? (byte << 24) >> 24 : byte;
}
