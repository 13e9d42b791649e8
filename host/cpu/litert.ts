import type { Blob, Segment } from "../blob/blob.ts";
import { NolfetError } from "../errors.ts";
import type { Step, Values } from "../steps.ts";

/** Prepares a segment of operators without kernels: LiteRT runs its model. */
export async function prepareModel(blob: Blob, segment: Segment, values: Values): Promise<Step> {
  throw new NolfetError("UNSUPPORTED_OPERATOR", "x", "y");
}
