import { Dtype } from "../../../tflite/schema";
import { Operator, Tensor } from "../../graph";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { ConversionPlan, PlanKind } from "../../plan/plan";
import { isQuantizedByte } from "../../plan/tensors";
import { Context } from "../context";

/**
 * QUANTIZE of float32 inputs of the model and DEQUANTIZE to float32 outputs: the host copies these
 * values into and out of the NPU's memory anyway, and converts them on the way.
 */

export function legalizeDequantize(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  if (!isConvertible(output, input)) return Legalization.onCpu("it is not from 8 bits to float32");
  if (!context.graph.outputs.includes(output.index))
    return Legalization.onCpu("its output is float32, and not an output of the model");
  return legalizeConversion(input, output, context);
}

export function legalizeEntry(input: Tensor, output: Tensor, context: Context): Legalization {
  if (!isConvertible(input, output))
    return Legalization.onCpu("its tensors are not of 8 bits and one quantization");
  if (!context.graph.inputs.includes(input.index))
    return Legalization.onCpu("its input is float32, and not an input of the model");
  return legalizeConversion(input, output, context);
}

function isConvertible(real: Tensor, stored: Tensor): bool {
  const hasAsMany = real.elements == stored.elements && real.elements > 0;
  const isComputed = !real.isConstant && !stored.isConstant;
  return real.dtype == Dtype.FLOAT32 && isQuantizedByte(stored) && hasAsMany && isComputed;
}

function legalizeConversion(input: Tensor, output: Tensor, context: Context): Legalization {
  return Legalization.onNpu(new ConversionPlan(input, output), context.capped(Mark.PROVEN));
}

/** Takes conversions from the NPU that would only bring bytes there, or fetch them, for the CPU. */
export function demoteConversions(legalizations: Legalization[]): void {
  for (let i = 0; i < legalizations.length; i++) {
    const plan = legalizations[i].plan;
    if (plan == null || plan.kind != PlanKind.CONVERSION) continue;
    const isServing = (plan as ConversionPlan).isEntry
      ? isReadOnNpu(plan.output, legalizations)
      : isMadeOnNpu(plan.input, legalizations);
    if (isServing) continue;
    const neighbour = (plan as ConversionPlan).isEntry ? "reads it" : "computes its input";
    legalizations[i] = Legalization.onCpu(`what ${neighbour} is on the CPU`);
  }
}

function isReadOnNpu(tensor: Tensor, legalizations: Legalization[]): bool {
  for (let i = 0; i < tensor.consumers.length; i++)
    if (!legalizations[tensor.consumers[i]].isOnNpu) return false;
  return tensor.consumers.length > 0;
}

function isMadeOnNpu(tensor: Tensor, legalizations: Legalization[]): bool {
  return tensor.producer >= 0 && legalizations[tensor.producer].isOnNpu;
}
