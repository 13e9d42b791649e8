import type { Told } from "./worker.ts";

/** What came of a campaign. */
export class Tally {
  readonly faults: Told[] = [];
  private readonly outcomes = new Map<string, number>();
  private operators = 0;
  private onNpu = 0;
  private onLiteRt = 0;
  private slowest: Told | undefined;

  add(told: Told): void {
    this.outcomes.set(told.outcome, (this.outcomes.get(told.outcome) ?? 0) + 1);
    this.operators += told.operators;
    this.onNpu += told.onNpu;
    if (told.isOnLiteRt) this.onLiteRt++;
    if (told.fault !== undefined) this.faults.push(told);
    if (told.milliseconds > (this.slowest?.milliseconds ?? 0)) this.slowest = told;
  }

  /** Of the networks, those that came out so. */
  share(outcome: string): number {
    return (this.outcomes.get(outcome) ?? 0) / this.count;
  }

  get shareOnNpu(): number {
    return this.onNpu / this.operators;
  }

  get shareOnLiteRt(): number {
    return this.onLiteRt / this.count;
  }

  private get count(): number {
    return [...this.outcomes.values()].reduce((sum, times) => sum + times, 0);
  }

  text(): string {
    const counted = [...this.outcomes].sort(([, a], [, b]) => b - a);
    const lines = counted.map(([outcome, times]) => `${String(times).padStart(8)} ${outcome}`);
    const { index = 0, milliseconds = 0 } = this.slowest ?? {};
    return [
      ...lines,
      `${this.operators} operators, ${this.onNpu} on the NPU; ${this.onLiteRt} networks on LiteRT, too`,
      `slowest: network ${index}, ${Math.round(milliseconds)} ms`,
    ].join("\n");
  }
}

/** A fault, the smallest network that has it, and how to repeat it. */
export function faultText(seed: number, { index, outcome, fault }: Told): string {
  return `${outcome}: ${fault}\n  npm run graphs -- --seed ${seed} --only ${index}`;
}
