import { type Command, InvalidArgumentError, Option } from "commander";
import type { CompileOptions } from "../compile.ts";
import { NolfetError } from "../errors.ts";
import type { PixelOptions } from "../images/pixels.ts";
import { PACKAGE } from "../litert/module.ts";
import { parseShape } from "./model.ts";

/** What every command that compiles takes, as commander hands it on. */
export interface TargetOptions {
  target?: string;
  compat?: "mesa";
  strict?: boolean;
  allowUnproven?: boolean;
  calibrate?: string[];
  jobBudget?: number;
  litert?: string;
  shape?: Record<string, number[]>;
  json?: boolean;
}

/** What is compiled for where nothing is said, and nothing needs to be. */
export const DEFAULT_TARGET = "a311d";

/** `fallback` is what a command compiles for where nothing is said, if it has such a core. */
export function addTargetOptions(command: Command, fallback?: string): Command {
  const unsaid = fallback ? `default: ${fallback}` : "required, such as a311d";
  return addJson(
    command
      .option(
        "-t, --target <name>",
        `core to compile for (${unsaid}; \`nolfet targets\` lists them)`,
      )
      .addOption(
        new Option("--compat <driver>", "reproduce a driver's words").choices(["mesa"]).hideHelp(),
      )
      .addOption(
        new Option("--strict", "emit only jobs that are proven on silicon").conflicts(
          "allowUnproven",
        ),
      )
      .option("--allow-unproven", "also emit unproven jobs")
      .option(
        "--calibrate <files...>",
        "typical samples of the input: they quantize a float32 model, or round weights that are " +
          "quantized per channel",
        parseFiles,
      )
      .option(
        "--job-budget <jobs>",
        "for weights quantized per channel: number of jobs that all such layers together " +
          "may use for groups of channels, residual jobs and doublings of the input " +
          "(default: four or six times the layers)",
        parseJobs,
      )
      .option(
        "--shape <name=extents>",
        "an input's shape, for ONNX models that leave dimensions open, such as x=1,3,224,224",
        parseShape,
      )
      .option(
        "--litert <folder>",
        `where ${PACKAGE} is, for operators without a kernel (default: installed beside nolfet)`,
      ),
  );
}

/** How pictures become a network's numbers, for every command that reads some. */
export function addPictureOptions(command: Command): Command {
  return command
    .option("--mean <numbers>", "mean of the pixels: one number, or one per channel", parseNumbers)
    .option(
      "--std <numbers>",
      "deviation of the pixels: one number, or one per channel",
      parseNumbers,
    )
    .option(
      "--range <low,high>",
      "instead of both: what pixel values 0 and 255 become",
      parseNumbers,
    )
    .addOption(
      new Option("--order <channels>", "of the pixels (default: RGB)").choices(["RGB", "BGR"]),
    )
    .addOption(
      new Option(
        "--fit <how>",
        "how to fit a picture to the input's size (default: stretch)",
      ).choices(["stretch", "letterbox", "crop"]),
    )
    .option("--fill <value>", "pixel value of a letterbox's borders (default: 0)", Number);
}

/** The part of such options that is the library's. */
export function pictureOptions({ mean, std, range, order, fit, fill }: PixelOptions): PixelOptions {
  return {
    ...(mean && { mean }),
    ...(std && { std }),
    ...(range && { range }),
    ...(order && { order }),
    ...(fit && { fit }),
    ...(fill !== undefined && { fill }),
  };
}

export function addJson(command: Command): Command {
  return command.option("--json", "print one JSON document instead of text");
}

/**
 * The part of the options that is the library's. That a target is missing is reported here and not
 * by commander, which would tell it before a mistyped --target. Throws BAD_OPTION.
 */
export function compileOptions(options: TargetOptions, fallback?: string): CompileOptions {
  const { target = fallback, compat, strict, allowUnproven, jobBudget } = options;
  if (target === undefined) {
    throw new NolfetError("BAD_OPTION", "a core, such as --target a311d", "no --target");
  }
  return {
    target,
    ...(compat ? { compat } : {}),
    ...(strict ? { strict } : {}),
    ...(allowUnproven ? { allowUnproven } : {}),
    ...(jobBudget === undefined ? {} : { jobBudget }),
  };
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1) return jobs;
  throw new InvalidArgumentError("Expected a whole number from 1 on.");
}

/** Parses "127.5" or "123.7,116.3,103.5". */
function parseNumbers(text: string): number[] {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.every(Number.isFinite)) return numbers;
  throw new InvalidArgumentError("Expected a number, or several separated by commas.");
}

/** Parses "a.raw" or "a.raw,b.raw", after the files of options before it. */
export function parseFiles(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(",")];
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1e6) return count;
  throw new InvalidArgumentError("Expected a whole number from 1 to 1000000.");
}

/** What a command takes for a device. */
export const DEVICE_WORDS = "auto, emulator, or a path such as /dev/dri/renderD128";

export function parseMilliseconds(text: string): number {
  const milliseconds = Number(text);
  if (/^\d+$/.test(text) && milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError("Expected a number of milliseconds from 1.");
}
