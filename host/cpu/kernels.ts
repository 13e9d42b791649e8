import type { Operator, Tensor } from "../blob/blob.ts";
import { NolfetError } from "../errors.ts";
import { averagePool } from "./average-pool.ts";
import type { Kernel, Run } from "./kernel.ts";
import { reshape } from "./reshape.ts";
import { softmax } from "./softmax.ts";

/** What runs on the CPU, by TFLite's name of the operator. */
const KERNELS = new Map<string, Kernel>([
  ["AVERAGE_POOL_2D", averagePool],
  ["RESHAPE", reshape],
  ["SOFTMAX", softmax],
]);

export function hasKernel(name: string): boolean {
  return KERNELS.has(name);
}

/** Prepares an operator that is placed on the CPU. Throws UNSUPPORTED_OPERATOR. */
export function prepare(operator: Operator, tensors: Tensor[]): Run {
  const kernel = KERNELS.get(operator.name);
  if (!kernel) {
    const expected = `an operator with a CPU kernel (${[...KERNELS.keys()].join(", ")})`;
    const place = { kind: "OPERATOR", at: operator.index } as const;
    throw new NolfetError("UNSUPPORTED_OPERATOR", expected, operator.name, place);
  }
  const named = (indices: number[]) =>
    indices.filter((index) => index >= 0).map((index) => tensors[index] as Tensor);
  return kernel(operator, named(operator.inputs), named(operator.outputs));
}
