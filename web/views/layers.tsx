import type { LayerReport } from "../../host/explain/explanation.ts";
import { counted, duration, grouped, size } from "../../host/numbers.ts";
import { useExploration } from "../explorer/context.ts";
import { estimateNote } from "../explorer/summary.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Mark, UnitName } from "../parts/mark.tsx";
import { compact } from "../parts/words.ts";

const bytes = (value: (layer: LayerReport) => number) => ({
  value: (layer: LayerReport) => value(layer) || undefined,
  cell: (layer: LayerReport) => (value(layer) ? size(value(layer)).replace("bytes", "B") : ""),
  numeric: true,
  bar: true,
});

const COLUMNS: Column<LayerReport>[] = [
  { id: "index", title: "#", value: ({ index }) => index, numeric: true },
  {
    id: "name",
    title: "Operator",
    value: ({ name }) => name,
    cell: (layer) => <Name layer={layer} />,
  },
  {
    id: "mark",
    title: "Runs on",
    value: ({ placement, mark }) => `${placement} ${mark ?? ""}`,
    cell: (layer) => <Verdict layer={layer} />,
  },
  {
    id: "jobs",
    title: "Jobs",
    value: ({ jobs }) => jobs.reduce((sum, { count }) => sum + count, 0),
    cell: (layer) => <Jobs layer={layer} />,
  },
  {
    id: "tile",
    title: "Tile",
    value: ({ tiles }) => tiles[0],
    cell: ({ tiles }) => <span title={tiles.join(", ")}>{firstOf(tiles)}</span>,
  },
  {
    id: "superblocks",
    title: "Superblocks",
    value: ({ superblocks }) => superblocks || undefined,
    numeric: true,
  },
  { id: "weights", title: "Weights", ...bytes(({ weightBytes }) => weightBytes) },
  { id: "entropy", title: "Entropy", ...bytes(({ entropyBytes }) => entropyBytes) },
  { id: "coded", title: "Coded", ...bytes(({ coefficientBytes }) => coefficientBytes) },
  {
    id: "macs",
    title: "MACs",
    value: ({ macs }) => macs || undefined,
    cell: ({ macs }) => (macs ? <span title={grouped(macs)}>{compact(macs)}</span> : ""),
    numeric: true,
    bar: true,
  },
  { id: "read", title: "Read", ...bytes(({ readBytes }) => readBytes) },
  { id: "written", title: "Written", ...bytes(({ writtenBytes }) => writtenBytes) },
  {
    id: "time",
    title: "Est. time",
    value: ({ estimate }) => estimate?.milliseconds,
    cell: ({ estimate }) => (estimate ? duration(estimate.milliseconds) : ""),
    numeric: true,
    bar: true,
  },
  { id: "bound", title: "Bound by", value: ({ estimate }) => estimate?.bound },
];

/** Where weights are quantized per channel. */
const WITH_CHANNELS: Column<LayerReport>[] = [
  ...COLUMNS,
  { id: "groups", title: "Groups", value: ({ groups }) => groups, numeric: true },
  {
    id: "residual",
    title: "Residual",
    value: ({ inputCopies }) => inputCopies,
    cell: ({ inputCopies }) => inputCopies && counted(inputCopies, "input"),
    numeric: true,
  },
  {
    id: "error",
    title: "Error",
    value: ({ error }) => error,
    cell: ({ error }) => error?.toFixed(3),
    numeric: true,
    bar: true,
  },
];

const CHANNELS_HINT =
  " The channels of a group share one scale. Residual is the number of times the main job reads its " +
  "input where a second job adds the residual, the part of each weight that 8 bits cannot represent. " +
  "Error is the expected root mean square of what requantization adds to the output, in its steps.";

/** A row for each operator. */
export function LayersView() {
  const { explanation, selected } = useExploration();
  const { channels } = explanation;
  return (
    <>
      <DataTable
        caption="Layers"
        columns={channels ? WITH_CHANNELS : COLUMNS}
        rows={explanation.operators}
        keyOf={({ index }) => index}
        isSelected={({ index }) => index === selected}
      />
      <p class="hint">
        Entropy is what an ideal code of the weights' single bytes would take. Read and written
        count every pass over images and coefficients. Times are estimated for the NPU's jobs,{" "}
        {estimateNote(explanation.estimate)}.{channels && CHANNELS_HINT}
      </p>
    </>
  );
}

function Name({ layer: { index, name } }: { layer: LayerReport }) {
  const { selected, select } = useExploration();
  return (
    <button
      type="button"
      class="row-button"
      aria-pressed={index === selected}
      onClick={() => select(index === selected ? undefined : index)}
    >
      {name}
    </button>
  );
}

function Verdict({ layer: { placement, mark, reason } }: { layer: LayerReport }) {
  if (mark) {
    return (
      <>
        {placement} <Mark mark={mark} />
      </>
    );
  }
  return (
    <span class="on-cpu" title={reason}>
      {placement}
      <span class="table-reason">{reason}</span>
    </span>
  );
}

/** Of several, how many more there are. */
function firstOf(tiles: string[]): string {
  return tiles.length > 1 ? `${tiles[0]} +${tiles.length - 1}` : (tiles[0] ?? "");
}

/** What most jobs are for needs the fewest words. */
const SHORT: Record<string, string> = { convolution: "conv", space_to_depth: "to depth" };

function Jobs({ layer: { jobs } }: { layer: LayerReport }) {
  const words = jobs.map(({ kind, purpose, count }) => {
    return `${count} ${kind} ${purpose.replaceAll("_", " ")}`;
  });
  return (
    <span class="job-kinds" title={words.join(", ")}>
      {jobs.map(({ kind, purpose, count }) => (
        <span key={purpose}>
          <UnitName kind={kind} /> {SHORT[purpose] ?? purpose.replaceAll("_", " ")}
          {count > 1 ? ` ×${count}` : ""}
        </span>
      ))}
    </span>
  );
}
