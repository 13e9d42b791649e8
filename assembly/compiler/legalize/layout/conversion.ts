import { Dtype } from "../../../tflite/schema";
import { Operator, Tensor } from "../../graph";
import { Mark } from "../../plan/mark";
import { Placement } from "../../plan/placement";
import { ConversionPlan, PlanKind } from "../../plan/plan";
import { isQuantizedByte } from "../../plan/tensors";
import { Context } from "../context";

/**
 * QUANTIZE of float32 inputs of the model and DEQUANTIZE to float32 outputs: the host copies these
 * values into and out of the NPU's memory anyway, and converts them on the way.
 */

export function legalizeDequantize(operator: Operator, context: Context): Placement {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  if (!isConvertible(output, input)) return Placement.onCpu("it is not from 8 bits to float32");
  if (!context.graph.outputs.includes(output.index))
    return Placement.onCpu("its output is float32, and not an output of the model");
  return placeConversion(input, output, context);
}

export function legalizeEntry(input: Tensor, output: Tensor, context: Context): Placement {
  if (!isConvertible(input, output))
    return Placement.onCpu("its tensors are not of 8 bits and one quantization");
  if (!context.graph.inputs.includes(input.index))
    return Placement.onCpu("its input is float32, and not an input of the model");
  return placeConversion(input, output, context);
}

function isConvertible(real: Tensor, stored: Tensor): bool {
  const hasAsMany = real.elements == stored.elements && real.elements > 0;
  const isComputed = !real.isConstant && !stored.isConstant;
  return real.dtype == Dtype.FLOAT32 && isQuantizedByte(stored) && hasAsMany && isComputed;
}

function placeConversion(input: Tensor, output: Tensor, context: Context): Placement {
  return Placement.onNpu(new ConversionPlan(input, output), context.capped(Mark.PROVEN));
}

/** Takes conversions from the NPU that would only bring bytes there, or fetch them, for the CPU. */
export function demoteConversions(placements: Placement[]): void {
  for (let i = 0; i < placements.length; i++) {
    const plan = placements[i].plan;
    if (plan == null || plan.kind != PlanKind.CONVERSION) continue;
    const isServing = (plan as ConversionPlan).isEntry
      ? isReadOnNpu(plan.output, placements)
      : isMadeOnNpu(plan.input, placements);
    if (isServing) continue;
    const neighbour = (plan as ConversionPlan).isEntry ? "reads it" : "computes its input";
    placements[i] = Placement.onCpu(`what ${neighbour} is on the CPU`);
  }
}

function isReadOnNpu(tensor: Tensor, placements: Placement[]): bool {
  for (let i = 0; i < tensor.consumers.length; i++)
    if (!placements[tensor.consumers[i]].isOnNpu) return false;
  return tensor.consumers.length > 0;
}

function isMadeOnNpu(tensor: Tensor, placements: Placement[]): bool {
  return tensor.producer >= 0 && placements[tensor.producer].isOnNpu;
}
