import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

/** The folder of shared data beside the checkout; tests that need it skip where it is absent. */
export const SHARED = join(dirname(fileURLToPath(import.meta.url)), "../../../shared");

/** Whether the shared data are there. If not, says once what is skipped. */
export function hasShared(what: string): boolean {
  const present = existsSync(join(SHARED, "README.md"));
  if (!present) console.log(`skipped: ${what} (no ../shared beside the checkout)`);
  return present;
}

/** Reads a shared file; names that end in `.gz` are unpacked. */
export function readShared(path: string): Uint8Array {
  const bytes = readFileSync(join(SHARED, path));
  return new Uint8Array(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}
