import type { TypedArray } from "../dtype.ts";
import { type Session, type TensorInfo, topScores } from "../index.ts";
import { counted } from "../numbers.ts";
import { printable } from "../printable.ts";
import { classifierNames } from "../results/names/classifier-names.ts";
import type { Result } from "../results/result.ts";
import { classCount, extremesOf } from "../scores.ts";
import { describeResult } from "./result-text.ts";
import { paint } from "./terminal.ts";

/** A run that has happened. */
export interface FinishedRun {
  file: string;
  session: Session;
  outputs: Record<string, TypedArray>;
  /** What they mean, where a picture was fed and a decoder knows the network. */
  result?: Result | undefined;
  /** What was done to a picture, in words. */
  preprocessing?: string | undefined;
  /** Output files that were written. */
  files: string[];
  labels?: string[] | undefined;
}

interface Top {
  index: number;
  score: number;
  label: string;
}

/** The same run for people and as a document. */
export function describeRun(run: FinishedRun): { text: string; document: object } {
  const { session, preprocessing, files } = run;
  const { report, device, times } = session;
  const onCpu = report.operators.filter(({ placement }) => placement === "CPU");
  const onNpu = report.operators.filter(({ placement }) => placement === "NPU");
  const top = topOf(run);

  const lines = [
    `${onNpu.length} of ${counted(report.operators.length, "operator")} on the NPU ` +
      `(${report.target}, ${device.name}: ${device.reason})`,
  ];
  if (onCpu.length > 0) {
    lines.push(`on the CPU: ${onCpu.map(({ index, name }) => `${index} ${name}`).join(", ")}`);
  }
  if (preprocessing) lines.push(`image: ${preprocessing}`);
  const described = run.result && describeResult(run.result, run.labels);
  const results =
    described?.lines ??
    (
      top?.map(({ score, label }) => `${score.toFixed(6)}: ${label}`) ??
      session.outputs.map((info) => outputLine(run, info))
    ).map(printable);
  const tail = [...files.map((file) => `written: ${file}`), timeLine(session)];
  return {
    text: [...lines.map(aside), ...results, ...tail.map(aside)].join("\n"),
    document: {
      file: run.file,
      target: report.target,
      device,
      operators: report.operators.map(({ index, name, placement }) => ({ index, name, placement })),
      ...(preprocessing ? { preprocessing } : {}),
      inputs: session.inputs,
      outputs: session.outputs,
      ...(described?.document ?? (top ? { top } : {})),
      ...(files.length > 0 ? { files } : {}),
      milliseconds: times.host,
      deviceMilliseconds: times.device,
    },
  };
}

function aside(line: string): string {
  return paint.dim(printable(line));
}

/** The best classes, where the model is a classifier. */
function topOf({ session, outputs, labels }: FinishedRun): Top[] | undefined {
  const [info] = session.outputs;
  const values = info && outputs[info.name];
  const classes = classCount(session.outputs);
  if (!info || !values || classes === undefined) return undefined;
  const names = labels ?? classifierNames(classes);
  return topScores(values, info).map(({ index, score }) => ({
    index,
    score,
    label: names?.[index] ?? `class ${index}`,
  }));
}

/** How long the run took here, and how much of that was waiting for the device. */
function timeLine({ times, device }: Session): string {
  const onDevice =
    times.device > 0 ? `, ${times.device.toFixed(1)} ms of it on ${device.name}` : "";
  return `time: ${times.host.toFixed(1)} ms${onDevice}`;
}

function outputLine({ outputs }: FinishedRun, info: TensorInfo): string {
  const { least, greatest } = extremesOf(outputs[info.name] as TypedArray, info);
  const { name, dtype, shape } = info;
  return `${name}: ${dtype} ${shape.join("×")}, ${least.toFixed(6)} to ${greatest.toFixed(6)}`;
}
