/** Compiles a range of mutants in a process of its own, which can be ended if one hangs. */
import { loadSubjects } from "./subjects.ts";
import { attempt, type Verdict } from "./trial.ts";

/** What the worker tells of each mutant. */
export interface Report {
  verdict: Verdict;
  /** Bytes that the process holds after it. */
  memory: number;
}

const [seed = 0, from = 0, to = 0] = process.argv.slice(2).map(Number);
const subjects = loadSubjects();
for (let index = from; index < to; index++) {
  const verdict = await attempt(subjects, seed, index);
  const report: Report = { verdict, memory: process.memoryUsage.rss() };
  process.send?.(report);
}
process.disconnect();
