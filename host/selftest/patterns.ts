import { CONVOLUTIONS } from "./convolutions.ts";
import { fullyConnected, graph, singleConvolution } from "./models.ts";
import { SINGLES } from "./singles.ts";

/** A form of job, or of jobs in sequence, that nolfet emits; the model that it comes from. */
export interface Pattern {
  name: string;
  model(): Uint8Array;
}

export const PATTERNS: Pattern[] = [
  ...Object.entries(CONVOLUTIONS).map(([name, spec]) => ({
    name: `convolution ${name}`,
    model: () => singleConvolution(name, spec),
  })),
  ...[
    [64, 10],
    [1280, 120],
  ].map(([depth = 0, units = 0]) => {
    const name = `fully connected ${depth} to ${units}`;
    return { name, model: () => fullyConnected(name, depth, units) };
  }),
  ...Object.entries(SINGLES).map(([name, single]) => ({ name, model: () => graph(single) })),
];
