/**
 * `npm run zoo`: compiles every public model of ../shared/zoo, runs it on two emulated cores beside
 * LiteRT's kernels, and writes docs/zoo.md. Names may be given to try some alone, without writing.
 * Exits 1 where one is neither right nor refused as it should be.
 */
import { writeFileSync } from "node:fs";
import type { Report } from "../../host/index.ts";
import { hasShared } from "../support/shared.ts";
import { Oracle } from "../support/truth.ts";
import { EXCEPTIONS, STILL_WRONG } from "./expectations.ts";
import { judge, type Verdict, zooNames } from "./judge.ts";

const FILE = new URL("../../docs/zoo.md", import.meta.url);

const HEAD = `# Public models

nolfet compiles 47 quantized models as people publish them, in default mode, and runs them on two emulated
cores, or refuses them with one error. \`npm run zoo\` writes this page.

- *rel*: root mean square of the difference from LiteRT's reference kernels, divided by the standard
  deviation of their output, for the worst output. If that output is the same everywhere, it is not
  divided.
- *XNNPACK*: the same for LiteRT's default kernels. A model passes if its rel is at most 1.5 times this
  plus 0.01.
- *MACs*: the share of multiply-accumulates on the NPU, and the millions of all of them.
- *Jobs*: of all NPU segments. *Estimate*: the time of these jobs by the model of
  [performance-model.md](performance-model.md), without what runs on the CPU.

Inputs are pseudo-random bytes; inputs of real numbers are such bytes divided by 255.
`;

const COLUMNS = `
| model | core | operators on the NPU | MACs | NPU segments | jobs | estimate | rel | XNNPACK |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
`;

if (hasShared("public models")) {
  const chosen = process.argv.slice(2);
  const names = zooNames().filter(
    (name) => chosen.length === 0 || chosen.some((one) => name.includes(one)),
  );
  const oracle = new Oracle();
  const verdicts: Verdict[] = [];
  for (const name of names) {
    const some = await judge(name, oracle);
    for (const verdict of some) process.stdout.write(line(verdict));
    verdicts.push(...some);
  }
  oracle.close();
  if (chosen.length === 0) writeFileSync(FILE, textOf(verdicts));
  const faults = verdicts.filter(({ fault }) => fault !== undefined);
  console.log(`\n${verdicts.length} verdicts, ${faults.length} faults`);
  for (const { name, target, fault } of faults) console.log(`${name} on ${target}: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

function textOf(verdicts: Verdict[]): string {
  const ran = verdicts.filter(({ report }) => report);
  const refused = verdicts.filter(({ refusal, target }) => refusal && target === "a311d");
  const refusals = refused.map(({ name, refusal }) => `| ${name} | ${oneLine(refusal ?? "")} |\n`);
  const open = Object.entries(STILL_WRONG).map(([name, reason]) => `- ${name}: ${reason}\n`);
  const exceptions = Object.entries(EXCEPTIONS).map(([name, { layer, reason }]) => {
    return `- ${name}, ${layer}: ${reason}\n`;
  });
  return [
    HEAD,
    summaryOf(ran.flatMap(({ report }) => (report ? [report] : []))),
    COLUMNS,
    ...ran.map(line),
    "\n## Refused\n\n| model | error |\n| --- | --- |\n",
    ...refusals,
    ...(open.length > 0 ? ["\n## Not right yet\n\n", ...open] : []),
    ...(exceptions.length > 0 ? ["\n## Farther off\n\n", ...exceptions] : []),
  ].join("");
}

/** What half of all compilations reach, and how many stay in one or two pieces. */
function summaryOf(reports: Report[]): string {
  const shares = reports
    .map(({ operators }) => operators.filter(isOnNpu).length / operators.length)
    .sort((a, b) => a - b);
  const median = shares[Math.floor((shares.length - 1) / 2)] ?? 0;
  const few = reports.filter(({ segments }) => segments.filter(isOnNpu).length <= 2).length;
  return `
Of the ${reports.length} blobs, one for each core, half have at least ${(100 * median).toFixed(1)} % of their operators on
the NPU, and ${((100 * few) / reports.length).toFixed(0)} % have at most two segments there.
`;
}

function isOnNpu({ placement }: { placement: string }): boolean {
  return placement === "NPU";
}

function line({ name, target, report, rel = 0, xnnpack = 0, refusal = "" }: Verdict): string {
  if (!report) return `| ${name} | ${target} | ${oneLine(refusal)} |\n`;
  const { operators, segments, macs, estimate } = report;
  const cells = [
    name,
    target,
    `${operators.filter(isOnNpu).length} of ${operators.length}`,
    macs.total > 0 ? `${shareOf(macs)} of ${(macs.total / 1e6).toFixed(1)} M` : "none",
    segments.filter(isOnNpu).length,
    segments.reduce((jobs, { nnJobs, tpJobs }) => jobs + nnJobs + tpJobs, 0),
    `${estimate.milliseconds.toFixed(1)} ms`,
    rel.toFixed(4),
    xnnpack.toFixed(4),
  ];
  return `| ${cells.join(" | ")} |\n`;
}

/** Never 100 % where something is left. */
function shareOf({ npu, total }: Report["macs"]): string {
  return npu === total ? "100 %" : `${Math.min((100 * npu) / total, 99.9).toFixed(1)} %`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}
