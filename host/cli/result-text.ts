import { counted, percent } from "../numbers.ts";
import { printableAll } from "../printable.ts";
import { classNamer } from "../results/names/class-names.ts";
import type { Box, Point, Result } from "../results/result.ts";
import { classShares } from "../results/showing.ts";
import { table } from "./terminal.ts";

/** What a network found, for people, and as keys of a document. */
export function describeResult(
  result: Result,
  labels?: readonly string[],
): { lines: string[]; document: object } {
  const nameOf = classNamer(result, labels);
  switch (result.kind) {
    case "detections": {
      const detections = result.detections.map((one) => ({ name: nameOf(one.class), ...one }));
      const rows = detections.map(({ name, score, box, points }) => [
        name,
        score.toFixed(3),
        boxWords(box),
        ...(points ? [counted(points.length, "point")] : []),
      ]);
      return {
        lines: rows.length === 0 ? ["nothing found"] : tableLines(["name", "score", BOX], rows),
        document: { detections },
      };
    }
    case "points":
      return {
        lines: tableLines(["point", "score", "row, column"], result.points.map(pointRow)),
        document: { points: result.points },
      };
    case "mask": {
      const classes = classShares(result).map((one) => ({ name: nameOf(one.class), ...one }));
      const rows = classes.map(({ name, share }) => [name, percent(share, 1)]);
      const { width, height } = result;
      return {
        lines: tableLines(["name", "pixels"], rows),
        document: { mask: { width, height, classes } },
      };
    }
    case "picture": {
      const { width, height } = result;
      return {
        lines: [`a picture of ${width}×${height} (--output writes it)`],
        document: { picture: { width, height } },
      };
    }
  }
}

const BOX = "top, left, bottom, right";
/** Points that a terminal shows; the document holds all. */
const MOST_POINTS = 34;

function boxWords(box: Box): string {
  return box.map((edge) => edge.toFixed(3)).join(", ");
}

function pointRow({ row, column, score }: Point, index: number): string[] {
  return [`${index}`, score.toFixed(3), `${row.toFixed(3)}, ${column.toFixed(3)}`];
}

function tableLines(head: string[], rows: string[][]): string[] {
  const shown = rows.slice(0, MOST_POINTS).map((row) => printableAll(row));
  const lines = table(head.slice(0, rows[0]?.length), shown).split("\n");
  const left = rows.length - shown.length;
  return left > 0 ? [...lines, `and ${left} more (--json lists all)`] : lines;
}
