/**
 * `npm run bench`: how long nolfet takes to compile a model, to load the blob and to run it on
 * the emulator, and the last of these beside LiteRT's reference kernels. `--rounds N` sets how
 * often. Both run in this process, on one thread; loading into a device, in one of its own.
 */
import { cpus } from "node:os";
import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { VERSION } from "../../assembly/compiler/version.ts";
import { compile, Session, type TensorInfo } from "../../host/index.ts";
import { compileForLiteRt, type LiteRtRunner } from "../../host/litert/runtime.ts";
import { chooseReferenceKernels } from "../support/litert.ts";
import { MeasuredDevice } from "./device.ts";
import { type Summary, summarize, timed } from "./samples.ts";
import { loadSubjects, type Subject } from "./subjects.ts";

const TARGETS = ["a311d", "imx8mp"];
const WARM_UP_ROUNDS = 2;

/** Milliseconds that each took, one after the other. */
interface Round {
  compile: number;
  load: number;
  infer: number;
  liteRt: number;
}

const { rounds } = new Command("bench")
  .description("measure compiling, loading and emulated inference")
  .option("--rounds <n>", "rounds that count, after the warm-up", positive, 10)
  .parse()
  .opts<{ rounds: number }>();

const liteRtVersion = chooseReferenceKernels();
const table = new Table({
  head: [
    ...["model", "core", "compile", "load, device", "load, emulator"],
    ...["infer", "LiteRT", "infer / LiteRT"],
  ],
  colAligns: ["left", "left", "right", "right", "right", "right", "right", "right"],
  style: { head: [], border: [] },
});

const device = await MeasuredDevice.create();
for (const subject of await loadSubjects()) {
  const runner = await compileForLiteRt(subject.model);
  await checkKernels(runner, subject);
  for (const target of TARGETS) {
    for (let i = 0; i < WARM_UP_ROUNDS; i++) await playRound(subject, target, i, runner);
    const played: Round[] = [];
    for (let i = 0; i < rounds; i++) played.push(await playRound(subject, target, i, runner));
    const loads = await deviceLoads(subject, target);
    table.push([subject.name, target, ...cells(played, loads)]);
  }
  runner.release();
}
await device?.close();

const other = `LiteRT ${liteRtVersion} with its reference kernels`;
console.log(`nolfet ${VERSION}, ${other}; Node ${process.version}, ${cpus()[0]?.model}`);
console.log(
  `milliseconds, median of ${rounds} rounds after ${WARM_UP_ROUNDS} to warm up, least–greatest below;` +
    " ratios within a round",
);
console.log(table.toString());

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("Expected a number from 1.");
  return Number(text);
}

/** Comparing is only fair with the kernels that were asked for: their results are on record. */
async function checkKernels(
  runner: LiteRtRunner,
  { name, input, reference }: Subject,
): Promise<void> {
  if (!reference) return;
  const [output = new Uint8Array()] = await runner.run([input]);
  if (Buffer.compare(output, reference) === 0) return;
  console.log(`${name}: LiteRT does not give the result on record for its reference kernels`);
}

async function playRound(
  { model, input }: Subject,
  target: string,
  index: number,
  runner: LiteRtRunner,
): Promise<Round> {
  const [compiling, blob] = await timed(() => compile(model, { target }));
  const [load, session] = await timed(() => Session.create(blob, { device: "emulator" }));
  const feeds = { [(session.inputs[0] as TensorInfo).name]: input };
  const round: Round = { compile: compiling, load, infer: Number.NaN, liteRt: Number.NaN };
  const contenders = [
    async () => {
      [round.infer] = await timed(() => session.run(feeds));
    },
    async () => {
      [round.liteRt] = await timed(() => runner.run([input]));
    },
  ];
  // Neither always goes first, in case the one finds caches as the other left them.
  if (index % 2 === 1) contenders.reverse();
  for (const contender of contenders) await contender();
  await session.release();
  return round;
}

/** From the file to a session that is ready: the blob is verified, allocated for and uploaded. */
async function deviceLoads({ model }: Subject, target: string): Promise<number[]> {
  if (!device) return [];
  const blob = await compile(model, { target });
  const loads = await device.load(blob, target, WARM_UP_ROUNDS + rounds);
  return loads.slice(WARM_UP_ROUNDS);
}

function cells(played: Round[], loads: number[]): string[] {
  const summary = (digits: number, value: (round: Round) => number) =>
    text(summarize(played.map(value)), digits);
  return [
    summary(1, ({ compile }) => compile),
    loads.length > 0 ? text(summarize(loads), 1) : "",
    summary(1, ({ load }) => load),
    summary(1, ({ infer }) => infer),
    summary(1, ({ liteRt }) => liteRt),
    summary(2, ({ infer, liteRt }) => infer / liteRt),
  ];
}

function text({ median, least, greatest }: Summary, digits: number): string {
  const [middle, low, high] = [median, least, greatest].map((value) => value.toFixed(digits));
  return `${middle}\n${low}–${high}`;
}
