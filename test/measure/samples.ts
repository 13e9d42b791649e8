/** Where several measurements of the same thing lie. */
export interface Summary {
  median: number;
  least: number;
  greatest: number;
}

export function summarize(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    greatest: at(sorted.length - 1),
  };
}

/** Milliseconds that the work takes, and what it gives. */
export async function timed<T>(work: () => Promise<T>): Promise<[milliseconds: number, T]> {
  const begin = performance.now();
  const result = await work();
  return [performance.now() - begin, result];
}
