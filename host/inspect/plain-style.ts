import type { Style } from "./style.ts";

/** Text without colours, for where there is no terminal. */
export const PLAIN: Style = {
  heading: (text) => text,
  aside: (text) => text,

  table(head, rows, right = []) {
    const lines = [head, ...rows.map((row) => row.map(String))];
    const widths = head.map((_, column) =>
      Math.max(...lines.map((line) => line[column]?.length ?? 0)),
    );
    const isRight = head.map((title) => right.includes(title));
    const text = lines.map((line) =>
      line
        .map((cell, column) => {
          const width = widths[column] as number;
          return isRight[column] ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    );
    return text.join("\n");
  },
};
