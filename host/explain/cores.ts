import { checkInput } from "../arguments.ts";
import type { Mark } from "../blob/blob.ts";
import { type CompileOptions, compile } from "../compile.ts";
import { NolfetError } from "../errors.ts";
import type { Report } from "../report.ts";
import { sum } from "../sums.ts";
import { TARGETS, type Target } from "../targets.ts";
import type { CoreResult, CoreView } from "./explanation.ts";

/** Compiles a model for one core more, for cores side by side. Throws what `compile` does. */
export async function coreView(
  model: Uint8Array,
  target: Target,
  options: Omit<CompileOptions, "target"> = {},
): Promise<CoreView> {
  checkInput(target, TARGETS.includes(target), "one of TARGETS");
  const { name, aliases, mark, core } = target;
  const { architecture, nnCores } = core;
  const view = { target: name, aliases, mark, architecture, nnCores };
  try {
    const { report } = await compile(model, { ...options, target: name });
    return { ...view, result: resultOf(report) };
  } catch (error) {
    if (!(error instanceof NolfetError) || error.code !== "UNSUPPORTED_TARGET") throw error;
    return { ...view, refusal: error.message };
  }
}

function resultOf({ operators, segments, macs, weights, memory, estimate }: Report): CoreResult {
  const onNpu = operators.filter(({ placement }) => placement === "NPU");
  const marked = (mark: Mark) => onNpu.filter((operator) => operator.mark === mark).length;
  return {
    operators: operators.length,
    npuOperators: onNpu.length,
    marks: {
      proven: marked("proven"),
      expected: marked("expected"),
      unproven: marked("unproven"),
    },
    macs,
    weights,
    memory,
    jobs: sum(segments, ({ nnJobs, tpJobs }) => nnJobs + tpJobs),
    estimate,
  };
}
