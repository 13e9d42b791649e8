import { Command } from "commander";
import { VERSION } from "../../assembly/compiler/version.ts";
import { addBench } from "./bench.ts";
import { addCheck } from "./check.ts";
import { addCompare } from "./compare.ts";
import { addCompile } from "./compile.ts";
import { addCompletion } from "./completion.ts";
import { addDevices } from "./devices.ts";
import { addDiff } from "./diff.ts";
import { addInspect } from "./inspect.ts";
import { addQuantize } from "./quantize.ts";
import { addReport } from "./report.ts";
import { addRun } from "./run.ts";
import { addSelfTest } from "./selftest.ts";
import { addTargets } from "./targets.ts";
import { usageLine } from "./terminal.ts";

/** The command line: one command a file. Errors throw; commander's own, in one line each. */
export function createProgram(): Command {
  const program = new Command("nolfet")
    .description("Compiles .tflite models for VeriSilicon/Vivante NPUs, and runs them.")
    .version(VERSION, "-v, --version")
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(usageLine(text)),
    });
  for (const add of [
    addCompile,
    addRun,
    addQuantize,
    addCheck,
    addCompare,
    addBench,
    addDiff,
    addInspect,
    addReport,
    addDevices,
    addSelfTest,
    addTargets,
    addCompletion,
  ])
    add(program);
  for (const command of program.commands) refuseRepeatedOptions(command);
  return program;
}

/**
 * An option that takes one value must not be given twice: which one counts would be a guess. One that
 * collects its values has a parser with a second parameter, for those before.
 */
function refuseRepeatedOptions(command: Command): void {
  for (const option of command.options) {
    const collects = option.variadic || option.parseArg?.length === 2;
    if (collects || !(option.required || option.optional)) continue;
    let times = 0;
    command.on(`option:${option.name()}`, () => {
      if (++times > 1) command.error(`error: option '${option.long}' is given more than once`);
    });
  }
}
