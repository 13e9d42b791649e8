import { basename } from "node:path";
import type { Command } from "commander";
import type { Mark } from "../blob/blob.ts";
import { compile } from "../index.ts";
import type { Report } from "../report.ts";
import { about, readInput, writeOutput } from "./files.ts";
import { addTargetOptions, compileOptions, type TargetOptions } from "./options.ts";
import { grouped, megabytes, paint, print, printJson } from "./terminal.ts";

const MARKS: Mark[] = ["proven", "expected", "unproven"];

interface Options extends TargetOptions {
  target: string;
  output?: string;
}

export function addCompile(program: Command): void {
  const command = program
    .command("compile")
    .description("compile a model into a .nolf file")
    .argument("<model>", "a quantized .tflite file");
  addTargetOptions(command, true)
    .option("-o, --output <file>", "where to write (default: the model's name, .nolf, here)")
    .action(compileModel);
}

async function compileModel(model: string, options: Options): Promise<void> {
  const bytes = await readInput(model);
  const blob = await about(model, () => compile(bytes, compileOptions(options, options.target)));
  const output = options.output ?? `${basename(model).replace(/\.tflite$/i, "")}.nolf`;
  await writeOutput(output, blob);
  if (options.json) printJson({ output, ...blob.report });
  else print(summary(output, blob.report));
}

function summary(output: string, report: Report): string {
  const { operators, weights, memory, macs, estimate, target } = report;
  const onNpu = operators.filter(({ placement }) => placement === "NPU");
  const ratio = weights.modelBytes === 0 ? 1 : weights.coefficientBytes / weights.modelBytes;
  const share = macs.total === 0 ? 0 : (100 * macs.npu) / macs.total;
  const lines = [
    ["written", `${paint.bold(output)} (${megabytes(memory.fileBytes)}) for ${target}`],
    [
      "operators",
      `${onNpu.length} on the NPU${marks(onNpu)}, ${operators.length - onNpu.length} on the CPU`,
    ],
    ["arithmetic", `${grouped(macs.npu)} multiply-accumulates, ${share.toFixed(1)} % on the NPU`],
    [
      "weights",
      `${megabytes(weights.modelBytes)} in the model, ` +
        `${megabytes(weights.coefficientBytes)} coded (${ratio.toFixed(2)})`,
    ],
    [
      "memory",
      `${megabytes(memory.deviceBytes)} on the device: constants ` +
        `${megabytes(memory.constantBytes)}, arena ${megabytes(memory.arenaBytes)}`,
    ],
    [
      "time",
      `at least ${estimate.milliseconds.toFixed(2)} ms on the NPU ` +
        `(arithmetic alone, at ${estimate.megahertz} MHz)`,
    ],
  ];
  const onCpu = operators.filter(({ placement }) => placement === "CPU");
  for (const { index, name, reason } of onCpu) lines.push(["CPU", `${index} ${name}: ${reason}`]);
  return lines.map(([title, text]) => `${paint.dim((title ?? "").padEnd(11))}${text}`).join("\n");
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
