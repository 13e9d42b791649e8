import { basename } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Reference } from "../support/reference.ts";
import { hasShared } from "../support/shared.ts";
import { backendTests, runBackendTest } from "./backend.ts";

/** Right by arithmetic, but LiteRT runs none of them: no elements, too many axes, uint8 products. */
const NOT_IN_LITERT = [
  "test_expand_dim_changed",
  "test_qlinearmatmul_3D",
  "test_slice_start_out_of_bounds",
];
/** How many of ONNX' own tests come out right; the others are refused with the reason. */
const LEAST_RIGHT = 160;

if (hasShared("ONNX' tests of operators")) {
  test("ONNX' own tests of operators come out right or are refused", async () => {
    const reference = new Reference("reference");
    let right = 0;
    try {
      for (const path of backendTests()) {
        const { kind, text } = await runBackendTest(path, reference);
        if (kind === "right") right++;
        const isKnown = NOT_IN_LITERT.includes(basename(path));
        assert.ok(isKnown || kind === "right" || kind === "refused", `${path}: ${kind}, ${text}`);
        assert.not.match(text, /INTERNAL/);
      }
    } finally {
      reference.close();
    }
    assert.ok(right >= LEAST_RIGHT, `${right} right`);
  });
}

test.run();
