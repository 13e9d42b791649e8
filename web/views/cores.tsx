import type { CoreView } from "../../host/explain/explanation.ts";
import { duration, percent, size } from "../../host/numbers.ts";
import { useExploration } from "../explorer/context.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Mark } from "../parts/mark.tsx";

type Result = NonNullable<CoreView["result"]>;

/** A column of numbers that only a core with a result has. */
function figure(
  id: string,
  title: string,
  value: (result: Result) => number,
  words: (result: Result) => string,
): Column<CoreView> {
  return {
    id,
    title,
    value: ({ result }) => result && value(result),
    cell: ({ result }) => (result ? words(result) : ""),
    numeric: true,
    bar: true,
  };
}

const COLUMNS: Column<CoreView>[] = [
  {
    id: "core",
    title: "Core",
    value: ({ target }) => target,
    cell: (core) => <Name core={core} />,
  },
  {
    id: "mark",
    title: "Known",
    value: ({ mark }) => mark,
    cell: ({ mark }) => <Mark mark={mark} />,
  },
  {
    id: "cores",
    title: "NN cores",
    value: ({ nnCores }) => nnCores,
    cell: ({ architecture, nnCores }) => `${nnCores} (v${architecture})`,
  },
  {
    id: "operators",
    title: "Operators on the NPU",
    value: ({ result }) => result?.npuOperators ?? -1,
    cell: ({ result, refusal }) =>
      result ? <Operators result={result} /> : <p class="refusal">{refusal}</p>,
  },
  figure(
    "macs",
    "Arithmetic",
    ({ macs }) => macs.npu,
    ({ macs }) => percent(macs.npu, macs.total),
  ),
  figure(
    "jobs",
    "Jobs",
    ({ jobs }) => jobs,
    ({ jobs }) => `${jobs}`,
  ),
  figure(
    "coded",
    "Coded weights",
    ({ weights }) => weights.coefficientBytes,
    ({ weights }) => size(weights.coefficientBytes),
  ),
  figure(
    "memory",
    "Device memory",
    ({ memory }) => memory.deviceBytes,
    ({ memory }) => size(memory.deviceBytes),
  ),
  figure(
    "time",
    "Est. time",
    ({ estimate }) => estimate.milliseconds,
    ({ estimate: { milliseconds, error } }) =>
      `${duration(milliseconds)} ${error === undefined ? "±?" : `±${Math.round(100 * error)} %`}`,
  ),
];

/** The same model on every core of the table. */
export function CoresView() {
  const { explanation, cores } = useExploration();
  const { views, total } = cores;
  return (
    <>
      <DataTable
        caption="Cores side by side"
        columns={COLUMNS}
        rows={views}
        keyOf={({ target }) => target}
        isSelected={({ target }) => target === explanation.target}
      />
      <p class="hint" role="status">
        {views.length < total
          ? `Compiling for core ${views.length + 1} of ${total}…`
          : "Times are estimated for the NPU's jobs, never measured; ±? where no time of that core is published."}
      </p>
    </>
  );
}

function Name({ core: { target, aliases, result } }: { core: CoreView }) {
  const { explanation, chooseCore } = useExploration();
  const names = (
    <>
      {target}
      {aliases.length > 0 && <span class="note">{aliases.join(", ")}</span>}
    </>
  );
  if (!chooseCore || !result) return names;
  return (
    <button
      type="button"
      class="row-button"
      aria-pressed={target === explanation.target}
      onClick={() => chooseCore(target)}
    >
      {names}
    </button>
  );
}

/** By mark; what is missing to the whole is on the CPU. */
function Operators({ result: { operators, npuOperators, marks } }: { result: Result }) {
  const width = (count: number) => ({ width: `${(100 * count) / operators}%` });
  return (
    <>
      {npuOperators} of {operators}
      <span class="share" title={`${marks.proven} proven, ${marks.expected} expected`}>
        <span class="proven" style={width(marks.proven)} />
        <span class="expected" style={width(marks.expected)} />
        <span class="unproven" style={width(marks.unproven)} />
      </span>
    </>
  );
}
