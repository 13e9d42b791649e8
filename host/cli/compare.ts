import type { Command } from "commander";
import {
  type Comparison,
  compareModel,
  MOST_ERRORS,
  MOST_RMS,
  MOST_SHARE,
  MOST_STEPS,
  type OperatorComparison,
} from "../compare/compare.ts";
import type { Difference } from "../compare/difference.ts";
import { NolfetError } from "../errors.ts";
import type { TensorInfo } from "../feeds.ts";
import { noiseFor } from "../noise.ts";
import { counted, percent } from "../numbers.ts";
import { printable, printableAll } from "../printable.ts";
import { settingsFor } from "./calibration.ts";
import { type FeedOptions, readFeeds } from "./feeds.ts";
import { about } from "./files.ts";
import { readModelFile } from "./model.ts";
import {
  addPictureOptions,
  addTargetOptions,
  compileOptions,
  parseFiles,
  type TargetOptions,
} from "./options.ts";
import { paint, print, printJson, table } from "./terminal.ts";

interface Options extends TargetOptions, FeedOptions {}

export function addCompare(program: Command): void {
  const command = program
    .command("compare")
    .description("compare the NPU's tensors with the CPU's, layer by layer")
    .argument("<model>", "a quantized .tflite or .onnx file");
  addPictureOptions(addTargetOptions(command))
    .option(
      "-i, --image <file>",
      "a picture (PNG, JPEG, BMP, GIF, TIFF); noise where none is given",
    )
    .option(
      "--input <files>",
      "raw bytes of each input, in its type and layout (NHWC): separated by commas, or repeated",
      parseFiles,
    )
    .action(compareFile);
}

async function compareFile(path: string, options: Options): Promise<void> {
  const model = await readModelFile(path, options.shape);
  compileOptions(options);
  if (options.image !== undefined && options.input !== undefined) {
    throw new NolfetError("BAD_OPTION", "one of them", "both --image and --input");
  }
  const isNoise = options.image === undefined && options.input === undefined;
  let input = isNoise ? "pseudo-random bytes" : "the given tensors";
  const feed = async (inputs: readonly TensorInfo[]) => {
    if (isNoise) return noiseFor(inputs);
    const { feeds, preprocessing } = await readFeeds(inputs, options);
    input = preprocessing ?? input;
    return feeds;
  };
  const comparison = await about(path, async () => {
    const settings = await settingsFor(model, options);
    return compareModel(model, settings, feed, { litert: options.litert });
  });
  if (options.json) printJson({ file: path, input, ...comparison });
  else print(describe(printableAll(comparison), printable(input)));
}

const NUMBERS = [
  "largest",
  "mean",
  "differing",
  "alone: largest",
  "alone: mean",
  "alone: differing",
  "expected",
  "measured",
];
const HEAD = ["#", "operator", "on", ...NUMBERS, ""];

const OF_CHANNELS =
  "Operators quantized per channel and products of two tensors have an expected and a measured error\n" +
  `(root mean squares). One is off with a measured error beyond ${MOST_RMS}, or with\n` +
  `a mean beyond ${MOST_SHARE} and ${MOST_ERRORS} times the expected one`;

function describe(comparison: Comparison, input: string): string {
  const { target, operators, firstOff } = comparison;
  const rows = operators.map((operator) => row(operator, operator.index === firstOff));
  const onNpu = operators.filter(({ placement }) => placement === "NPU");
  const alone = onNpu.filter((operator) => operator.alone);
  const verdict =
    firstOff === undefined
      ? paint.green("no operator is off")
      : paint.red(`operator ${firstOff} is the first that is off`);
  return [
    table(HEAD, rows, ["#", ...NUMBERS]),
    "",
    `${target}, fed with ${input}; steps of each tensor's quantization`,
    "The first columns compare the whole networks, where differences add up. The others compare each",
    "operator alone, with the CPU's inputs (or the NPU's, if it runs there only among others). An operator",
    `is off beyond ${MOST_STEPS} steps or with more than ` +
      `${percent(MOST_SHARE, 1)} of its elements differing.`,
    ...(operators.some(({ error }) => error !== undefined) ? [OF_CHANNELS] : []),
    `${counted(onNpu.length, "operator")} on the NPU, ${alone.length} of them alone, too: ${verdict}`,
  ].join("\n");
}

function row(operator: OperatorComparison, isFirst: boolean): (string | number)[] {
  const { index, name, placement, together, alone, isOff } = operator;
  const remark = isFirst ? "← first off" : isOff ? "← off" : "";
  const cells = [
    ...numbers(together),
    ...(alone ? numbers(alone) : ["–", "–", "–"]),
    ...[operator.expected, operator.measured].map((error) => error?.toFixed(3) ?? "–"),
  ];
  return [index, name, placement, ...cells, paint.red(remark)];
}

function numbers({ largest, mean, share }: Difference): string[] {
  return [`${Number(largest.toPrecision(4))}`, mean.toFixed(3), percent(share, 1)];
}
