import type { Command } from "commander";
import { adviceOf, compile, explain, openBlob } from "../index.ts";
import { counted, grouped, shareOfMacs } from "../numbers.ts";
import { printableAll } from "../printable.ts";
import type { OperatorReport } from "../report.ts";
import { settingsFor } from "./calibration.ts";
import { channelWords } from "./channels.ts";
import { about } from "./files.ts";
import { readModelFile } from "./model.ts";
import { addTargetOptions, compileOptions, type TargetOptions } from "./options.ts";

import { cpuReason } from "./reasons.ts";
import { paint, print, printJson, table } from "./terminal.ts";

export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .description("show where each operator runs, and why")
    .argument("<model>", "a quantized .tflite or .onnx file");
  addTargetOptions(command).action(checkModel);
}

async function checkModel(model: string, options: TargetOptions): Promise<void> {
  const bytes = await readModelFile(model, options.shape);
  compileOptions(options);
  const blob = await about(model, async () => compile(bytes, await settingsFor(bytes, options)));
  const { report } = blob;
  const { operators } = report;
  const explanation = explain(openBlob(blob), blob.length);
  const ranked = adviceOf(explanation, options.calibrate !== undefined);
  const advice = printableAll(ranked.map(({ text }) => text));
  const npu = operators.filter(({ placement }) => placement === "NPU").length;
  const summary = {
    npuOperators: npu,
    cpuOperators: operators.length - npu,
    npuSegments: report.segments.filter(({ placement }) => placement === "NPU").length,
    macs: report.macs,
    ...(report.channels ? { channels: report.channels } : {}),
    ...(advice.length > 0 ? { advice } : {}),
  };
  if (options.json) {
    printJson({ target: report.target, options: report.options, operators, summary });
    return;
  }
  const { channels } = report;
  const hasErrors = operators.some(({ error }) => error !== undefined);
  const further = [...(channels ? CHANNELS : []), ...(hasErrors ? ["error"] : [])];
  const head = ["#", "operator", "on", "mark or reason", "MACs", ...further];
  const rows = printableAll(operators).map((operator) => [
    ...row(operator),
    ...(channels ? channelCells(operator) : []),
    ...(hasErrors ? [operator.error?.toFixed(4) ?? ""] : []),
  ]);
  print(table(head, rows, ["#", "MACs", ...further]));
  print(
    `\n${npu} of ${counted(operators.length, "operator")} on the NPU of ${report.target}, ` +
      `in ${counted(summary.npuSegments, "segment")}: ${shareOfMacs(report.macs)}`,
  );
  if (channels) print(`Quantized per channel: ${channelWords(channels)}`);
  if (advice.length > 0) print(["", "What would help:", ...advice.map(bullet)].join("\n"));
}

function bullet(sentence: string): string {
  return `- ${sentence}`;
}

/** Of layers with weights quantized per channel. */
const CHANNELS = ["groups", "residual"];

function channelCells({ groups, inputCopies }: OperatorReport): (string | number)[] {
  if (groups === undefined) return CHANNELS.map(() => "");
  return [groups, inputCopies ? counted(inputCopies, "input") : ""];
}

function row(operator: OperatorReport): (string | number)[] {
  const { index, name, placement, mark = "", macs } = operator;
  return placement === "NPU"
    ? [index, name, paint.green(placement), mark, grouped(macs)]
    : [index, name, paint.yellow(placement), cpuReason(operator), grouped(macs)];
}
