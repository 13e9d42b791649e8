import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { loadLiteRtWith, PACKAGE } from "../../host/litert/module.ts";
import { loaderFrom } from "../../host/litert/node.ts";

/**
 * Options reach LiteRT's core as lines of text, and the only number that its JavaScript can put
 * there is that of threads. Both names are of the same length: with the one instead of the
 * other, the 1 that stands for a single thread chooses the reference kernels. The module has but
 * one thread anyway.
 */
const THREADS_LINE = "num_threads = %d\n";
const KERNELS_LINE = "kernel_mode = %d\n";

/**
 * Has LiteRT compute with its reference kernels, the ones that meet TFLite's quantization
 * specification to the byte, and gives its version.
 */
export function chooseReferenceKernels(): string {
  const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  loadLiteRtWith(loaderFrom(dirname(manifest), withKernelsLine));
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

function withKernelsLine(wasm: Buffer): Buffer {
  const at = wasm.indexOf(THREADS_LINE);
  if (at < 0) throw new Error("this version of LiteRT takes its options in another way");
  wasm.write(KERNELS_LINE, at, "latin1");
  return wasm;
}
