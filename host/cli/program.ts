import { Command } from "commander";
import { VERSION } from "../../assembly/compiler/version.ts";
import { printable } from "../printable.ts";
import { addCheck } from "./check.ts";
import { addCompare } from "./compare.ts";
import { addCompile } from "./compile.ts";
import { addDevices } from "./devices.ts";
import { addInspect } from "./inspect.ts";
import { addQuantize } from "./quantize.ts";
import { addReport } from "./report.ts";
import { addRun } from "./run.ts";
import { addSelfTest } from "./selftest.ts";
import { addTargets } from "./targets.ts";

/** The command line: one command a file. Errors throw; commander's own, in one line each. */
export function createProgram(): Command {
  const program = new Command("nolfet")
    .description("Compiles .tflite models for VeriSilicon/Vivante NPUs, and runs them.")
    .version(VERSION, "-v, --version")
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        write(`nolfet: ${printable(text.trim().replace(/\s*\n\s*/g, " "))}\n`);
      },
    });
  for (const add of [
    addCompile,
    addRun,
    addQuantize,
    addCheck,
    addCompare,
    addInspect,
    addReport,
    addDevices,
    addSelfTest,
    addTargets,
  ])
    add(program);
  return program;
}
