import { join } from "node:path";
import type { Command } from "commander";
import { bytesOf, type TypedArray } from "../dtype.ts";
import { isTflite } from "../identifier.ts";
import { NolfetError, type Session } from "../index.ts";
import { isNetwork } from "../nbg/open.ts";
import { DECODERS } from "../results/decoders.ts";
import { interpret } from "../results/interpret.ts";
import { classNamer } from "../results/names/class-names.ts";
import { classCount } from "../scores.ts";
import { checkDrawable, draw } from "./draw.ts";
import { type FeedOptions, readFeeds } from "./feeds.ts";
import { about } from "./files.ts";
import { readInput } from "./input.ts";
import { labelsInside } from "./labels-inside.ts";
import { readModelFile } from "./model.ts";
import { openSession, type SessionChoice } from "./open-session.ts";
import {
  addPictureOptions,
  addTargetOptions,
  DEFAULT_TARGET,
  DEVICE_WORDS,
  parseFiles,
  parseMilliseconds,
} from "./options.ts";
import { checkOutput, makeFolder, writeOutput } from "./output.ts";
import { runNetworkFile } from "./run-network.ts";
import { describeRun, type FinishedRun } from "./run-text.ts";
import { print, printJson } from "./terminal.ts";

interface Options extends FeedOptions, SessionChoice {
  labels?: string;
  output?: string;
  outputDir?: string;
  decoder?: string;
}

const NAMES = DECODERS.map(({ name }) => name).join(", ");

export function addRun(program: Command): void {
  const command = program
    .command("run")
    .description("run a model or a .nolf file on a picture or on raw tensors")
    .argument("<file>", "a .tflite, .onnx, .nolf or (with --input, on the emulator) .nb file");
  addPictureOptions(addTargetOptions(command, DEFAULT_TARGET))
    .option("-d, --device <device>", DEVICE_WORDS, "auto")
    .option(
      "--timeout <ms>",
      "time limit of a device for one segment, in milliseconds",
      parseMilliseconds,
    )
    .option("-i, --image <file>", "a picture (PNG, JPEG, BMP, GIF, TIFF)")
    .option(
      "-l, --labels <file>",
      "names of the classes, one a line (default: the model's own, or known lists)",
    )
    .option("-o, --output <file>", "the picture with what was found, as PNG")
    .option("--decoder <name>", `how to read the outputs (default: by their shapes): ${NAMES}`)
    .option(
      "--input <files>",
      "raw bytes of each input, in its type and layout (NHWC): separated by commas, or repeated",
      parseFiles,
    )
    .option("--output-dir <folder>", "write raw outputs there as out0.bin, out1.bin, …")
    .action(runFile);
}

async function runFile(file: string, options: Options): Promise<void> {
  const bytes = await readModelFile(file, options.shape);
  checkUsage(options);
  if (isNetwork(bytes)) return runNetworkFile(file, bytes, options);
  const given = options.labels ? await readLabels(options.labels) : undefined;
  const session = await about(file, () => openSession(bytes, options));
  try {
    if (given) checkLabels(given, session);
    const labels = given ?? fittingLabels(bytes, session);
    const { feeds, preprocessing, picture, extent } = await readFeeds(session.inputs, options);
    const files = options.outputDir ? await outputFiles(options.outputDir, session) : [];
    if (options.output) await checkOutput(options.output);
    const outputs = await session.run(feeds);
    const decoding = {
      ...(options.decoder === undefined ? {} : { decoder: options.decoder }),
      ...(extent ? { extent } : {}),
    };
    const result = picture && interpret(outputs, session.outputs, session.inputs, decoding);
    if (options.outputDir) await makeFolder(options.outputDir);
    for (const [i, file] of files.entries()) {
      await writeOutput(file, bytesOf(outputs[session.outputs[i]?.name ?? ""] as TypedArray));
    }
    if (options.output && picture) {
      checkDrawable(result);
      await writeOutput(options.output, await draw(picture, result, classNamer(result, labels)));
      files.push(options.output);
    }
    const run: FinishedRun = { file, session, outputs, result, preprocessing, files, labels };
    const { text, document } = describeRun(run);
    if (options.json) printJson(document);
    else print(text);
  } finally {
    await session.release();
  }
}

function checkUsage({ image, input, mean, std, output, decoder }: Options): void {
  if ((image === undefined) === (input === undefined)) {
    const found = image === undefined ? "neither --image nor --input" : "both --image and --input";
    throw new NolfetError("BAD_OPTION", "one of them", found);
  }
  if (input && (mean || std)) {
    throw new NolfetError("BAD_OPTION", "--image with them", "--mean or --std with --input");
  }
  if (input && (output || decoder)) {
    throw new NolfetError("BAD_OPTION", "--image with them", "--output or --decoder with --input");
  }
}

/** Names that are shifted by one, as some lists are, would be worse than none. Throws BAD_INPUT. */
function checkLabels({ length }: string[], { outputs }: Session): void {
  const classes = classCount(outputs);
  if (classes === undefined || classes === length) return;
  throw new NolfetError("BAD_INPUT", `labels for ${classes} classes`, `${length}`);
}

/** Names that a classifier's model brings along, if it has one for each class. */
function fittingLabels(model: Uint8Array, { outputs }: Session): string[] | undefined {
  const classes = classCount(outputs);
  if (classes === undefined || !isTflite(model)) return undefined;
  const labels = labelsInside(model);
  return labels?.length === classes ? labels : undefined;
}

/** Names, one a line. Throws FILE, and BAD_INPUT for what is no text. */
async function readLabels(path: string): Promise<string[]> {
  const bytes = await readInput(path, "labels");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.trimEnd().split(/\r?\n/);
  } catch {
    throw new NolfetError("BAD_INPUT", `names as text in ${path}`, "bytes that are no UTF-8");
  }
}

/** Where the outputs are to be written. Throws BAD_OPTION for a file that is read. */
async function outputFiles(folder: string, { outputs }: Session): Promise<string[]> {
  const files = outputs.map((_, i) => join(folder, `out${i}.bin`));
  for (const file of files) await checkOutput(file);
  return files;
}
