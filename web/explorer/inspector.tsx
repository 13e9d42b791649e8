import { Fragment } from "preact";
import type { LayerReport } from "../../host/explain/explanation.ts";
import { duration, grouped, size } from "../../host/numbers.ts";
import { Mark, UnitName } from "../parts/mark.tsx";
import { shapeOf, shortened } from "../parts/words.ts";
import { type Exploration, useExploration } from "./context.ts";

/** Beside a view: all there is to know of the selected operator, and the ways to it elsewhere. */
export function Inspector() {
  const exploration = useExploration();
  const { explanation, selected } = exploration;
  const layer = selected === undefined ? undefined : explanation.operators[selected];
  return (
    <aside class={layer ? "inspector" : "inspector is-empty"} aria-label="Selected operator">
      {layer ? <Details layer={layer} exploration={exploration} /> : <Overview />}
    </aside>
  );
}

/** With nothing selected: what stays on the CPU, and why. */
function Overview() {
  const { explanation, showOperator } = useExploration();
  const onCpu = explanation.operators.filter(({ placement }) => placement === "CPU");
  return (
    <>
      <h2>{onCpu.length === 0 ? "Nothing stays on the CPU" : "On the CPU"}</h2>
      <ul class="reasons">
        {onCpu.map(({ index, name, reason }) => (
          <li key={index}>
            <button type="button" class="link" onClick={() => showOperator(index)}>
              {index} {name}
            </button>
            <p>{reason}</p>
          </li>
        ))}
      </ul>
      <p class="hint">Select an operator to see its jobs, weights and tensors.</p>
    </>
  );
}

function Details({ layer, exploration }: { layer: LayerReport; exploration: Exploration }) {
  const { explanation, select } = exploration;
  const { index, name, placement, mark, reason, shape } = layer;
  const { macs, weightBytes, readBytes, writtenBytes, estimate } = layer;
  const dtype = explanation.tensors[layer.outputs[0] ?? -1]?.dtype;
  return (
    <>
      <div class="inspector-head">
        <h2>
          <span class="index">{index}</span> {name}
        </h2>
        <button type="button" class="quiet" aria-label="Close" onClick={() => select(undefined)}>
          ×
        </button>
      </div>
      <p class="placement">
        on the {placement}
        {mark && <Mark mark={mark} />}
      </p>
      {reason && <p class="reason">{reason}</p>}
      <dl class="facts">
        <dt>Output</dt>
        <dd>
          {shapeOf(shape)} {dtype}
        </dd>
        <dt>Arithmetic</dt>
        <dd>{grouped(macs)} MACs</dd>
        <dt>Read, written</dt>
        <dd>
          {size(readBytes)}, {size(writtenBytes)}
        </dd>
        {estimate && (
          <>
            <dt>Estimated time</dt>
            <dd>
              {duration(estimate.milliseconds)}, bound by {estimate.bound}
            </dd>
          </>
        )}
      </dl>
      {weightBytes > 0 && <Weights layer={layer} />}
      <Neighbours layer={layer} />
      <Jobs layer={layer} />
    </>
  );
}

/** Raw, coded, and what an ideal code would take, on one scale. */
function Weights({
  layer: { weightBytes, coefficientBytes, entropyBytes },
}: {
  layer: LayerReport;
}) {
  const bars = [
    { title: "raw", bytes: weightBytes },
    { title: "entropy", bytes: entropyBytes },
    { title: "coded", bytes: coefficientBytes },
  ].filter(({ bytes }) => bytes > 0);
  const most = Math.max(...bars.map(({ bytes }) => bytes));
  return (
    <section>
      <h3>Weights</h3>
      <dl class="bars">
        {bars.map(({ title, bytes }) => (
          <div key={title} class={`bar-row bar-${title}`}>
            <dt>{title}</dt>
            <dd>
              <span class="bar" style={{ width: `${(100 * bytes) / most}%` }} />
            </dd>
            <dd class="number">{size(bytes)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Neighbours({ layer: { index } }: { layer: LayerReport }) {
  const { explanation, select } = useExploration();
  const { edges, operators, tensors } = explanation;
  const ways = [
    { title: "From", edges: edges.filter(({ to }) => to === index), end: "from" as const },
    { title: "To", edges: edges.filter(({ from }) => from === index), end: "to" as const },
  ];
  return (
    <dl class="facts">
      {ways.map(({ title, edges, end }) => (
        <Fragment key={title}>
          <dt>{title}</dt>
          <dd>
            {edges.map((edge) => {
              const other = edge[end];
              const tensor = tensors[edge.tensor]?.name ?? "";
              return other === undefined ? (
                <span key={edge.tensor} class="outside" title={tensor}>
                  {end === "from" ? "input" : "output"} {shortened(tensor, 16)}
                </span>
              ) : (
                <button
                  key={`${edge.tensor}-${other}`}
                  type="button"
                  class="link"
                  title={shortened(tensor)}
                  onClick={() => select(other)}
                >
                  {other} {operators[other]?.name}
                </button>
              );
            })}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

function Jobs({ layer: { index, segment } }: { layer: LayerReport }) {
  const { explanation, showJob } = useExploration();
  const jobs = (explanation.segments[segment]?.jobs ?? []).filter(
    ({ operator }) => operator === index,
  );
  if (jobs.length === 0) return null;
  return (
    <section>
      <h3>Jobs</h3>
      <ol class="job-links">
        {jobs.map(({ index: job, kind, purpose }) => (
          <li key={job}>
            <button type="button" class="link" onClick={() => showJob({ segment, job })}>
              <UnitName kind={kind} /> {job} {purpose.replaceAll("_", " ")}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
