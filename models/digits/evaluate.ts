// Runs the digits that no model was trained on through the emulated A311D and prints how many are
// right and what is taken for what: `npm run digits`. Exits 1 where a model falls short.
import { readFile } from "node:fs/promises";
import { SingleBar } from "cli-progress";
import Table from "cli-table3";
import { compile, Session, type TensorInfo, type TypedArray, topScores } from "../../host/index.ts";
import type { Digit } from "./data/digits.ts";

const MODELS = ["digits_uint8", "digits_int8"];
/** The share of right answers that the network gives in floating point: `npm run train` prints it. */
const FLOAT = 0.986;
/** How much lower the share of a model in integers may be. */
const LOSS = 0.003;

const { CLASSES, splitDigits } = await import("./data/digits.ts").catch((error) => {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.error("the digits are not installed: npm ci --omit=dev --prefix models/digits");
  process.exit(1);
});

const { test } = splitDigits();
for (const model of MODELS) {
  const answers = await classify(model, test);
  console.log(confusionTable(test, answers));
  const right = test.filter(({ label }, i) => answers[i] === label).length;
  console.log(`${model}: ${right} of ${test.length} right, ${percent(right / test.length)}`);
  if (right < Math.round((FLOAT - LOSS) * test.length)) {
    console.error(`${model}: expected at least ${percent(FLOAT - LOSS)}`);
    process.exitCode = 1;
  }
}

/** What a model takes each of the digits for. */
async function classify(name: string, digits: readonly Digit[]): Promise<number[]> {
  const model = await readFile(new URL(`${name}.tflite`, import.meta.url));
  const blob = await compile(model, { target: "a311d" });
  const session = await Session.create(blob, { device: "emulator" });
  const [input, output] = [session.inputs[0], session.outputs[0]] as [TensorInfo, TensorInfo];
  const isSigned = input.dtype === "int8";
  const bar = new SingleBar({ format: "{bar} {value}/{total} digits | {eta_formatted} left" });
  bar.start(digits.length, 0);
  const answers: number[] = [];
  for (const { pixels } of digits) {
    const values = isSigned ? Int8Array.from(pixels, (pixel) => pixel - 128) : pixels;
    const { probabilities } = await session.run({ input: values });
    answers.push(...topScores(probabilities as TypedArray, output, 1).map(({ index }) => index));
    bar.increment();
  }
  bar.stop();
  await session.release();
  return answers;
}

/** How often each digit (row) was taken for which (column). */
function confusionTable(digits: readonly Digit[], answers: readonly number[]): string {
  const classes = Array.from({ length: CLASSES }, (_, digit) => digit);
  const table = new Table({
    head: ["written \\ read", ...classes.map(String), "right"],
    colAligns: ["left", ...classes.map(() => "right" as const), "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const digit of classes) {
    const reads = answers.filter((_, i) => digits[i]?.label === digit);
    const counts = classes.map((read) => reads.filter((answer) => answer === read).length);
    const share = percent((counts[digit] ?? 0) / reads.length);
    table.push([digit, ...counts.map((count) => count || "·"), share]);
  }
  return table.toString();
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
