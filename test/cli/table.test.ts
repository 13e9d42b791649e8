import { stripVTControlCharacters as plain } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { table } from "../../host/cli/terminal.ts";

// Tables on terminals of some width.

const HEAD = ["#", "operator", "reason"];
const ROWS = [
  [0, "CONV_2D", "a reason of many words, which no narrow terminal has room for"],
  [1, "RELU", "\u001b[31mshort\u001b[39m"],
];

test("is as wide as its cells where there is room, or no terminal", () => {
  for (const width of [undefined, 100, 74]) {
    const lines = table(HEAD, ROWS, ["#"], width).split("\n");
    assert.is(lines.length, 3, `${width}`);
    assert.ok(lines[1]?.includes(ROWS[0]?.[2] as string));
  }
});

test("wraps the widest column between words where there is not, and loses none", () => {
  for (const width of [73, 60, 40, 30]) {
    const text = plain(table(HEAD, ROWS, ["#"], width));
    const lines = text.split("\n");
    assert.ok(lines.length > 3, `${width}`);
    assert.ok(
      lines.every((line) => line.length <= width),
      text,
    );
    const words = (from: string) => from.match(/[a-z]+/g) ?? [];
    assert.equal(words(text).slice(2, -1), words(`${ROWS[0]?.[2]}`), text);
    assert.ok(lines.some((line) => /^1 +RELU +short$/.test(line)));
  }
});

test.run();
