import { distance } from "fastest-levenshtein";

const SUGGESTIONS = 3;

/** The names most like the one given, as "a, b or c". */
export function nearest(wanted: string, names: readonly string[]): string {
  const ranked = names.map((name) => ({ name, far: distance(name, wanted) }));
  ranked.sort((a, b) => a.far - b.far);
  const chosen = ranked.slice(0, SUGGESTIONS).map(({ name }) => name);
  const last = chosen.pop() ?? "";
  return chosen.length === 0 ? last : `${chosen.join(", ")} or ${last}`;
}
