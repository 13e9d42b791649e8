import { createHash } from "node:crypto";
import type { Command } from "commander";
import { openBlob } from "../blob/open.ts";
import { blobDocument } from "../inspect/document.ts";
import { describeBlob } from "../inspect/text.ts";
import { printableAll } from "../printable.ts";
import { about } from "./files.ts";
import { readInput } from "./input.ts";
import { addJson } from "./options.ts";
import { paint, print, printJson, table } from "./terminal.ts";

interface Options {
  disassemble?: boolean;
  json?: boolean;
}

export function addInspect(program: Command): void {
  const command = program
    .command("inspect")
    .description("show what a .nolf file holds")
    .argument("<blob>", "a .nolf file")
    .option("--disassemble", "name every field of the descriptors and every state loaded");
  addJson(command).action(inspectBlob);
}

async function inspectBlob(path: string, options: Options): Promise<void> {
  const bytes = await readInput(path, "model");
  const blob = await about(path, () => openBlob(bytes));
  const document = blobDocument(blob, { disassemble: options.disassemble ?? false, sha256 });
  if (options.json) printJson({ fileBytes: bytes.length, ...document });
  else
    print(
      describeBlob(...printableAll([blob, document] as const), {
        table,
        heading: paint.bold,
        aside: paint.dim,
      }),
    );
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
