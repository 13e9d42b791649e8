import { useEffect, useRef, useState } from "preact/hooks";
import type { JobView, SegmentView } from "../../host/explain/explanation.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import { PADDING, type StreamRow } from "../../host/inspect/stream-rows.ts";
import { duration, size } from "../../host/numbers.ts";
import { useExploration } from "../explorer/context.ts";
import { Mark, Unit } from "../parts/mark.tsx";
import { hexadecimal } from "../parts/words.ts";
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
          <Unit kind={kind} />
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

function StateTable({ rows }: { rows: StreamRow[] }) {
  return (
    <table class="words-table">
      <caption>States loaded</caption>
      <thead>
        <tr>
          <th scope="col" class="numeric">
            word
          </th>
          <th scope="col">state</th>
          <th scope="col" class="numeric">
            value
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ word, state, value, note }) => (
          <tr key={word}>
            <td class="numeric">{word}</td>
            <td>
              {state}
              {note && <span class="note">{note}</span>}
            </td>
            <td class="numeric">{state === PADDING ? `${value} words` : hexadecimal(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The fields that are not 0, and bits that belong to none. */
function FieldTable({ job: { kind, fields, unlisted } }: { job: JobView }) {
  const named = DESCRIPTORS[kind].fields.filter(({ name }) => name in fields);
  return (
    <table class="words-table fields">
      <caption>Descriptor, fields that are not 0</caption>
      <thead>
        <tr>
          <th scope="col">field</th>
          <th scope="col" class="numeric">
            value
          </th>
          <th scope="col">word[bits]</th>
        </tr>
      </thead>
      <tbody>
        {named.map(({ name, bits, form }) => (
          <tr key={name}>
            <td>{name}</td>
            <td class="numeric">
              {form?.startsWith("hex") ? hexadecimal(fields[name] ?? 0) : fields[name]}
            </td>
            <td>{bits}</td>
          </tr>
        ))}
        {Object.entries(unlisted).map(([word, bits]) => (
          <tr key={word}>
            <td>(no field)</td>
            <td class="numeric">{hexadecimal(bits)}</td>
            <td>{word}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
