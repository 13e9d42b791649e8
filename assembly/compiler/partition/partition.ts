import { Code, PlaceKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Core } from "../../targets/cores";
import { Graph, Operator } from "../graph";
import { Builtin, DTYPE_NAMES, Dtype, Mark } from "../schema";
import { Settings } from "../settings";
import { chooseMesaStrategy } from "./compat";
import { Convolution } from "./geometry";
import { CONVOLUTION_RULES, requantizationRule, SHAPE_RULES } from "./rules";
import { collectSegments, Segment } from "./segments";
import { chooseStrategy, markOf } from "./strategy";

/** Where one operator runs, and why. */
export class Placement {
  /** What the NPU is to compute; null on the CPU. */
  convolution: Convolution | null = null;
  mark: Mark = Mark.PROVEN;
  /** On the CPU: the reason, in words. */
  reason: string = "";

  get onNpu(): bool {
    return this.convolution != null;
  }
}

export class Partition {
  constructor(
    /** One for each operator, in the model's order. */
    public placements: Placement[],
    /** In the order to run. */
    public segments: Segment[],
  ) {}
}

/**
 * Decides for every operator whether the NPU takes it, and gathers what runs in one go. Null
 * after a failure: a model without anything quantized, which is no business of an NPU.
 */
export function partition(graph: Graph, core: Core, settings: Settings): Partition | null {
  if (!isQuantized(graph)) return null;
  const placements: Placement[] = [];
  for (let i = 0; i < graph.operators.length; i++) {
    placements.push(placeOperator(graph.operators[i], graph, core, settings));
  }
  return new Partition(placements, collectSegments(graph, placements));
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
  return fail(Code.NOT_QUANTIZED, PlaceKind.TENSOR, first, "a model quantized to 8 bits", found);
}

function placeOperator(
  operator: Operator,
  graph: Graph,
  core: Core,
  settings: Settings,
): Placement {
  const placement = new Placement();
  if (!isConvolution(operator)) {
    placement.reason = "the NPU path has no pattern for it";
    return placement;
  }
  const convolution = new Convolution(operator, graph);
  placement.reason = refusal(convolution, core, settings);
  if (placement.reason != "") return placement;
  if (settings.compatMesa) chooseMesaStrategy(convolution, core);
  else chooseStrategy(convolution, core);
  placement.mark = markOf(convolution, core);
  placement.reason = withheld(placement.mark, settings);
  if (placement.reason == "") placement.convolution = convolution;
  return placement;
}

function isConvolution(operator: Operator): bool {
  const known = operator.code == Builtin.CONV_2D || operator.code == Builtin.DEPTHWISE_CONV_2D;
  return known && operator.inputs.length >= 2 && operator.outputs.length == 1;
}

/** The first rule that the convolution breaks, in words; "" if none. */
function refusal(convolution: Convolution, core: Core, settings: Settings): string {
  for (let i = 0; i < SHAPE_RULES.length; i++) {
    const reason = SHAPE_RULES[i](convolution);
    if (reason != "") return reason;
  }
  for (let i = 0; i < CONVOLUTION_RULES.length; i++) {
    const reason = CONVOLUTION_RULES[i](convolution);
    if (reason != "") return reason;
  }
  const reason = requantizationRule(convolution, core);
  if (reason != "") return reason;
  if (settings.compatMesa && convolution.rows.kernel != convolution.columns.kernel)
    return "its kernel is not square, and Mesa's words for that are not known";
  return "";
}

/** The envelope: proven and expected jobs are emitted unless the caller asks otherwise. */
function withheld(mark: Mark, settings: Settings): string {
  if (mark == Mark.UNPROVEN && !settings.allowUnproven && !settings.compatMesa)
    return "its words are unproven on silicon (--allow-unproven emits them)";
  if (mark != Mark.PROVEN && settings.strict)
    return "its words are not proven on silicon (--strict)";
  return "";
}
