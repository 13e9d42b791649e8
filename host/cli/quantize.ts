import { basename } from "node:path";
import type { Command } from "commander";
import { elementsOf } from "../dtype.ts";
import { NolfetError } from "../errors.ts";
import type { PixelOptions } from "../images/pixels.ts";
import type { NoiseLevel, QuantizedModel, RealNetwork } from "../importer.ts";
import { printable } from "../printable.ts";
import { about } from "./files.ts";
import { readInput } from "./input.ts";
import { openReal, parseShape } from "./model.ts";
import { addJson, addPictureOptions, parseFiles } from "./options.ts";
import { checkOutput, writeOutput } from "./output.ts";
import { addSamples } from "./samples.ts";
import { paint, print, printJson, printNote, table } from "./terminal.ts";

interface QuantizeOptions extends PixelOptions {
  calibrate?: string[];
  shape?: Record<string, number[]>;
  keepFloat?: string[];
  int8?: boolean;
  json?: boolean;
}

interface Options extends QuantizeOptions {
  output?: string;
}

export function addQuantize(program: Command): void {
  const command = program
    .command("quantize")
    .description("quantize a float32 model to uint8, one scale per tensor")
    .argument("<model>", "a float32 .onnx or .tflite file");
  addJson(addPictureOptions(command))
    .option(
      "--calibrate <files...>",
      "typical samples of the input: pictures, .npy files, raw float32 tensors, or folders",
      parseFiles,
    )
    .option("--shape <name=extents>", "an input's shape, such as x=1,3,224,224", parseShape)
    .option(
      "--keep-float <tensors...>",
      "tensors that stay float32, and the operators that make or read them",
    )
    .option("--int8", "int8 with weights around 0, for tools that read no uint8")
    .option(
      "-o, --output <file>",
      "where to write (default: the model's name, .uint8.tflite or .int8.tflite, here)",
    )
    .action(quantizeFile);
}

async function quantizeFile(model: string, options: Options): Promise<void> {
  const ending = options.int8 ? "int8.tflite" : "uint8.tflite";
  const output = options.output ?? `${basename(model).replace(/\.(tflite|onnx)$/i, "")}.${ending}`;
  const network = await openReal(model, await readInput(model, "model"), options.shape);
  if (!network) throw new NolfetError("BAD_INPUT", "a model of real numbers", "another one");
  await checkOutput(output);
  const result = await quantized(model, network, options);
  await writeOutput(output, result.model);
  const { outputs, values } = result;
  if (options.json) printJson({ output, bytes: result.model.length, outputs, values });
  else print(summary(output, result));
}

/** The quantized model, if samples are given for a float32 model; else undefined. */
export async function quantizedModel(
  model: string,
  bytes: Uint8Array,
  options: QuantizeOptions,
): Promise<QuantizedModel | undefined> {
  if (options.calibrate === undefined) return undefined;
  const network = await openReal(model, bytes, options.shape);
  return network && quantized(model, network, options);
}

async function quantized(
  model: string,
  network: RealNetwork,
  options: QuantizeOptions,
): Promise<QuantizedModel> {
  if (options.int8) network.useInt8();
  for (const tensor of options.keepFloat ?? []) network.keepFloat(tensor);
  if (options.calibrate) await addSamples(network, options.calibrate, options);
  else if (options.range) addGuesses(network, options.range);
  else {
    const expected = "--calibrate FILES, or at least --range LOW,HIGH";
    throw new NolfetError("BAD_OPTION", expected, "neither");
  }
  const bar = await progressBar();
  try {
    return await about(model, () => network.quantize(bar.update));
  } finally {
    bar.stop();
  }
}

/** Samples that the network is tried with where there are none. */
const GUESSES = 8;

/** Smooth noise in the range of the input, the same each time. */
function addGuesses(network: RealNetwork, [low = 0, high = 1]: number[]): void {
  printNote(
    "no samples to calibrate by: ranges are guessed from noise, which costs several dB and may ruin " +
      "a network; give some with --calibrate",
  );
  let seed = 12345;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let sample = 0; sample < GUESSES; sample++) {
    const inputs = network.inputs.map(({ shape }) => noise(shape, low, high, random));
    network.addSample(inputs);
  }
  network.inputs.forEach((_, i) => {
    network.setInputRange(i, [low, high]);
  });
}

/** Squares of 16 × 16 pixels of one colour, and a little noise on them. */
function noise(shape: number[], low: number, high: number, random: () => number): Float32Array {
  const [, height = 1, width = 1, channels = 1] = shape;
  const squares = Array.from(
    { length: Math.ceil(height / 16) * Math.ceil(width / 16) * channels },
    random,
  );
  return Float32Array.from({ length: elementsOf(shape) }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const [x, y] = [pixel % width, Math.floor(pixel / width) % height];
    const square = Math.floor(y / 16) * Math.ceil(width / 16) + Math.floor(x / 16);
    const value = squares[square * channels + (i % channels)] ?? 0.5;
    return low + (high - low) * (0.9 * value + 0.1 * random());
  });
}

interface Bar {
  update(part: number): void;
  stop(): void;
}

/** On a terminal; elsewhere nothing is shown. */
async function progressBar(): Promise<Bar> {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  const { SingleBar } = await import("cli-progress");
  const bar = new SingleBar({ format: "quantizing {bar} {percentage} %", hideCursor: true });
  bar.start(1, 0);
  return { update: (part) => bar.update(part), stop: () => bar.stop() };
}

/** Converters join the names of all that became one operator. */
const MOST_LETTERS = 60;
/** So many layers are shown, those that lose most. */
const WORST = 8;

function summary(output: string, { model, outputs, values }: QuantizedModel): string {
  const worst = [...values].sort((a, b) => a.decibels - b.decibels).slice(0, WORST);
  return [
    `${paint.dim("written")}  ${paint.bold(printable(output))} (${model.length} bytes)`,
    "",
    levels("output", outputs),
    "",
    levels("values with the most noise", worst),
  ].join("\n");
}

function levels(title: string, rows: NoiseLevel[]): string {
  const cells = rows.map(({ name, decibels }) => [
    printable(name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS)}…` : name),
    `${decibels.toFixed(1)} dB`,
  ]);
  return table([title, "signal to noise"], cells, ["signal to noise"]);
}
