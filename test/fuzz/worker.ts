/** Tries a range of mutants in a process of its own, which can be ended if one hangs. */
import { loadSubjects } from "./subjects.ts";
import { attempt, type Trial, type Verdict } from "./trial.ts";

/** What the worker is given, as JSON: mutants `from` to `to` - 1. */
export interface Task {
  trial: Trial;
  from: number;
  to: number;
}

/** What the worker tells of each mutant. */
export interface Report {
  verdict: Verdict;
  /** Bytes that the process holds after it. */
  memory: number;
}

const { trial, from, to } = JSON.parse(process.argv[2] ?? "") as Task;
const subjects = loadSubjects();
for (let index = from; index < to; index++) {
  const verdict = await attempt(subjects, trial, index);
  const report: Report = { verdict, memory: process.memoryUsage.rss() };
  process.send?.(report);
}
process.disconnect();
