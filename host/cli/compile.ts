import { basename } from "node:path";
import type { Command } from "commander";
import type { Mark } from "../blob/blob.ts";
import type { PixelOptions } from "../images/pixels.ts";
import { compile } from "../index.ts";
import { duration, grouped, percent, size } from "../numbers.ts";
import { printable, printableAll } from "../printable.ts";
import type { Report } from "../report.ts";
import { settingsFor } from "./calibration.ts";
import { channelWords } from "./channels.ts";
import { about } from "./files.ts";
import { readInput } from "./input.ts";
import { asTflite } from "./model.ts";
import {
  addPictureOptions,
  addTargetOptions,
  compileOptions,
  type TargetOptions,
} from "./options.ts";
import { checkOutput, writeOutput } from "./output.ts";
import { quantizedModel } from "./quantize.ts";
import { cpuReason } from "./reasons.ts";
import { paint, print, printJson } from "./terminal.ts";

const MARKS: Mark[] = ["proven", "expected", "unproven"];

interface Options extends TargetOptions, PixelOptions {
  output?: string;
  stopAt?: string;
}

export function addCompile(program: Command): void {
  const command = program
    .command("compile")
    .description("compile a model into a .nolf file")
    .argument("<model>", "a .tflite or .onnx file; with --calibrate, also a float32 model");
  addPictureOptions(addTargetOptions(command))
    .option("--stop-at <tensor>", "end at this tensor, and leave what follows to the caller")
    .option("-o, --output <file>", "where to write (default: the model's name, .nolf, here)")
    .action(compileModel);
}

async function compileModel(model: string, options: Options): Promise<void> {
  const { stopAt } = options;
  const given = await readInput(model, "model");
  compileOptions(options);
  const quantized = await quantizedModel(model, given, options);
  const bytes = quantized?.model ?? (await asTflite(model, given, options.shape));
  const output = options.output ?? `${basename(model).replace(/\.(tflite|onnx)$/i, "")}.nolf`;
  await checkOutput(output);
  const blob = await about(model, async () => {
    const settings = quantized ? compileOptions(options) : await settingsFor(bytes, options);
    return compile(bytes, { ...settings, ...(stopAt === undefined ? {} : { stopAt }) });
  });
  await writeOutput(output, blob);
  if (options.json) printJson({ output, ...blob.report });
  else print(summary(printable(output), printableAll(blob.report)));
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
