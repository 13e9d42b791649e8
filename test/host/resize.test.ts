import { test } from "uvu";
import * as assert from "uvu/assert";
import { resize } from "../../host/images/resize.ts";

/** A grey picture, opaque. */
function grey(width: number, rows: number[]): Parameters<typeof resize>[0] {
  const data = rows.flatMap((value) => [value, value, value, 255]);
  return { width, height: rows.length / width, data };
}

function reds(rgba: Uint8Array): number[] {
  return [...rgba].filter((_, i) => i % 4 === 0);
}

test("leaves a picture of the right size as it is", () => {
  const picture = grey(3, [1, 2, 3, 40, 50, 60]);
  assert.equal([...resize(picture, 3, 2)], picture.data);
});

test("takes the mean of what a smaller pixel covers, parts by their share", () => {
  assert.equal(reds(resize(grey(4, [10, 20, 30, 50, 0, 0, 10, 30]), 2, 1)), [8, 30]);
  // Each of two covers one and a half.
  assert.equal(reds(resize(grey(3, [0, 90, 240]), 2, 1)), [30, 190]);
});

test("lays larger pixels on the line between their neighbours' centres", () => {
  assert.equal(reds(resize(grey(2, [0, 100]), 4, 1)), [0, 25, 75, 100]);
  assert.equal(reds(resize(grey(1, [7]), 3, 2)), [7, 7, 7, 7, 7, 7]);
});

test("shrinks along one axis while the other grows", () => {
  const picture = grey(4, [0, 20, 40, 60, 100, 120, 140, 160]);
  assert.equal(reds(resize(picture, 2, 4)), [10, 50, 35, 75, 85, 125, 110, 150]);
});

test.run();
