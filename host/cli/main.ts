import { CommanderError } from "commander";
import { fileError, NolfetError } from "../errors.ts";
import { createProgram } from "./program.ts";
import { printError } from "./terminal.ts";

/** Wrong usage: what the command line itself gets wrong. The rest is refused input. */
const USAGE_CODES = ["BAD_OPTION", "UNSUPPORTED_TARGET"];

// A reader that has seen enough (`| head`) closes the pipe: nothing to complain about.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  printError(fileError("a writable standard output", error), false);
  process.exit(1);
});

process.exitCode = (await run(process.argv)) || (process.exitCode ?? 0);

/** Gives the exit code: 0 success, 1 a refused input, 2 wrong usage. */
async function run(argv: string[]): Promise<number> {
  try {
    await createProgram().parseAsync(modelsFirst(argv));
    return 0;
  } catch (error) {
    // Commander has printed its own complaint; help and version are none.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printError(error, argv.includes("--json"));
    return error instanceof NolfetError && USAGE_CODES.includes(error.code) ? 2 : 1;
  }
}

/**
 * `--calibrate a.png b.png model.tflite`: no sample is a model, so models among the samples are moved to
 * where the parser looks for them.
 */
function modelsFirst(argv: string[]): string[] {
  const models: string[] = [];
  const others: string[] = [];
  let isSample = false;
  for (const word of argv.slice(3)) {
    if (/^-./.test(word)) isSample = word === "--calibrate";
    (isSample && /^-$|\.(tflite|onnx)$/i.test(word) ? models : others).push(word);
  }
  return [...argv.slice(0, 3), ...models, ...others];
}
