/**
 * Mutates blobs and lets both readers judge them: `npm run fuzz:verdicts -- --count 100000`. What a
 * session takes, the C library must take, and the other way round. `--only INDEX` repeats one
 * mutant of a seed.
 */
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { compiledVerdicts } from "../../c/verdicts.ts";
import { BUILDS } from "../../support/stand-in.ts";
import { type Campaign, compareVerdicts } from "./campaign.ts";

const program = new Command("fuzz:verdicts")
  .description("judge mutated blobs by sessions and the C library; they must agree")
  .option("--count <n>", "number of mutants", number, 10_000)
  .option("--seed <n>", "what the mutants follow from", number, 1)
  .option("--only <index>", "repeat the mutant with this index", number)
  .option("--sanitized", "with a library that stops at bad memory accesses", false)
  .parse();
const options = program.opts<{ count: number; seed: number; only?: number; sanitized: boolean }>();

const library = compiledVerdicts(options.sanitized ? BUILDS.sanitized : BUILDS.plain);
process.exitCode = library === undefined ? 1 : await run(library);

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a number from 0");
  return Number(text);
}

async function run(library: string): Promise<number> {
  const { count, seed, only } = options;
  const range = only === undefined ? { seed, from: 0, count } : { seed, from: only, count: 1 };
  const format = "{bar} {value}/{total} | {eta_formatted} left | {differences} differences";
  const bar = new SingleBar({ format, hideCursor: true });
  bar.start(range.count, 0, { differences: 0 });
  const campaign = await compareVerdicts(library, range, (done, differences) => {
    bar.update(done, { differences });
  });
  bar.stop();
  report(campaign);
  return campaign.differences.length === 0 ? 0 : 1;
}

function report({ accepted, refused, onCpu, differences }: Campaign): void {
  console.log(`${accepted} accepted, ${refused} refused, ${onCpu} with operators on the CPU`);
  for (const { index, subject, changes, host, library } of differences) {
    console.log(`\nmutant ${index} of ${subject}\n  ${changes.join("\n  ")}`);
    console.log(`  session: ${host || "accepted"}\n  library: ${library || "accepted"}`);
    console.log(`npm run fuzz:verdicts -- --seed ${options.seed} --only ${index}`);
  }
}
