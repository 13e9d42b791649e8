import { ticks } from "d3-array";
import { useRef, useState } from "preact/hooks";
import type { BufferView, MemoryView, SegmentView } from "../../host/explain/explanation.ts";
import { percent, size } from "../../host/numbers.ts";
import { useExploration } from "../explorer/context.ts";
import { useRoving } from "../parts/roving.ts";
import { shapeOf, shortened } from "../parts/words.ts";
import { Constants } from "./constants.tsx";
import "./memory.css";

/** How each segment shares the arena over time, and the constants beside it. */
export function MemoryViews() {
  const { explanation } = useExploration();
  const { segments } = explanation;
  const maps = segments.flatMap(({ memory }, index) => (memory ? [{ memory, index }] : []));
  if (maps.length === 0)
    return <p class="empty">No segment runs on the NPU: nothing to allocate.</p>;
  return (
    <div class="maps">
      {maps.map(({ memory, index }) => (
        <SegmentMap
          key={index}
          title={maps.length === 1 ? "Arena" : `Arena in segment ${index}`}
          memory={memory}
          segment={segments[index] as SegmentView}
        />
      ))}
      <Constants />
    </div>
  );
}

interface SegmentMapProps {
  title: string;
  memory: MemoryView;
  segment: SegmentView;
}

function SegmentMap({ title, memory, segment }: SegmentMapProps) {
  const { explanation, selected, select } = useExploration();
  const [shown, setShown] = useState<BufferView>();
  const frame = useRef<HTMLDivElement>(null);
  const onKeyDown = useRoving(frame, ".value");
  const { peak, lowerBound, buffers } = memory;
  const jobs = segment.jobs.length;
  const x = (job: number) => (100 * (job + 1)) / (jobs + 2);
  const y = (bytes: number) => (100 * bytes) / Math.max(1, peak);
  const nameOf = ({ tensor }: BufferView) => explanation.tensors[tensor]?.name ?? "scratch";
  const writerOf = ({ operator }: BufferView) =>
    operator < 0 ? "" : `${operator} ${explanation.operators[operator]?.name}: `;
  const described = shown ?? buffers.find(({ operator }) => operator === selected);
  return (
    <figure class="map">
      <figcaption>
        <h2>{title}</h2>
        <p>
          {buffers.length} buffers over {jobs} jobs. Peak {size(peak)},{" "}
          {aboveBound(peak, lowerBound)}.
        </p>
      </figcaption>
      <div class="plot">
        <ul class="axis-y" aria-hidden="true">
          {ticks(0, peak, 5).map((bytes) => (
            <li key={bytes} style={{ bottom: `${y(bytes)}%` }}>
              {bytes === 0 ? "0" : size(bytes)}
            </li>
          ))}
        </ul>
        <section class="values" ref={frame} aria-label={title} onKeyDown={onKeyDown}>
          {buffers.map((value, i) => {
            const { offset, bytes, first, last, tensor, operator } = value;
            const isSelected = operator >= 0 && operator === selected;
            const kind =
              tensor < 0 ? "scratch" : operator < 0 ? "fed" : last === jobs ? "read" : "";
            return (
              <button
                key={`${offset} ${first}`}
                type="button"
                class={`value ${kind}`}
                aria-pressed={isSelected}
                aria-label={`${writerOf(value)}${shortened(nameOf(value))}, ${size(bytes)} at ${offset}, jobs ${first} to ${last}`}
                tabIndex={i === 0 ? 0 : -1}
                style={{
                  left: `${x(first)}%`,
                  width: `${x(last + 1) - x(first)}%`,
                  bottom: `${y(offset)}%`,
                  height: `${y(bytes)}%`,
                }}
                onClick={() => select(operator >= 0 ? operator : undefined)}
                onMouseEnter={() => setShown(value)}
                onMouseLeave={() => setShown(undefined)}
                onFocus={() => setShown(value)}
                onBlur={() => setShown(undefined)}
              >
                {operator >= 0 && <span>{operator}</span>}
              </button>
            );
          })}
          {peak !== lowerBound && (
            <span class="bound" style={{ bottom: `${y(lowerBound)}%` }}>
              <span class="bound-name">lower bound</span>
            </span>
          )}
        </section>
        <ul class="axis-x" aria-hidden="true">
          {ticks(0, jobs - 1, 8)
            .filter(Number.isInteger)
            .map((job) => (
              <li key={job} style={{ left: `${x(job + 0.5)}%` }}>
                {job}
              </li>
            ))}
        </ul>
      </div>
      <p class="readout">
        {described ? (
          <ValueWords value={described} name={nameOf(described)} jobs={jobs} />
        ) : (
          "Each box is a tensor, or scratch memory if hatched: jobs run from left to right, addresses upwards."
        )}
      </p>
    </figure>
  );
}

/** How near a peak is to what any placement needs. */
function aboveBound(peak: number, lowerBound: number): string {
  if (peak === lowerBound) return "the lower bound: all that lives at one time";
  return `${percent(peak - lowerBound, lowerBound)} above the lower bound of ${size(lowerBound)}`;
}

function ValueWords({ value, name, jobs }: { value: BufferView; name: string; jobs: number }) {
  const { explanation } = useExploration();
  const { offset, bytes, first, last, tensor, operator } = value;
  const { shape = [] } = explanation.tensors[tensor] ?? {};
  const from = first < 0 ? "filled by the host" : `from job ${first}`;
  const to = last === jobs ? "read by the host" : `to job ${last}`;
  const writer = operator < 0 ? "" : `, of ${operator} ${explanation.operators[operator]?.name}`;
  return (
    <>
      <b>{shortened(name)}</b> {shapeOf(shape)}
      {writer}: {size(bytes)} at arena + {offset}, {from} {to}
    </>
  );
}
