import { Tensor } from "../../graph";
import { Convolution } from "../../plan/convolution";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { ConvolutionsPlan } from "../../plan/plan";
import { Context } from "../context";
import { chooseMesaStrategy, whyNotInMesa, whyUnprovenInMesa } from "./compat";
import { GEOMETRY_RULES } from "./rules";
import { chooseStrategy, markOf, whyUnproven } from "./strategy";

/**
 * Legalizes the convolutions of one image, if the NPU can do all of them. The mark is that of the
 * weakest, and no stronger than `strongest`.
 */
export function legalizeConvolutions(
  input: Tensor,
  output: Tensor,
  convolutions: Convolution[],
  strongest: Mark,
  context: Context,
): Legalization {
  const plan = new ConvolutionsPlan(input, output, convolutions);
  let mark = strongest;
  let doubt = "";
  for (let i = 0; i < convolutions.length; i++) {
    const reason = whyNot(convolutions[i], context);
    if (reason != "") return Legalization.onCpu(reason);
    mark = max<i32>(mark, markOf(convolutions[i], context.core)) as Mark;
    if (doubt == "") doubt = doubtOf(convolutions[i], context);
    plan.macs += convolutions[i].macs;
  }
  return Legalization.onNpu(plan, doubt == "" ? mark : Mark.UNPROVEN, doubt);
}

/** Why the words of a convolution cannot be written; "" if they can. */
function doubtOf(c: Convolution, context: Context): string {
  const doubt = whyUnproven(c, context.core);
  if (doubt != "" || !context.settings.compatMesa) return doubt;
  return whyUnprovenInMesa(c, context.core);
}

/** Checks a convolution and, if the NPU can do it, chooses its form. */
function whyNot(c: Convolution, context: Context): string {
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
