import { Tensor } from "../../graph";
import { Mark } from "../../schema";
import { Context } from "../context";
import { Placement } from "../placement";
import { ConvolutionsPlan } from "../plans";
import { chooseMesaStrategy, whyNotInMesa } from "./compat";
import { Convolution } from "./geometry";
import { GEOMETRY_RULES } from "./rules";
import { chooseStrategy, markOf } from "./strategy";

/**
 * Gives the NPU convolutions that follow each other, if it can do all of them. The mark is
 * that of the weakest, and no stronger than `strongest`.
 */
export function placeStages(
  input: Tensor,
  output: Tensor,
  stages: Convolution[],
  strongest: Mark,
  context: Context,
): Placement {
  const plan = new ConvolutionsPlan(input, output, stages);
  let mark = strongest;
  for (let i = 0; i < stages.length; i++) {
    const reason = whyNotStage(stages[i], context);
    if (reason != "") return Placement.onCpu(reason);
    mark = max<i32>(mark, markOf(stages[i], context.core)) as Mark;
    plan.macs += stages[i].macs;
  }
  return Placement.onNpu(plan, mark);
}

/** Checks a convolution and, if the NPU can do it, decides how. */
function whyNotStage(c: Convolution, context: Context): string {
  for (let i = 0; i < GEOMETRY_RULES.length; i++) {
    const reason = GEOMETRY_RULES[i](c, context.core);
    if (reason != "") return reason;
  }
  if (!context.settings.compatMesa) {
    chooseStrategy(c, context.core);
    return "";
  }
  const reason = whyNotInMesa(c);
  if (reason == "") chooseMesaStrategy(c, context.core);
  return reason;
}
