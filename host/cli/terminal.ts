import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";
import colours from "picocolors";
import { typed } from "../errors.ts";
import { printable } from "../printable.ts";
import { culpritOf } from "./files.ts";

/** Colours for a stream: none where it is no terminal, or NO_COLOR is set. */
function coloursFor({ isTTY }: NodeJS.WriteStream) {
  const isWanted = !process.env.NO_COLOR && process.env.TERM !== "dumb";
  return colours.createColors(Boolean(isTTY) && isWanted);
}

/** Colours for standard output. */
export const paint = coloursFor(process.stdout);
const paintError = coloursFor(process.stderr);

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What JSON leaves as it is in strings, though it is no text to show, is escaped as well. */
export function printJson(document: unknown): void {
  print(JSON.stringify(document, undefined, 2).split("\n").map(printable).join("\n"));
}

/** A word beside the result, where the result itself must stay clean. */
export function printNote(text: string): void {
  process.stderr.write(`nolfet: ${text}\n`);
}

/** What the parser of the command line complains about, in one line. */
export function usageLine(text: string): string {
  const line = printable(text.trim().replace(/\s*\n\s*/g, " "));
  return `nolfet: ${line.replace(/^error:/, (word) => paintError.red(word))}\n`;
}

/** One line for people; with --json, the same as a document on standard output. */
export function printError(thrown: unknown, json: boolean): void {
  const { code, expected, found, location, message, system } = typed(thrown);
  const culprit = culpritOf(thrown);
  const line = message.replace(/\s*[\r\n]+\s*/g, " ");
  const told = printable(`${culprit ? `${culprit}: ` : ""}${line}`);
  process.stderr.write(`nolfet: ${paintError.red("error:")} ${told} [${code}]\n`);
  if (!json) return;
  const where = location.kind === "NONE" ? {} : { location };
  const file = culprit ? { file: culprit } : {};
  printJson({ error: { code, message: line, ...file, ...where, expected, found, system } });
}

const NO_BORDERS = Object.fromEntries(
  ["top", "bottom", "left", "right", "mid"]
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat(["top-mid", "bottom-mid", "left-mid", "mid-mid", "right-mid", "middle"])
    .map((part) => [part, part === "middle" ? "  " : ""]),
);

/**
 * Columns under a head; those named in `right` are set flush right. `width` is the terminal's, if there
 * is one: longer rows wrap inside their widest cells.
 */
export function table(
  head: string[],
  rows: (string | number)[][],
  right: string[] = [],
  width: number | undefined = process.stdout.columns,
): string {
  const colWidths = width === undefined ? [] : widthsWithin(width, [head, ...rows]);
  const table = new Table({
    head: head.map((title) => paint.dim(title)),
    chars: NO_BORDERS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: head.map((title) => (right.includes(title) ? "right" : "left")),
    ...(colWidths.length > 0 ? { colWidths, wordWrap: true } : {}),
  });
  table.push(...rows.map((row) => row.map(String)));
  return table.toString().replace(/ +$/gm, "");
}

const GAP = 2;
/** No column gets narrower than this, however narrow the terminal is. */
const NARROWEST = 8;

/** Widths of columns that fit: the widest gives way first. None where all fit as they are. */
function widthsWithin(width: number, rows: (string | number)[][]): number[] {
  const lengthOf = (cell: string | number) => stripVTControlCharacters(String(cell)).length;
  const widths = (rows[0] ?? []).map((_, i) =>
    Math.max(...rows.map((row) => lengthOf(row[i] ?? ""))),
  );
  const room = width - GAP * (widths.length - 1);
  let excess = widths.reduce((sum, one) => sum + one, 0) - room;
  if (excess <= 0) return [];
  for (; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
