import { type Command, InvalidArgumentError, Option } from "commander";
import type { CompileOptions } from "../compile.ts";

/** What every command that compiles takes, as commander hands it on. */
export interface TargetOptions {
  target?: string;
  compat?: "mesa";
  strict?: boolean;
  allowUnproven?: boolean;
  json?: boolean;
}

export function addTargetOptions(command: Command, required: boolean): Command {
  const words = "core to compile for, such as a311d (see `nolfet targets`)";
  const target = new Option("-t, --target <name>", words);
  return addJson(
    command
      .addOption(target.makeOptionMandatory(required))
      .addOption(new Option("--compat <driver>", "reproduce a driver's words").choices(["mesa"]))
      .addOption(
        new Option("--strict", "give the NPU only jobs proven on silicon").conflicts(
          "allowUnproven",
        ),
      )
      .option("--allow-unproven", "give the NPU unproven jobs, too"),
  );
}

export function addJson(command: Command): Command {
  return command.option("--json", "print one JSON document instead of text");
}

/** The part of the options that is the library's. */
export function compileOptions(options: TargetOptions, target: string): CompileOptions {
  const { compat, strict, allowUnproven } = options;
  return {
    target,
    ...(compat ? { compat } : {}),
    ...(strict ? { strict } : {}),
    ...(allowUnproven ? { allowUnproven } : {}),
  };
}

/** Parses "127.5" or "123.7,116.3,103.5". */
export function parseNumbers(text: string): number[] {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.every(Number.isFinite)) return numbers;
  throw new InvalidArgumentError("Expected a number, or several separated by commas.");
}
