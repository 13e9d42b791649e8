import type { Command } from "commander";
import type { RunTimes, Session } from "../index.ts";
import { noiseFor } from "../noise.ts";
import { counted, percent } from "../numbers.ts";
import { printable } from "../printable.ts";
import { about } from "./files.ts";
import { readModelFile } from "./model.ts";
import { openSession, type SessionChoice } from "./open-session.ts";
import {
  addTargetOptions,
  DEFAULT_TARGET,
  DEVICE_WORDS,
  parseCount,
  parseMilliseconds,
} from "./options.ts";
import { paint, print, printJson, table } from "./terminal.ts";

interface Options extends SessionChoice {
  runs: number;
}

const WARM_UP_RUNS = 2;

export function addBench(program: Command): void {
  const command = program
    .command("bench")
    .description("measure how long runs of a network take here")
    .argument("<file>", "a .tflite, .onnx or .nolf file");
  addTargetOptions(command, DEFAULT_TARGET)
    .option("-d, --device <device>", DEVICE_WORDS, "auto")
    .option(
      "--timeout <ms>",
      "time limit of a device for one segment, in milliseconds",
      parseMilliseconds,
    )
    .option("-n, --runs <number>", "runs that are measured, after a warm-up", parseCount, 20)
    .action(bench);
}

/** Milliseconds of all runs. */
interface Spread {
  minimum: number;
  median: number;
  percentile95: number;
}

async function bench(file: string, options: Options): Promise<void> {
  const bytes = await readModelFile(file, options.shape);
  const session = await about(file, () => openSession(bytes, options));
  try {
    const feeds = noiseFor(session.inputs);
    const times: RunTimes[] = [];
    for (let run = 0; run < WARM_UP_RUNS + options.runs; run++) {
      await session.run(feeds);
      if (run >= WARM_UP_RUNS) times.push(session.times);
    }
    const document = documentOf(file, session, times);
    if (options.json) printJson(document);
    else print(textOf(document, session.device.name === "emulator"));
  } finally {
    await session.release();
  }
}

function documentOf(file: string, { report, device }: Session, times: RunTimes[]) {
  const segments = report.segments.map(({ placement, operators, nnJobs, tpJobs }, i) => ({
    placement,
    operators: operators.length,
    jobs: nnJobs + tpJobs,
    milliseconds: spread(times.map(({ segments }) => segments[i] ?? 0)),
  }));
  const onCpu = (run: RunTimes) =>
    run.segments.reduce(
      (sum, time, i) => (report.segments[i]?.placement === "CPU" ? sum + time : sum),
      0,
    );
  return {
    file,
    target: report.target,
    device,
    runs: times.length,
    milliseconds: spread(times.map(({ host }) => host)),
    npuMilliseconds: spread(times.map(({ device }) => device)),
    cpuMilliseconds: spread(times.map(onCpu)),
    segments,
  };
}

/** The 95th percentile is the least time that 95 % of the runs do not exceed. */
function spread(times: number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] as number;
  return { minimum: at(0), median: at(0.5), percentile95: at(0.95) };
}

function textOf(document: ReturnType<typeof documentOf>, isEmulated: boolean): string {
  const { file, target, device, runs, segments } = document;
  const { milliseconds, npuMilliseconds, cpuMilliseconds } = document;
  const total = milliseconds.median;
  const row = (name: string, what: string, spread: Spread) => [
    name,
    what,
    ...[spread.minimum, spread.median, spread.percentile95].map((time) => time.toFixed(2)),
    percent(spread.median, total),
  ];
  const rows = [
    ...segments.map(({ placement, operators, jobs, milliseconds }, i) => {
      const what = counted(operators, "operator") + (jobs > 0 ? `, ${counted(jobs, "job")}` : "");
      return row(`segment ${i} (${placement})`, what, milliseconds);
    }),
    row("NPU", "", npuMilliseconds),
    row("CPU", "", cpuMilliseconds),
    row("run", "", milliseconds),
  ];
  const numbers = ["minimum", "median", "95 %", "of the run"];
  return [
    paint.dim(
      printable(
        `${file} for ${target}, ${counted(runs, "run")} on ${device.name}: ${device.reason}`,
      ),
    ),
    table(["milliseconds", "", ...numbers], rows, numbers),
    ...(isEmulated ? ["The emulator ran it: these times say nothing of an NPU's speed."] : []),
  ].join("\n");
}
