import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { DTYPE_NAMES, Dtype } from "../../tflite/schema";
import { Graph, Operator } from "../graph";
import { Mark } from "../plan/mark";
import { Placement } from "../plan/placement";
import { FusedPlan } from "../plan/plan";
import { Settings } from "../settings";
import { Context } from "./context";
import { ADVICE, runsOnCpu } from "./cpu-coverage";
import { demoteIsolated } from "./demotion";
import { legalizeBounded, needsBounds } from "./elementwise/bounds";
import { fuseTrees } from "./elementwise/trees";
import { isOverImages, legalizeImages } from "./images";
import { demoteConversions } from "./layout/conversion";
import { Legalize, PATTERNS } from "./patterns";

/**
 * Decides for every operator whether the NPU takes it. Null after a failure, such as a model
 * without anything quantized, which is no business of an NPU.
 */
export function legalize(context: Context): Placement[] | null {
  const graph = context.graph;
  if (!isQuantized(graph)) return null;
  const placements: Placement[] = [];
  for (let i = 0; i < graph.operators.length; i++) {
    placements.push(legalizeOperator(graph.operators[i], context));
  }
  if (usesTables(context)) fuseTrees(placements, context);
  demoteIsolated(graph, placements);
  demoteConversions(placements);
  for (let i = 0; i < placements.length; i++) {
    if (!placements[i].isOnNpu && !runsOnCpu(graph.operators[i], graph)) return null;
  }
  return placements;
}

function isQuantized(graph: Graph): bool {
  for (let i = 0; i < graph.tensors.length; i++) {
    const tensor = graph.tensors[i];
    const isByte = tensor.dtype == Dtype.UINT8 || tensor.dtype == Dtype.INT8;
    if (isByte && tensor.quantization.count > 0) return true;
  }
  const first = graph.inputs.length > 0 ? graph.inputs[0] : 0;
  const found =
    graph.tensors.length == 0 ? "no tensors" : `${DTYPE_NAMES[graph.tensors[first].dtype]} tensors`;
  return fail(
    Code.NOT_QUANTIZED,
    LocationKind.TENSOR,
    first,
    `a model quantized to 8 bits (${ADVICE})`,
    found,
  );
}

function legalizeOperator(operator: Operator, context: Context): Placement {
  if (context.settings.cpuOnly) return Placement.onCpu("everything is to run on the CPU");
  const legalize = PATTERNS.find(operator.code, context.settings);
  if (legalize == null) return Placement.onCpu(NO_PATTERN);
  let placement = legalizeBy(legalize, operator, context);
  if (!placement.isOnNpu && isOverImages(operator, context))
    placement = legalizeImages(operator, context, legalizeOne);
  if (!placement.isOnNpu) return placement;
  const reason = withheld(placement, context.settings);
  return reason == "" ? placement : Placement.onCpu(reason);
}

function legalizeOne(operator: Operator, context: Context): Placement {
  const legalize = PATTERNS.find(operator.code, context.settings);
  if (legalize == null) return Placement.onCpu(NO_PATTERN);
  return legalizeBy(legalize, operator, context);
}

function legalizeBy(legalize: Legalize, operator: Operator, context: Context): Placement {
  return usesTables(context) && needsBounds(operator, context)
    ? legalizeBounded(operator, context, legalize)
    : legalize(operator, context);
}

const NO_PATTERN: string = "the NPU path has no pattern for it";

/** Whether fitted tables may be emitted. */
function usesTables(context: Context): bool {
  const settings = context.settings;
  if (settings.cpuOnly || settings.compatMesa) return false;
  const fused = Placement.onNpu(new FusedPlan(), context.capped(Mark.EXPECTED));
  return withheld(fused, settings) == "";
}

/** The envelope: proven and expected jobs are emitted unless the caller asks otherwise. */
function withheld(placement: Placement, settings: Settings): string {
  if (placement.mark == Mark.UNPROVEN && !settings.allowUnproven && !settings.compatMesa) {
    const doubt = placement.reason == "" ? "its words are unproven on silicon" : placement.reason;
    return `${doubt} (--allow-unproven runs it on the NPU)`;
  }
  if (placement.mark != Mark.PROVEN && settings.strict)
    return "its words are not proven on silicon (--strict)";
  return "";
}
