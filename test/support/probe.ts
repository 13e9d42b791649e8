/** Stages of the compiler on their own, built for tests from entries (`probe.ts`) beside them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** Compiles an entry, named from the checkout's root, and gives its module. */
export async function buildProbe(entry: string): Promise<WebAssembly.Module> {
  const folder = mkdtempSync(join(tmpdir(), "nolfet-"));
  const outFile = join(folder, "probe.wasm");
  const baseDir = fileURLToPath(new URL("../..", import.meta.url));
  try {
    const { error, stderr } = await asc.main([entry, "--baseDir", baseDir, "--outFile", outFile]);
    if (error) throw new Error(stderr.toString());
    return new WebAssembly.Module(readFileSync(outFile));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An AssemblyScript string: its length in bytes stands in the word before it. */
export function textAt(memory: WebAssembly.Memory, pointer: number): string {
  const bytes = new DataView(memory.buffer).getUint32(pointer - 4, true);
  return Buffer.from(memory.buffer, pointer, bytes).toString("utf16le");
}
