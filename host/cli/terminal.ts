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

/** Columns under a head; those named in `right` are set flush right. */
export function table(head: string[], rows: (string | number)[][], right: string[] = []): string {
  const table = new Table({
    head: head.map((title) => paint.dim(title)),
    chars: NO_BORDERS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: head.map((title) => (right.includes(title) ? "right" : "left")),
  });
  table.push(...rows.map((row) => row.map(String)));
  return table.toString().replace(/ +$/gm, "");
}
