import type { Told } from "./worker.ts";

/** What came of a campaign, and how to repeat each fault. */
export class Tally {
  readonly faults: Told[] = [];
  readonly outcomes = new Map<string, number>();
  private operators = 0;
  private onNpu = 0;
  private onLiteRt = 0;
  private slowest: Told | undefined;

  constructor(private readonly seed: number) {}

  add(told: Told): void {
    this.outcomes.set(told.outcome, (this.outcomes.get(told.outcome) ?? 0) + 1);
    this.operators += told.operators;
    this.onNpu += told.onNpu;
    if (told.isOnLiteRt) this.onLiteRt++;
    if (told.fault !== undefined) this.faults.push(told);
    if (told.milliseconds > (this.slowest?.milliseconds ?? 0)) this.slowest = told;
  }

  text(): string {
    const counted = [...this.outcomes].sort(([, a], [, b]) => b - a);
    const lines = counted.map(([outcome, times]) => `${String(times).padStart(8)} ${outcome}`);
    const faults = this.faults
      .sort((a, b) => a.index - b.index)
      .map(({ index, outcome, fault }) => {
        return `\n${outcome}: ${fault}\n  npm run graphs -- --seed ${this.seed} --only ${index}`;
      });
    const { index = 0, milliseconds = 0 } = this.slowest ?? {};
    return [
      ...lines,
      `${this.operators} operators, ${this.onNpu} on the NPU; ${this.onLiteRt} networks on LiteRT, too`,
      `slowest: network ${index}, ${Math.round(milliseconds)} ms`,
      ...faults,
    ].join("\n");
  }
}
