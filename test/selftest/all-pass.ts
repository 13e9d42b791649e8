import * as assert from "uvu/assert";
import type { SelfTestReport } from "../../host/selftest/selftest.ts";

type Report = Pick<SelfTestReport, "counts" | "patterns" | "variants">;

/**
 * Asserts that all patterns pass but those named, which are unproven on the core, and all forms of jobs
 * but those that are for other cores; gives how many pass.
 */
export function allPass({ counts, patterns, variants }: Report, unproven: string[] = []): number {
  const skipped = patterns.filter(({ status }) => status === "skipped").map(({ name }) => name);
  assert.equal(skipped, unproven);
  const foreign = variants.filter(({ status }) => status === "skipped").length;
  const pass = patterns.length - unproven.length + variants.length - foreign;
  assert.equal(counts, { pass, fail: 0, refused: 0, skipped: unproven.length + foreign });
  return pass;
}
