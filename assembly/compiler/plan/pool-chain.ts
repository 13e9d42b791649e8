import { Tensor } from "../graph";
import { copyOf } from "./copy";
import { Plan, PlanKind } from "./plan";

/** Windows of a pool along rows or columns. */
export class Windows {
  constructor(
    /** Pixels in a window, and from one to the next. */
    public size: i32,
    public stride: i32,
    /** Pixels of the first window before the image. */
    public padding: i32,
    /** Pixels of the image, and windows over it. */
    public input: i32,
    public output: i32,
  ) {}

  get canHalve(): bool {
    return ((this.size | this.stride | this.padding) & 1) == 0;
  }

  /** Takes pairs of pixels for one; windows count these from now on. */
  halve(): PoolSpan {
    this.size >>= 1;
    this.stride >>= 1;
    this.padding >>= 1;
    const span = new PoolSpan(this.input, 0, min(this.needed, (this.input + 1) >> 1));
    this.input = span.outputs;
    return span;
  }

  /** Takes every pixel with its neighbour, the next one or the one before; windows shrink by one. */
  slide(): PoolSpan {
    const before = 2 * this.padding >= this.size ? 1 : 0;
    this.size--;
    this.padding -= before;
    // The last pair may begin inside the image, or else be its last pixel alone.
    const lastBegin = (this.output - 1) * this.stride - this.padding;
    const pairs = lastBegin < this.input ? this.input : this.input + before;
    const span = new PoolSpan(this.input, before, min(this.needed, pairs));
    this.input = span.outputs;
    return span;
  }

  /** What remains to do after a pool of the same image with smaller windows; null if that is no pool. */
  after(done: Windows): Windows | null {
    if (done.stride != 1 || done.output != done.input || done.size > this.size) return null;
    const size = this.size - done.size + 1;
    const padding = this.padding - done.padding;
    if (padding < 0 || 2 * padding > size) return null;
    return new Windows(size, this.stride, padding, this.input, this.output);
  }

  /** Pixels from the image's first to the last of the last window. */
  private get needed(): i32 {
    return (this.output - 1) * this.stride + this.size - this.padding;
  }
}

/** A step along rows or columns: from so many pixels, beginning so many before them, to so many. */
export class PoolSpan {
  constructor(
    public input: i32,
    public before: i32,
    public outputs: i32,
  ) {}
}

/** The greatest of 2×2 pixels: of every block if it `halves`, else of every pixel and its neighbours. */
export class PoolStep {
  constructor(
    public halves: bool,
    public rows: PoolSpan,
    public columns: PoolSpan,
  ) {}
}

/**
 * MAX_POOL_2D with square windows as a chain of maxima over 2×2 pixels. What lies outside an image
 * never wins, in no step, so no padding is needed. If strides are left over, every so many pixels of
 * the last image are kept.
 */
export class PoolChainPlan extends Plan {
  constructor(
    input: Tensor,
    output: Tensor,
    public rows: Windows,
    public columns: Windows,
  ) {
    super(PlanKind.POOL_CHAIN, [input], [output]);
  }
}

/** Steps from an image to the greatest of its windows; `rows` and `columns` become the remaining ones. */
export function poolSteps(rows: Windows, columns: Windows): PoolStep[] {
  const steps: PoolStep[] = [];
  while (rows.size > 1) {
    const halves = rows.canHalve && columns.canHalve;
    if (halves) steps.push(new PoolStep(true, rows.halve(), columns.halve()));
    else steps.push(new PoolStep(false, rows.slide(), columns.slide()));
  }
  return steps;
}

export function copyWindows(windows: Windows): Windows {
  return copyOf<Windows>(windows);
}
