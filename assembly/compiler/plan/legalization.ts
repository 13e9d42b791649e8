import { Mark } from "./mark";
import { copyPlan, Plan } from "./plan";

/** Where one operator runs, and why. */
export class Legalization {
  private constructor(
    /** What the NPU is to compute; null on the CPU. */
    public plan: Plan | null,
    public mark: Mark,
    /** On the CPU: the reason, in words. On the NPU: what speaks against its words, or "". */
    public reason: string,
  ) {}

  static onNpu(plan: Plan, mark: Mark, doubt: string = ""): Legalization {
    return new Legalization(plan, mark, doubt);
  }

  static onCpu(reason: string): Legalization {
    return new Legalization(null, Mark.PROVEN, reason);
  }

  /** The same with a plan of its own, whose convolutions may be given other weights. */
  copy(): Legalization {
    const plan = this.plan;
    return new Legalization(plan == null ? null : copyPlan(plan), this.mark, this.reason);
  }

  /** Makes the mark no stronger than `mark`. */
  weaken(mark: Mark): void {
    this.mark = max<i32>(this.mark, mark) as Mark;
  }

  get isOnNpu(): bool {
    return this.plan != null;
  }
}
