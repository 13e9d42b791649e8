import type { Command } from "commander";
import { hasKernel } from "../cpu/engine.ts";
import { compile } from "../index.ts";
import { counted, grouped, percent } from "../numbers.ts";
import type { OperatorReport } from "../report.ts";
import { about, readInput } from "./files.ts";
import { addTargetOptions, compileOptions, type TargetOptions } from "./options.ts";
import { cpuReason } from "./reasons.ts";
import { paint, print, printJson, table } from "./terminal.ts";

export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .description("tell where each operator would run, and why")
    .argument("<model>", "a quantized .tflite file");
  addTargetOptions(command).action(checkModel);
}

async function checkModel(model: string, options: TargetOptions): Promise<void> {
  const settings = compileOptions(options);
  const bytes = await readInput(model);
  const { report } = await about(model, () => compile(bytes, settings));
  const operators = report.operators.map((operator) => ({
    ...operator,
    ...(operator.placement === "CPU" ? { cpuKernel: hasKernel(operator.name) } : {}),
  }));
  const npu = operators.filter(({ placement }) => placement === "NPU").length;
  const summary = {
    npuOperators: npu,
    cpuOperators: operators.length - npu,
    npuSegments: report.segments.filter(({ placement }) => placement === "NPU").length,
    macs: report.macs,
  };
  if (options.json) {
    printJson({ target: report.target, options: report.options, operators, summary });
    return;
  }
  print(
    table(["#", "operator", "on", "mark or reason", "MACs"], operators.map(row), ["#", "MACs"]),
  );
  const { npu: macs, total } = report.macs;
  print(
    `\n${npu} of ${counted(operators.length, "operator")} on the NPU of ${report.target}, ` +
      `in ${counted(summary.npuSegments, "segment")}: ${percent(macs, total)} of the multiply-accumulates`,
  );
}

function row(operator: OperatorReport): (string | number)[] {
  const { index, name, placement, mark = "", macs } = operator;
  return placement === "NPU"
    ? [index, name, paint.green(placement), mark, grouped(macs)]
    : [index, name, paint.yellow(placement), cpuReason(operator), grouped(macs)];
}
