import { createHash } from "node:crypto";
import { join } from "node:path";
import { NolfetError } from "../index.ts";
import { wasmModule } from "../modules.ts";
import { tensorBytes } from "../nbg/loader.ts";
import type { NetworkTensor } from "../nbg/network.ts";
import { openNetwork } from "../nbg/open.ts";
import { runNetwork } from "../nbg/run.ts";
import { printable } from "../printable.ts";
import { about } from "./files.ts";
import { readAtMost } from "./input.ts";
import { checkOutput, makeFolder, writeOutput } from "./output.ts";
import { print, printJson, table } from "./terminal.ts";

interface Options {
  image?: string;
  input?: string[];
  outputDir?: string;
  json?: boolean;
}

/**
 * Runs a vendor's network (`.nb`) on the emulator, on raw bytes of each input: as they lie in memory,
 * the fastest dimension first. Shows what the outputs are; their bytes go to files.
 */
export async function runNetworkFile(
  path: string,
  bytes: Uint8Array,
  { image, input = [], outputDir, json }: Options,
): Promise<void> {
  if (image !== undefined) {
    throw new NolfetError("BAD_OPTION", "--input with raw bytes", "--image with a .nb file");
  }
  const network = await about(path, () => openNetwork(bytes));
  const inputs = await Promise.all(network.inputs.map((tensor, i) => readTensor(input[i], tensor)));
  const files = outputDir ? network.outputs.map((_, i) => join(outputDir, `out${i}.bin`)) : [];
  for (const file of files) await checkOutput(file);
  const module = await wasmModule("emulator");
  const outputs = await about(path, () => runNetwork(network, module, inputs));
  if (outputDir) await makeFolder(outputDir);
  for (const [i, file] of files.entries()) await writeOutput(file, outputs[i] as Uint8Array);
  const document = network.outputs.map(({ name, dtype, dimensions }, i) => ({
    name,
    dtype,
    dimensions,
    sha256: createHash("sha256")
      .update(outputs[i] as Uint8Array)
      .digest("hex"),
    ...(files[i] ? { file: files[i] } : {}),
  }));
  if (json) printJson({ outputs: document });
  else print(describe(document));
}

async function readTensor(path: string | undefined, tensor: NetworkTensor): Promise<Uint8Array> {
  const expected = tensorBytes(tensor);
  const name = JSON.stringify(printable(tensor.name));
  if (path === undefined) {
    throw new NolfetError("BAD_INPUT", `a file with --input for ${name}`, "none");
  }
  const { bytes, hasMore } = await readAtMost(path, { most: expected });
  if (!hasMore && bytes.length === expected) return bytes;
  const wanted = `${expected} bytes for ${name} in ${path}`;
  throw new NolfetError("BAD_INPUT", wanted, hasMore ? "more" : `${bytes.length}`);
}

interface Output {
  name: string;
  dtype: string;
  dimensions: number[];
  sha256: string;
  file?: string;
}

function describe(outputs: Output[]): string {
  const rows = outputs.map(({ name, dtype, dimensions, sha256, file = "" }) => {
    return [printable(name), dtype, dimensions.join("×"), sha256.slice(0, 16), file];
  });
  return table(["output", "type", "shape, fastest first", "sha256", "file"], rows, []);
}
