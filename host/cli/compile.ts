import { access, constants, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Command } from "commander";
import type { Mark } from "../blob/blob.ts";
import { fileError, NolfetError } from "../errors.ts";
import type { PixelOptions } from "../images/pixels.ts";
import { compile } from "../index.ts";
import { duration, grouped, percent, size } from "../numbers.ts";
import { printable, printableAll } from "../printable.ts";
import type { Report } from "../report.ts";
import { settingsFor } from "./calibration.ts";
import { channelWords } from "./channels.ts";
import { about } from "./files.ts";
import { readInput, STANDARD } from "./input.ts";
import { asTflite } from "./model.ts";
import {
  addPictureOptions,
  addTargetOptions,
  compileOptions,
  type TargetOptions,
} from "./options.ts";
import { checkOutput, makeFolder, writeOutput } from "./output.ts";
import { quantizedModel } from "./quantize.ts";
import { cpuReason } from "./reasons.ts";
import { paint, print, printJson, printNote } from "./terminal.ts";

const MARKS: Mark[] = ["proven", "expected", "unproven"];

interface Options extends TargetOptions, PixelOptions {
  output?: string;
  stopAt?: string;
}

export function addCompile(program: Command): void {
  const command = program
    .command("compile")
    .description("compile models into .nolf files")
    .argument("<models...>", ".tflite or .onnx files; with --calibrate, also float32 models");
  addPictureOptions(addTargetOptions(command))
    .option("--stop-at <tensor>", "end at this tensor, and leave what follows to the caller")
    .option(
      "-o, --output <file>",
      "where to write, or a folder/ for several models (default: MODEL.TARGET.nolf, here)",
    )
    .action(compileModels);
}

async function compileModels(models: string[], options: Options): Promise<void> {
  refuseSameNames(models);
  if (models.length > 1) for (const model of models) await checkReadable(model);
  const reports: object[] = [];
  for (const model of models) {
    const compiled = await compileModel(model, options, () => outputOf(model, models, options));
    reports.push(compiled);
    if (compiled.output === STANDARD) printNote(`${model} is compiled`);
    else if (!options.json) print(summary(printable(compiled.output), printableAll(compiled)));
  }
  if (options.json) printJson(models.length === 1 ? reports[0] : reports);
}

/** So that nothing is written where another model is missing. Throws FILE. */
async function checkReadable(model: string): Promise<void> {
  if (model === STANDARD) return;
  await access(model, constants.R_OK).catch((error) => {
    throw fileError("a readable file", error, model);
  });
}

/** Blobs in one folder have names of their own. */
function refuseSameNames(models: string[]): void {
  const names = models.map((model) => stemOf(model));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new NolfetError("BAD_OPTION", "models of different names", `${twice} twice`);
}

function stemOf(model: string): string {
  return basename(model).replace(/\.(tflite|onnx)$/i, "");
}

/** Where a model's blob goes. Throws BAD_OPTION and FILE. */
async function outputOf(model: string, models: string[], options: Options): Promise<string> {
  const { output, target, json } = options;
  const name = `${stemOf(model)}.${target}.nolf`;
  const isPiped = output === STANDARD || (output === undefined && model === STANDARD);
  if (isPiped && json) {
    const found = "the blob on standard output, too";
    throw new NolfetError("BAD_OPTION", "--output with a file beside --json", found);
  }
  if (isPiped && models.length > 1) {
    const expected = "--output with a folder for several models";
    throw new NolfetError("BAD_OPTION", expected, "standard output");
  }
  if (isPiped) return STANDARD;
  if (output === undefined) return name;
  const isFolder = models.length > 1 || output.endsWith("/") || (await isThere(output));
  if (!isFolder) return output;
  await makeFolder(output);
  return join(output, name);
}

async function isThere(folder: string): Promise<boolean> {
  const status = await stat(folder).catch(() => undefined);
  return status?.isDirectory() === true;
}

async function compileModel(
  model: string,
  options: Options,
  locate: () => Promise<string>,
): Promise<{ output: string } & Report> {
  const { stopAt } = options;
  const given = await readInput(model, "model");
  compileOptions(options);
  const quantized = await quantizedModel(model, given, options);
  const bytes = quantized?.model ?? (await asTflite(model, given, options.shape));
  const output = await locate();
  await checkOutput(output);
  const blob = await about(model, async () => {
    const settings = quantized ? compileOptions(options) : await settingsFor(bytes, options);
    return compile(bytes, { ...settings, ...(stopAt === undefined ? {} : { stopAt }) });
  });
  await writeOutput(output, blob);
  return { output, ...blob.report };
}

function summary(output: string, report: Report): string {
  const { operators, weights, memory, macs, estimate, target } = report;
  const onNpu = operators.filter(({ placement }) => placement === "NPU");
  const lines = [
    ["written", `${paint.bold(output)} (${size(memory.fileBytes)}) for ${target}`],
    [
      "operators",
      `${onNpu.length} on the NPU${marks(onNpu)}, ${operators.length - onNpu.length} on the CPU`,
    ],
    [
      "arithmetic",
      macs.total === 0
        ? "no multiply-accumulates"
        : `${grouped(macs.total)} multiply-accumulates, ${percent(macs.npu, macs.total)} on the NPU`,
    ],
    [
      "weights",
      weights.modelBytes === 0
        ? "none on the NPU"
        : `${size(weights.modelBytes)} in the model, ` +
          `${size(weights.coefficientBytes)} coded (${percent(weights.coefficientBytes, weights.modelBytes)})`,
    ],
    [
      "memory",
      `${size(memory.deviceBytes)} on the device: constants ` +
        `${size(memory.constantBytes)}, arena ${size(memory.arenaBytes)}`,
    ],
    ["time", estimatedTime(estimate)],
  ];
  if (report.channels) lines.push(["channels", channelWords(report.channels)]);
  const onCpu = operators.filter(({ placement }) => placement === "CPU");
  for (const operator of onCpu) {
    lines.push(["CPU", `${operator.index} ${operator.name}: ${cpuReason(operator)}`]);
  }
  return lines.map(([title, text]) => `${paint.dim((title ?? "").padEnd(11))}${text}`).join("\n");
}

/** "estimated, not measured: 6.2 ms on the NPU at 800 MHz, ±13 %". */
function estimatedTime({ milliseconds, megahertz, error }: Report["estimate"]): string {
  const certainty =
    error === undefined ? "no published time to hold it against" : `±${Math.round(100 * error)} %`;
  return `estimated, not measured: ${duration(milliseconds)} on the NPU at ${megahertz} MHz, ${certainty}`;
}

function marks(operators: Report["operators"]): string {
  const counts = MARKS.map((mark) => ({
    mark,
    count: operators.filter((operator) => operator.mark === mark).length,
  }));
  const words = counts
    .filter(({ count }) => count > 0)
    .map(({ mark, count }) => `${count} ${mark}`);
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}
