import { CodeBook } from "./code-book";
import { LONGEST, RunTable, TABLE_SIZES } from "./runs";
import { Histogram } from "./symbols";

/** Run lengths that are tried for an entry of the table. */
const CANDIDATES = 24;

/**
 * Searches the codes with runs that take the fewest bits. A table grows from a run of one zero by
 * the run that saves most, as long as one saves anything; each size is judged by its exact cost. Null
 * where there are no zeros to run.
 */
export function bestBookWithRuns(histogram: Histogram): CodeBook | null {
  const candidates = usefulLengths(histogram);
  if (candidates.length == 0) return null;
  let best: CodeBook | null = null;
  let bestBits: u64 = u64.MAX_VALUE;
  let chosen: i32[] = [1];
  for (let i = 0; i < TABLE_SIZES.length; i++) {
    chosen = grow(chosen, candidates, TABLE_SIZES[i], histogram);
    const runs = tableOf(chosen, TABLE_SIZES[i], histogram);
    const assignment = histogram.assign(runs);
    if (assignment.bits >= bestBits) continue;
    bestBits = assignment.bits;
    best = new CodeBook(assignment.lengths, runs);
  }
  return best;
}

/** Lengths that hold most zeros: of stretches, of what long ones leave, and the longest. */
function usefulLengths(histogram: Histogram): i32[] {
  const zeros = new StaticArray<u64>(LONGEST + 1);
  const stretches = histogram.stretches;
  for (let length = 1; length <= LONGEST; length++) {
    zeros[length] = (stretches.short[length] as u64) * (length as u64);
  }
  const long = stretches.long.keys();
  for (let i = 0; i < long.length; i++) {
    const count = stretches.long.get(long[i]) as u64;
    const rest = long[i] % LONGEST;
    zeros[rest] += count * (rest as u64);
    zeros[LONGEST] += count * ((long[i] - rest) as u64);
  }
  const lengths: i32[] = [];
  for (let n = 0; n < CANDIDATES; n++) {
    let best = 0;
    for (let length = 1; length <= LONGEST; length++)
      if (zeros[length] > zeros[best]) best = length;
    if (best == 0) break;
    lengths.push(best);
    zeros[best] = 0;
  }
  return lengths;
}

/** Adds the length that saves most until the table is full or none saves anything. */
function grow(from: i32[], candidates: i32[], size: i32, histogram: Histogram): i32[] {
  let chosen = from;
  let bits = histogram.assign(tableOf(chosen, size, histogram)).bits;
  while (chosen.length < size) {
    let better: i32[] | null = null;
    for (let i = 0; i < candidates.length; i++) {
      if (chosen.includes(candidates[i])) continue;
      const tried = chosen.concat([candidates[i]]);
      const cost = histogram.assign(tableOf(tried, size, histogram)).bits;
      if (cost >= bits) continue;
      bits = cost;
      better = tried;
    }
    if (better == null) break;
    chosen = better;
  }
  return chosen;
}

/** The table of these lengths, the two that are used most first; a run of 1 fills it up. */
function tableOf(lengths: i32[], size: i32, histogram: Histogram): RunTable {
  const zeros = new StaticArray<i32>(size).fill(1);
  for (let i = 0; i < lengths.length; i++) zeros[i] = lengths[i];
  const uses = histogram.stretches.runs(new RunTable(zeros));
  for (let entry = 0; entry < 2; entry++) {
    let most = entry;
    for (let i = entry + 1; i < lengths.length; i++) if (uses[i] > uses[most]) most = i;
    const length = zeros[most];
    zeros[most] = zeros[entry];
    zeros[entry] = length;
    const use = uses[most];
    uses[most] = uses[entry];
    uses[entry] = use;
  }
  return new RunTable(zeros);
}
