// Runs the digits that the model was never trained on through the emulated A311D and prints how
// many are right and what is taken for what: `npm run digits`. Exits 1 below the bound.
import { readFile } from "node:fs/promises";
import { SingleBar } from "cli-progress";
import Table from "cli-table3";
import { compile, Session, type TensorInfo, type TypedArray, topScores } from "../../host/index.ts";
import type { Digit } from "./data/digits.ts";

/** The share of right answers that the model must reach. */
const BOUND = 0.98;

const { CLASSES, splitDigits } = await import("./data/digits.ts").catch((error) => {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.error("the digits are not installed: npm ci --omit=dev --prefix models/digits");
  process.exit(1);
});

const { test } = splitDigits();
const answers = await classify(test);
console.log(confusionTable(test, answers));
const right = test.filter(({ label }, i) => answers[i] === label).length;
console.log(`${right} of ${test.length} right: ${percent(right / test.length)}`);
if (right < BOUND * test.length) {
  console.error(`expected at least ${percent(BOUND)}`);
  process.exitCode = 1;
}

/** What the model takes each of the digits for. */
async function classify(digits: readonly Digit[]): Promise<number[]> {
  const model = await readFile(new URL("digits_uint8.tflite", import.meta.url));
  const blob = await compile(model, { target: "a311d" });
  const session = await Session.create(blob, { device: "emulator" });
  const output = session.outputs[0] as TensorInfo;
  const bar = new SingleBar({ format: "{bar} {value}/{total} digits | {eta_formatted} left" });
  bar.start(digits.length, 0);
  const answers: number[] = [];
  for (const { pixels } of digits) {
    const { probabilities } = await session.run({ input: pixels });
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
