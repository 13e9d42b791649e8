import { createHash } from "node:crypto";
import type { Command } from "commander";
import { openBlob } from "../blob/open.ts";
import { blobDocument, type DocumentOptions } from "../inspect/document.ts";
import { describeBlob } from "../inspect/text.ts";
import { networkDocument } from "../nbg/document.ts";
import { isNetwork, openNetwork } from "../nbg/open.ts";
import { describeNetwork } from "../nbg/text.ts";
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
    .description("show what a .nolf file, or a .nb file of the vendor's compiler, holds")
    .argument("<file>", "a .nolf or .nb file")
    .option("--disassemble", "name every field of the descriptors and every state loaded");
  addJson(command).action(inspectBlob);
}

async function inspectBlob(path: string, options: Options): Promise<void> {
  const bytes = await readInput(path, "model");
  const { document, text } = await about(path, () => {
    const how = { disassemble: options.disassemble ?? false, sha256 };
    return isNetwork(bytes) ? inspectNetwork(bytes, how) : inspectNolf(bytes, how);
  });
  if (options.json) printJson({ fileBytes: bytes.length, ...document });
  else print(text());
}

interface Inspection {
  document: object;
  /** The same for people. */
  text: () => string;
}

const STYLE = { table, heading: paint.bold, aside: paint.dim };

function inspectNolf(bytes: Uint8Array, options: DocumentOptions): Inspection {
  const blob = openBlob(bytes);
  const document = blobDocument(blob, options);
  return { document, text: () => describeBlob(...printableAll([blob, document] as const), STYLE) };
}

/** A network of the vendor's compiler. */
function inspectNetwork(bytes: Uint8Array, options: DocumentOptions): Inspection {
  const document = networkDocument(openNetwork(bytes), options);
  return { document, text: () => describeNetwork(printableAll(document), STYLE) };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
