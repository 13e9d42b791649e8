import { ProductPlan } from "../plan/product";
import { Layout } from "./buffers";
import { LoweringContext } from "./context";
import { lowerConvolution } from "./convolution";
import { BufferSlice } from "./jobs";
import { lowerMovement } from "./movement";
import { ImageShape } from "./strided-copies";
import { LookUp } from "./table";

/** Sums of the operands, their squares beside the operands, and of these the product. */
export function lowerProduct(plan: ProductPlan, context: LoweringContext): void {
  const terms = context.coalescing.pairs.get(plan.output.index);
  const plane = plan.output.elements;
  const squares = plan.summed * plane;
  const operands = terms.plus(plan.tables.length * squares);
  for (let i = 0; i < 2; i++) lowerOperand(plan, i, operands.plus(i * plane), context);
  const sums = new BufferSlice(context.buffers.create(squares));
  lowerConvolution(plan.sums, operands, sums, context);
  const rows = plan.sums.rows.output;
  const image = new ImageShape(rows, plan.sums.columns.output, plan.summed, 0);
  for (let i = 0; i < plan.tables.length; i++) {
    new LookUp(plan.tables[i], 0).addJobs(image, true, sums, terms.plus(i * squares), context);
  }
  const output = context.buffers.fill(plan.output, Layout.PLANAR);
  lowerConvolution(plan.combination, terms, output, context);
}

function lowerOperand(
  plan: ProductPlan,
  index: i32,
  to: BufferSlice,
  context: LoweringContext,
): void {
  const preparation = plan.preparations[index];
  if (preparation != null) lowerMovement(preparation, context);
  const operand = plan.operands[index];
  context.copyIfNeeded(context.require(operand, Layout.PLANAR), to, operand);
}
