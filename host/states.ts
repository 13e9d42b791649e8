import type { Blob } from "./blob/blob.ts";
import type { Values } from "./step.ts";

/** What a session keeps from one run to the next: the values of a model's variables. */
export class States {
  constructor(
    private readonly blob: Blob,
    private readonly values: Values,
  ) {
    this.reset();
  }

  /** What the first run begins with. */
  reset(): void {
    for (const { input, initial } of this.blob.states) {
      const value = this.values.get(input) as Uint8Array;
      if (initial.length > 0) value.set(initial);
      else value.fill(0);
    }
  }

  /** After a run: what it ended with is what the next begins with. */
  carry(): void {
    const last = this.blob.states.map(({ output }) => this.values.get(output) as Uint8Array);
    // Copied first: one state may end with what another began with.
    const next = last.map((value) => value.slice());
    this.blob.states.forEach(({ input }, i) => {
      (this.values.get(input) as Uint8Array).set(next[i] as Uint8Array);
    });
  }
}
