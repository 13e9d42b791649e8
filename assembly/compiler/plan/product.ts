import { Tensor } from "../graph";
import { Convolution } from "./convolution";
import { MovementPlan, Plan, PlanKind } from "./plan";
import { LookupTable } from "./table";

/** The positive and negative parts of a product's sums and differences. */
export const SUMS = 4;

/**
 * The product of two tensors, from quarter squares of their sums and differences; or the square of their
 * difference, which has two planes of these instead of four. Its jobs work on
 * planes of as many bytes as the output has elements:
 *
 *       operands       a │ b
 *                        ▼          one convolution
 *       sums           s⁺ │ s⁻ │ d⁺ │ d⁻
 *                        ▼          one look-up for each table
 *       terms          their squares, for each table │ a │ b
 *                        ▼          another convolution
 *       output
 */
export class ProductPlan extends Plan {
  /** The operands as the jobs read them, and what writes each; null where the plan's input is read. */
  operands: Tensor[] = [];
  preparations: (MovementPlan | null)[] = [];
  sums: Convolution = new Convolution();
  combination: Convolution = new Convolution();

  /** Planes of what tables look up. */
  get summed(): i32 {
    return this.sums.outputChannels;
  }

  constructor(
    a: Tensor,
    b: Tensor,
    output: Tensor,
    public tables: LookupTable[],
  ) {
    super(PlanKind.PRODUCT, [a, b], [output]);
    this.macs = output.elements;
  }
}
