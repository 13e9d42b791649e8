import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import type { CompileOptions } from "../compile.ts";
import type { Explanation } from "../explain/explanation.ts";
import { compile, coreView, explain, openBlob, TARGETS, toCsv } from "../index.ts";
import { size } from "../numbers.ts";
import { printable } from "../printable.ts";
import { settingsFor } from "./calibration.ts";
import { about } from "./files.ts";
import { readModelFile } from "./model.ts";
import { addTargetOptions, compileOptions, type TargetOptions } from "./options.ts";
import { checkOutput, writeOutput } from "./output.ts";
import { paint, print, printJson } from "./terminal.ts";

interface Options extends TargetOptions {
  output?: string;
  csv?: boolean;
}

/** The page without its document, beside the bundle. */
const PAGE = new URL("../dist/report.html", import.meta.url);

export function addReport(program: Command): void {
  const command = program
    .command("report")
    .description("write everything about a compiled model into one file")
    .argument("<model>", "a quantized .tflite or .onnx file");
  addTargetOptions(command)
    .option("--csv", "write the table of layers as comma-separated values instead")
    .option("-o, --output <file>", "where to write (default: the model's name, .html, here)")
    .action(reportModel);
}

async function reportModel(model: string, options: Options): Promise<void> {
  const bytes = await readModelFile(model, options.shape);
  compileOptions(options);
  const name = basename(model);
  const extension = options.csv ? "csv" : "html";
  const output = options.output ?? `${name.replace(/\.(tflite|onnx)$/i, "")}.${extension}`;
  await checkOutput(output);
  const explanation = await about(model, async () =>
    explainModel(bytes, await settingsFor(bytes, options)),
  );
  if (options.json) {
    printJson(explanation);
    if (options.output === undefined) return;
  }
  const text = options.csv ? toCsv(explanation) : await pageOf(name, explanation);
  const file = new TextEncoder().encode(text);
  await writeOutput(output, file);
  if (!options.json)
    print(`${paint.dim("written    ")}${paint.bold(printable(output))} (${size(file.length)})`);
}

/** With the other cores beside the one asked for. */
async function explainModel(model: Uint8Array, settings: CompileOptions): Promise<Explanation> {
  const { target: _, ...options } = settings;
  const blob = await compile(model, settings);
  const explanation = explain(openBlob(blob), blob.length);
  const cores = [];
  for (const target of TARGETS) cores.push(await coreView(model, target, options));
  return { ...explanation, cores };
}

/** What a document holds must not end the element that it is in. */
async function pageOf(name: string, explanation: Explanation): Promise<string> {
  const page = await readFile(PAGE, "utf8");
  const document = JSON.stringify({ name, explanation }).replaceAll("<", "\\u003c");
  return page.replace('"DOCUMENT"', () => document);
}
