import type { Blob, Operator } from "../blob/blob.ts";
import type { Bound } from "../estimate/estimate.ts";
import type { OperatorReport } from "../report.ts";
import { sum } from "../sums.ts";
import type { JobView, LayerReport, SegmentView, TensorView } from "./explanation.ts";

/** Joins what the report, the tensors and the jobs say of each operator. */
export function layersOf(
  { operators }: Blob,
  reports: OperatorReport[],
  tensors: TensorView[],
  segments: SegmentView[],
): LayerReport[] {
  const jobs = new Map<number, JobView[]>();
  for (const job of segments.flatMap(({ jobs }) => jobs)) {
    const own = jobs.get(job.operator);
    if (own) own.push(job);
    else jobs.set(job.operator, [job]);
  }
  const segmentOf = new Map(
    segments.flatMap(({ operators }, i) => operators.map((operator) => [operator, i] as const)),
  );
  return reports.map((report, index) => {
    const operator = operators[index] as Operator;
    const own = jobs.get(index) ?? [];
    const tilings = own.flatMap(({ tiling }) => tiling ?? []);
    return {
      ...report,
      inputs: operator.inputs,
      outputs: operator.outputs,
      shape: tensors[operator.outputs[0] ?? -1]?.shape ?? [],
      segment: segmentOf.get(index) ?? -1,
      jobs: counted(own),
      tiles: [...new Set(tilings.map(({ tileX, tileY }) => `${tileX}×${tileY}`))],
      superblocks: sum(tilings, ({ superblocks }) => superblocks),
      ...estimateOf(own),
      ...(report.placement === "NPU" ? jobTraffic(own) : tensorTraffic(operator, tensors)),
    };
  });
}

function counted(jobs: JobView[]): LayerReport["jobs"] {
  const counts = new Map<string, LayerReport["jobs"][number]>();
  for (const { kind, purpose } of jobs) {
    const entry = counts.get(purpose) ?? { kind, purpose, count: 0 };
    entry.count++;
    counts.set(purpose, entry);
  }
  return [...counts.values()];
}

type Traffic = Pick<LayerReport, "readBytes" | "writtenBytes">;

function jobTraffic(jobs: JobView[]): Traffic {
  return {
    readBytes: sum(jobs, ({ readBytes }) => readBytes),
    writtenBytes: sum(jobs, ({ writtenBytes }) => writtenBytes),
  };
}

function tensorTraffic({ inputs, outputs }: Operator, tensors: TensorView[]): Traffic {
  const bytes = (indices: number[]) => sum(indices, (index) => tensors[index]?.bytes ?? 0);
  return { readBytes: bytes(inputs), writtenBytes: bytes(outputs) };
}

function estimateOf(jobs: JobView[]): Pick<LayerReport, "estimate"> {
  if (jobs.length === 0) return {};
  const byBound = new Map<Bound, number>();
  for (const { milliseconds, bound } of jobs.map(({ estimate }) => estimate)) {
    byBound.set(bound, (byBound.get(bound) ?? 0) + milliseconds);
  }
  const [[bound]] = [...byBound].sort(([, a], [, b]) => b - a) as [[Bound, number]];
  return { estimate: { milliseconds: sum([...byBound.values()], (part) => part), bound } };
}
