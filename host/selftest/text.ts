import { DESCRIPTORS } from "../inspect/descriptors.ts";
import type { Style } from "../inspect/style.ts";
import type { JobDifference } from "./difference.ts";
import type { PatternResult, VariantResult } from "./pattern-test.ts";
import type { SelfTestReport } from "./selftest.ts";

/** A result in a line, with what differs below it. */
export function resultText(result: PatternResult | VariantResult, style: Style): string {
  const { name, status, mark, jobs, reason, difference } = result;
  const about = mark ? ` (${mark}, ${jobs} ${jobs === 1 ? "job" : "jobs"})` : "";
  const form = "field" in result ? `, ${result.field}: ${result.value}` : "";
  const line = `${status.padEnd(8)}${name}${form}${style.aside(about)}${reason ? `: ${reason}` : ""}`;
  return difference ? `${line}\n${differenceText(difference, style)}` : line;
}

/** What a report ends with. */
export function countsText({ counts, target, device, variants }: SelfTestReport): string {
  const { pass, fail, refused, skipped } = counts;
  const verdict = `${pass} of ${pass + fail + refused} patterns pass on ${device.name}`;
  const others = [fail && `${fail} fail`, refused && `${refused} are refused`].filter(Boolean);
  const left = skipped > 0 ? `; ${skipped} are not for ${target}` : "";
  return [`${[verdict, ...others].join(", ")}${left}`, ...variants.flatMap(wrongForm)].join("\n");
}

/** Which form of which field the device does not take. */
function wrongForm({ name, status, field, value }: VariantResult): string[] {
  if (status === "pass" || status === "skipped") return [];
  return [`${field} does not work as: ${value} (${name})`];
}

function differenceText(difference: JobDifference, { table }: Style): string {
  const { job, kind, purpose, operator, inOutput, offset, expected, found } = difference;
  const where = inOutput
    ? `byte ${offset} of its output`
    : `byte ${offset} of the arena, beside it`;
  const format = DESCRIPTORS[kind];
  const rows = format.fields
    .filter(({ name }) => name in difference.fields)
    .map(({ name, form }) => {
      const value = difference.fields[name] ?? 0;
      return [`    ${name}`, form?.startsWith("hex") ? `0x${value.toString(16)}` : value];
    });
  return [
    `  job ${job}, ${kind} ${purpose.replaceAll("_", " ")} of ${operator}: ${where} is ${found}, ` +
      `not ${expected}; ${difference.differing} bytes differ, by ${difference.largest} at most`,
    table(["    field", "value"], rows, ["value"]),
  ].join("\n");
}
