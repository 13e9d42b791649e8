import { Core } from "../../targets/cores";
import { Graph } from "../graph";
import { MaxPoolPlan } from "../plan/max-pool";
import { Placement } from "../plan/placement";
import {
  AdditionPlan,
  ConcatenationPlan,
  ConvolutionsPlan,
  PaddingPlan,
  Plan,
  PlanKind,
  RepetitionPlan,
  SlicePlan,
  SplitPlan,
  TablePlan,
  ViewPlan,
} from "../plan/plan";
import { Segment } from "../segment/segments";
import { Settings } from "../settings";
import { lowerAddition } from "./addition";
import { Order } from "./buffers";
import { orderOf } from "./coalescing";
import { lowerConcatenation } from "./concatenation";
import { Workshop } from "./context";
import { lowerConvolutions } from "./convolution";
import { Access, Job, Value } from "./jobs";
import { lowerMaxPool } from "./max-pool";
import { lowerPadding } from "./padding";
import { lowerRepetition } from "./repetition";
import { lowerSlice } from "./slice";
import { lowerTable } from "./table";

/** The jobs of one NPU segment in order, and the memory that they read and write. */
export class Lowering {
  jobs: Job[] = [];
  values: Value[] = [];
  /** Where the segment's inputs and outputs lie, interleaved; parallel to the segment's lists. */
  inputs: Access[] = [];
  outputs: Access[] = [];
}

/** Turns the operators of an NPU segment into jobs. */
export function lower(
  segment: Segment,
  graph: Graph,
  placements: Placement[],
  core: Core,
  settings: Settings,
): Lowering {
  const workshop = new Workshop(segment, core, settings);
  workshop.claims.take(placements);
  const lowering = new Lowering();
  for (let i = 0; i < segment.inputs.length; i++) {
    const tensor = graph.tensors[segment.inputs[i]];
    lowering.inputs.push(workshop.homes.fill(tensor, Order.INTERLEAVED));
  }
  for (let i = 0; i < segment.operators.length; i++) {
    const placement = placements[segment.operators[i]];
    const plan = placement.plan;
    if (plan == null) continue;
    workshop.begin(segment.operators[i], placement.mark);
    lowerOperator(plan, workshop);
    workshop.deliver(plan.outputs);
  }
  for (let i = 0; i < segment.outputs.length; i++) {
    const tensor = graph.tensors[segment.outputs[i]];
    lowering.outputs.push(workshop.homes.home(tensor, Order.INTERLEAVED));
  }
  lowering.jobs = workshop.jobs;
  lowering.values = workshop.homes.values;
  return lowering;
}

function lowerOperator(plan: Plan, workshop: Workshop): void {
  switch (plan.kind) {
    case PlanKind.CONVOLUTIONS:
      lowerConvolutions(plan as ConvolutionsPlan, workshop);
      break;
    case PlanKind.ADDITION:
      lowerAddition(plan as AdditionPlan, workshop);
      break;
    case PlanKind.CONCATENATION:
      lowerConcatenation(plan as ConcatenationPlan, workshop);
      break;
    case PlanKind.SPLIT:
      workshop.split(plan.input, plan.outputs, orderOf((plan as SplitPlan).along));
      break;
    case PlanKind.PADDING:
      lowerPadding(plan as PaddingPlan, workshop);
      break;
    case PlanKind.SLICE:
      lowerSlice(plan as SlicePlan, workshop);
      break;
    case PlanKind.REPETITION:
      lowerRepetition(plan as RepetitionPlan, workshop);
      break;
    case PlanKind.MAX_POOL:
      lowerMaxPool(plan as MaxPoolPlan, workshop);
      break;
    case PlanKind.TABLE:
      lowerTable(plan as TablePlan, workshop);
      break;
    case PlanKind.VIEW:
      workshop.rename(plan as ViewPlan);
  }
}
