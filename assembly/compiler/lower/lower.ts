import { Core } from "../../targets/cores";
import { Graph } from "../graph";
import { Legalization } from "../plan/legalization";
import { MaxPoolPlan } from "../plan/max-pool";
import {
  AdditionPlan,
  ConcatenationPlan,
  ConvolutionsPlan,
  ImagesPlan,
  MovementPlan,
  PaddingPlan,
  Plan,
  PlanKind,
  RepetitionPlan,
  SequencePlan,
  SlicePlan,
  SplitPlan,
  TablePlan,
  ViewPlan,
} from "../plan/plan";
import { PoolChainPlan } from "../plan/pool-chain";
import { ProductPlan } from "../plan/product";
import { Segment } from "../segment/segments";
import { Settings } from "../settings";
import { lowerAddition } from "./addition";
import { Layout } from "./buffers";
import { layoutOf } from "./coalescing";
import { lowerConcatenation } from "./concatenation";
import { LoweringContext } from "./context";
import { lowerConvolutions } from "./convolution";
import { beginImage, endImage } from "./images";
import { Buffer, BufferSlice, ConvolutionJob, Job } from "./jobs";
import { lowerMaxPool } from "./max-pool";
import { lowerMovement } from "./movement";
import { lowerPadding } from "./padding";
import { lowerPoolChain } from "./pool-chain";
import { lowerProduct } from "./product";
import { lowerRepetition } from "./repetition";
import { lowerSlice } from "./slice";
import { lowerTable } from "./table";

/** The jobs of one NPU segment in order, and the memory that they read and write. */
export class Lowering {
  jobs: Job[] = [];
  /** Bytes of the arena are signed numbers, as the tensors' are. */
  isSigned: bool = false;
  buffers: Buffer[] = [];
  /** Where the segment's inputs and outputs lie, interleaved; parallel to the segment's lists. */
  inputs: BufferSlice[] = [];
  outputs: BufferSlice[] = [];
}

/** Turns the operators of an NPU segment into jobs. */
export function lower(
  segment: Segment,
  graph: Graph,
  legalizations: Legalization[],
  core: Core,
  settings: Settings,
): Lowering {
  const context = new LoweringContext(segment, legalizations, core, settings);
  context.coalescing.take(legalizations);
  const lowering = new Lowering();
  for (let i = 0; i < segment.inputs.length; i++) {
    const tensor = graph.tensors[segment.inputs[i]];
    lowering.inputs.push(context.buffers.fill(tensor, Layout.INTERLEAVED));
  }
  for (let i = 0; i < segment.operators.length; i++) {
    const legalization = legalizations[segment.operators[i]];
    const plan = legalization.plan;
    if (plan == null) continue;
    context.begin(segment.operators[i], legalization.mark);
    lowerWhole(plan, context);
  }
  for (let i = 0; i < segment.outputs.length; i++) {
    const tensor = graph.tensors[segment.outputs[i]];
    lowering.outputs.push(context.buffers.sliceOf(tensor, Layout.INTERLEAVED));
  }
  lowering.jobs = context.jobs;
  lowering.buffers = context.buffers.all;
  return lowering;
}

/** With its bounds. */
function lowerWhole(plan: Plan, context: LoweringContext): void {
  if (plan.kind != PlanKind.IMAGES)
    for (let i = 0; i < plan.inputs.length; i++) context.gather(plan.inputs[i]);
  lowerOperator(plan, context);
  context.deliver(plan.outputs);
  const bounds = plan.bounds;
  if (bounds == null) return;
  lowerTable(bounds, context);
  context.deliver(bounds.outputs);
}

/** The jobs of the first image, and the same again for each other one, over its own bytes. */
function lowerImages(plan: ImagesPlan, context: LoweringContext): void {
  let originals: i32[] = [];
  for (let i = 0; i < plan.images; i++) {
    const first = context.jobs.length;
    const pools = context.pools.length;
    beginImage(plan, i, context);
    lowerWhole(plan.single, context);
    endImage(plan, i, context);
    context.pools.length = pools;
    const convolutions = convolutionsFrom(context.jobs, first);
    if (i == 0) originals = convolutions;
    else shareCoefficients(context.jobs, originals, convolutions);
  }
}

/**
 * The n-th convolution of an image has the coefficients of the first image's n-th one: both are of one
 * plan. Copies are not counted, since an image that lies where it may be read has none.
 */
function shareCoefficients(jobs: Job[], originals: i32[], repeated: i32[]): void {
  if (repeated.length != originals.length) return;
  for (let i = 0; i < repeated.length; i++)
    (jobs[repeated[i]] as ConvolutionJob).twin = originals[i];
}

/** The numbers of the convolutions from a job on. */
function convolutionsFrom(jobs: Job[], first: i32): i32[] {
  const found: i32[] = [];
  for (let i = first; i < jobs.length; i++) if (jobs[i] instanceof ConvolutionJob) found.push(i);
  return found;
}

function lowerOperator(plan: Plan, context: LoweringContext): void {
  switch (plan.kind) {
    case PlanKind.CONVOLUTIONS:
      lowerConvolutions(plan as ConvolutionsPlan, context);
      break;
    case PlanKind.ADDITION:
      lowerAddition(plan as AdditionPlan, context);
      break;
    case PlanKind.PRODUCT:
      lowerProduct(plan as ProductPlan, context);
      break;
    case PlanKind.CONCATENATION:
      lowerConcatenation(plan as ConcatenationPlan, context);
      break;
    case PlanKind.SPLIT:
      context.split(plan.input, plan.outputs, layoutOf((plan as SplitPlan).along));
      break;
    case PlanKind.PADDING:
      lowerPadding(plan as PaddingPlan, context);
      break;
    case PlanKind.SLICE:
      lowerSlice(plan as SlicePlan, context);
      break;
    case PlanKind.REPETITION:
      lowerRepetition(plan as RepetitionPlan, context);
      break;
    case PlanKind.MAX_POOL:
      lowerMaxPool(plan as MaxPoolPlan, context);
      break;
    case PlanKind.POOL_CHAIN:
      lowerPoolChain(plan as PoolChainPlan, context);
      break;
    case PlanKind.SEQUENCE: {
      const steps = (plan as SequencePlan).steps;
      for (let i = 0; i < steps.length; i++) lowerOperator(steps[i], context);
      break;
    }
    case PlanKind.IMAGES:
      lowerImages(plan as ImagesPlan, context);
      break;
    case PlanKind.MOVEMENT:
      lowerMovement(plan as MovementPlan, context);
      break;
    case PlanKind.TABLE:
      lowerTable(plan as TablePlan, context);
      break;
    case PlanKind.VIEW:
      context.rename(plan as ViewPlan);
  }
}
