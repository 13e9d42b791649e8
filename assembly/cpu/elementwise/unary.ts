import { Operation } from "../operation";

/** Whether an operator has one input and one output, of one numeric type and one size. */
export function isUnary(operation: Operation): bool {
  if (!operation.wants(1, 1)) return false;
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  if (!operation.wantsNumbers(input, "input")) return false;
  if (!operation.wantsNumbers(output, "output")) return false;
  if (!operation.wantsDtype(output, input.dtype, "an output")) return false;
  return operation.wantsElements(output, input.elements, "an output");
}
