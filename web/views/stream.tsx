import { useEffect, useRef, useState } from "preact/hooks";
import type { JobView, SegmentView } from "../../host/explain/explanation.ts";
import type { StreamRow } from "../../host/inspect/stream-rows.ts";
import { duration, size } from "../../host/numbers.ts";
import { useExploration } from "../explorer/context.ts";
import { Mark, UnitName } from "../parts/mark.tsx";
import { FieldTable, StateTable } from "./word-tables.tsx";
import "./stream.css";

/** The command stream of each segment, job by job, down to the fields of descriptors. */
export function StreamView() {
  const { explanation } = useExploration();
  const streams = explanation.segments.flatMap((segment, index) =>
    segment.stream.length > 0 ? [{ segment, index }] : [],
  );
  if (streams.length === 0) return <p class="empty">No segment runs on the NPU: no stream.</p>;
  return (
    <>
      {streams.map(({ segment, index }) => (
        <Stream key={index} segment={segment} index={index} isAlone={streams.length === 1} />
      ))}
    </>
  );
}

interface StreamProps {
  segment: SegmentView;
  index: number;
  isAlone: boolean;
}

function Stream({ segment: { jobs, stream }, index, isAlone }: StreamProps) {
  const { rows, rest } = byJob(stream, jobs.length);
  const words = (stream.at(-1)?.word ?? 0) + 1;
  return (
    <section class="stream" aria-label={`Command stream of segment ${index}`}>
      <h2>
        {isAlone ? "Command stream" : `Command stream of segment ${index}`}
        <span class="aside">
          {jobs.length} jobs, {words} words
        </span>
      </h2>
      <ol class="jobs">
        {jobs.map((job) => (
          <Job key={job.index} job={job} segment={index} rows={rows[job.index] ?? []} />
        ))}
      </ol>
      {rest.length > 0 && (
        <details>
          <summary>after the last job</summary>
          <StateTable rows={rest} />
        </details>
      )}
    </section>
  );
}

/** The rows that lead to each job's start, and what is left. */
function byJob(stream: StreamRow[], jobs: number): { rows: StreamRow[][]; rest: StreamRow[] } {
  const rows = Array.from({ length: jobs }, (): StreamRow[] => []);
  let pending: StreamRow[] = [];
  for (const row of stream) {
    pending.push(row);
    if (row.job === undefined) continue;
    rows[row.job] = pending;
    pending = [];
  }
  return { rows, rest: pending };
}

interface JobProps {
  job: JobView;
  segment: number;
  rows: StreamRow[];
}

function Job({ job, segment, rows }: JobProps) {
  const { explanation, selected, showOperator, job: shown } = useExploration();
  const isShown = shown?.segment === segment && shown.job === job.index;
  const [isOpen, setOpen] = useState(isShown);
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!isShown) return;
    setOpen(true);
    element.current?.scrollIntoView({ block: "center" });
    element.current?.querySelector("summary")?.focus({ preventScroll: true });
  }, [isShown]);
  const { index, kind, purpose, operator, mark, tiling, readBytes, writtenBytes, estimate } = job;
  const name = explanation.operators[operator]?.name;
  return (
    <li ref={element} class={operator === selected ? "job selected" : "job"} data-job={index}>
      <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span class="index">{index}</span>
          <UnitName kind={kind} />
          <span class="job-purpose">{purpose.replaceAll("_", " ")}</span>
          <span class="job-operator">
            {operator} {name}
          </span>
          <span class="number">{duration(estimate.milliseconds)}</span>
        </summary>
        {isOpen && (
          <div class="words">
            <p class="job-facts">
              <button type="button" class="link" onClick={() => showOperator(operator)}>
                {operator} {name}
              </button>
              <Mark mark={mark} />
              {tiling && (
                <span>
                  tile {tiling.tileX}×{tiling.tileY}, {tiling.superblocks}{" "}
                  {tiling.superblocks === 1 ? "superblock" : "superblocks"}
                </span>
              )}
              {job.cores > 1 && (
                <span>
                  TP core {job.core} of {job.cores}
                </span>
              )}
              <span>
                reads {size(readBytes)}, writes {size(writtenBytes)}
              </span>
              <span>bound by {estimate.bound}</span>
            </p>
            <div class="word-tables">
              <StateTable rows={rows} />
              <FieldTable job={job} />
            </div>
          </div>
        )}
      </details>
    </li>
  );
}
