import { Tensor } from "../graph";
import { Convolution } from "./convolution";
import { Plan, PlanKind } from "./plan";

/** From greatest values of windows to those of larger ones. */
export class MaximaStep {
  constructor(
    /** Bytes by which a plane is written further in front to be compared with; 0: none is. */
    public shift: i32,
    public difference: Convolution,
    public sum: Convolution,
  ) {}

  /** Planes that a step works on, the differences among them. */
  get planes(): i32 {
    return this.shift > 0 ? 3 : 2;
  }
}

/**
 * The greatest of every window. Equal groups of channels are padded to `rows` × `columns` and
 * become one plane each, which the steps turn into greatest values, of every second row and column
 * if it `halvesSize`; of these, every so many are kept.
 */
export class MaxPoolPlan extends Plan {
  groups: i32 = 1;
  top: i32 = 0;
  left: i32 = 0;
  rows: i32 = 0;
  columns: i32 = 0;
  steps: MaximaStep[] = [];
  halvesSize: bool = false;
  rowStep: i32 = 1;
  columnStep: i32 = 1;

  constructor(input: Tensor, output: Tensor) {
    super(PlanKind.MAX_POOL, [input], [output]);
  }

  get groupChannels(): i32 {
    return this.input.fromLast(1) / this.groups;
  }

  get planeBytes(): u32 {
    return this.rows * this.columns * this.groupChannels;
  }

  /** For one group of channels. */
  get convolutions(): i32 {
    let count = 0;
    for (let i = 0; i < this.steps.length; i++) count += this.steps[i].planes;
    return count;
  }
}
