import { readFileSync } from "node:fs";
import type { Blob } from "../../../host/blob/blob.ts";
import { compile, openBlob } from "../../../host/index.ts";
import { Random } from "../../support/random.ts";
import { MAKERS } from "../../support/random-models.ts";

/** The sound blobs whose segments are all on the CPU: single operators, and the sample networks. */

export interface KernelSubject {
  name: string;
  blob: Blob;
  bytes: Uint8Array;
}

/** Of each operator and type, layers of different shapes. */
const SHAPES = 3;
const DIGITS = ["digits_uint8", "digits_int8"];

export async function kernelSubjects(): Promise<KernelSubject[]> {
  const models = DIGITS.map((name): { name: string; model: Uint8Array } => {
    const file = new URL(`../../../models/digits/${name}.tflite`, import.meta.url);
    return { name, model: new Uint8Array(readFileSync(file)) };
  });
  for (const [name, make] of Object.entries(MAKERS)) {
    for (const dtype of ["uint8", "int8"] as const) {
      for (let seed = 1; seed <= SHAPES; seed++) {
        models.push({
          name: `${name} ${dtype} ${seed}`,
          model: make(new Random(seed), dtype).model,
        });
      }
    }
  }
  return Promise.all(
    models.map(async ({ name, model }) => {
      const bytes = await compile(model, { target: "a311d", cpuOnly: true });
      return { name, bytes, blob: openBlob(bytes) };
    }),
  );
}
