import { Grouping } from "./grouping";

/** How far ahead a layer is looked at: three groups may pay where two do not. */
const AHEAD = 4;

/** Gives every layer one group, and then the next ones to whoever gains most from each. */
export function spend(groupings: Grouping[], jobs: i32): StaticArray<i32> {
  const groups = new StaticArray<i32>(groupings.length).fill(1);
  let left = jobs - groupings.length;
  while (left > 0) {
    let best = -1;
    let bestMore = 0;
    let bestGain: f64 = 0;
    for (let i = 0; i < groupings.length; i++) {
      const grouping = groupings[i];
      for (let more = 1; more <= min(AHEAD, left); more++) {
        if (groups[i] + more > grouping.most) break;
        const gain = (grouping.mean(groups[i]) - grouping.mean(groups[i] + more)) / (more as f64);
        if (gain <= bestGain) continue;
        best = i;
        bestMore = more;
        bestGain = gain;
      }
    }
    if (best < 0) break;
    groups[best] += bestMore;
    left -= bestMore;
  }
  return groups;
}
