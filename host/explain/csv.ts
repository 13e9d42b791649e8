import { checkInput } from "../arguments.ts";
import { printable } from "../printable.ts";
import type { Explanation, LayerReport } from "./explanation.ts";

/** The table of layers, by its columns. */
const COLUMNS: Record<string, (layer: LayerReport) => string | number | undefined> = {
  index: ({ index }) => index,
  operator: ({ name }) => name,
  placement: ({ placement }) => placement,
  mark: ({ mark }) => mark,
  reason: ({ reason }) => reason,
  shape: ({ shape }) => shape.join("×"),
  jobs: ({ jobs }) =>
    jobs.map(({ kind, purpose, count }) => `${count} ${kind} ${purpose}`).join("; "),
  tiles: ({ tiles }) => tiles.join("; "),
  superblocks: ({ superblocks }) => superblocks,
  weight_bytes: ({ weightBytes }) => weightBytes,
  entropy_bytes: ({ entropyBytes }) => entropyBytes,
  coefficient_bytes: ({ coefficientBytes }) => coefficientBytes,
  macs: ({ macs }) => macs,
  channel_groups: ({ groups }) => groups,
  channel_input_copies: ({ inputCopies }) => inputCopies,
  channel_error: ({ error }) => error,
  read_bytes: ({ readBytes }) => readBytes,
  written_bytes: ({ writtenBytes }) => writtenBytes,
  estimated_ms: ({ estimate }) => estimate?.milliseconds,
  estimated_bound: ({ estimate }) => estimate?.bound,
};

/** The layers as comma-separated values (RFC 4180), a head and a line for each. Throws BAD_INPUT. */
export function toCsv(explanation: Explanation): string {
  checkInput(explanation, Array.isArray(explanation?.operators), "what `explain` gave");
  const { operators } = explanation;
  const lines = [
    Object.keys(COLUMNS),
    ...operators.map((layer) => Object.values(COLUMNS).map((column) => column(layer) ?? "")),
  ];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/** A cell that begins like a formula is text to a spreadsheet, too, and is text to a terminal. */
function quoted(cell: string | number): string {
  const text =
    typeof cell === "string"
      ? `${/^[=+\-@\t\r\n]/.test(cell) ? "'" : ""}${printable(cell)}`
      : `${cell}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
