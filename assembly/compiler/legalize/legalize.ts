import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { DTYPE_NAMES, Dtype } from "../../tflite/schema";
import { Graph, Operator } from "../graph";
import { Legalization } from "../plan/legalization";
import { Mark } from "../plan/mark";
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
 * without any quantized tensor.
 */
export function legalize(context: Context): Legalization[] | null {
  const graph = context.graph;
  if (!isQuantized(graph)) return null;
  const legalizations: Legalization[] = [];
  for (let i = 0; i < graph.operators.length; i++) {
    legalizations.push(legalizeOperator(graph.operators[i], context));
  }
  if (usesTables(context)) fuseTrees(legalizations, context);
  demoteIsolated(graph, legalizations);
  demoteConversions(legalizations);
  for (let i = 0; i < legalizations.length; i++) {
    if (!legalizations[i].isOnNpu && !runsOnCpu(graph.operators[i], graph)) return null;
  }
  return legalizations;
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

function legalizeOperator(operator: Operator, context: Context): Legalization {
  if (context.settings.cpuOnly) return Legalization.onCpu("everything is to run on the CPU");
  const legalize = PATTERNS.find(operator.code, context.settings);
  if (legalize == null) return Legalization.onCpu(NO_PATTERN);
  let legalization = legalizeBy(legalize, operator, context);
  if (!legalization.isOnNpu && isOverImages(operator, context))
    legalization = legalizeImages(operator, context, legalizeOne);
  if (!legalization.isOnNpu) return legalization;
  const reason = withheld(legalization, context.settings);
  return reason == "" ? legalization : Legalization.onCpu(reason);
}

function legalizeOne(operator: Operator, context: Context): Legalization {
  const legalize = PATTERNS.find(operator.code, context.settings);
  if (legalize == null) return Legalization.onCpu(NO_PATTERN);
  return legalizeBy(legalize, operator, context);
}

function legalizeBy(legalize: Legalize, operator: Operator, context: Context): Legalization {
  return usesTables(context) && needsBounds(operator, context)
    ? legalizeBounded(operator, context, legalize)
    : legalize(operator, context);
}

const NO_PATTERN: string = "the NPU path has no pattern for it";

/** Whether fitted tables may be emitted. */
function usesTables(context: Context): bool {
  const settings = context.settings;
  if (settings.cpuOnly || settings.compatMesa) return false;
  const fused = Legalization.onNpu(new FusedPlan(), context.capped(Mark.EXPECTED));
  return withheld(fused, settings) == "";
}

/** The envelope: proven and expected jobs are emitted unless the caller asks otherwise. */
function withheld(legalization: Legalization, settings: Settings): string {
  if (legalization.mark == Mark.UNPROVEN && !settings.allowUnproven && !settings.compatMesa) {
    const doubt =
      legalization.reason == "" ? "its words are unproven on silicon" : legalization.reason;
    return `${doubt} (--allow-unproven runs it on the NPU)`;
  }
  if (legalization.mark != Mark.PROVEN && settings.strict)
    return "its words are not proven on silicon (--strict)";
  return "";
}
