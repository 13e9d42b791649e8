import { operatorName } from "../../tflite/operators";
import { Builtin } from "../../tflite/schema";
import { Operator } from "../graph";

/** TFLite's name of an operator; a custom one's own. */
export function displayName(operator: Operator): string {
  if (operator.code != Builtin.CUSTOM) return operatorName(operator.code);
  return String.UTF8.decodeUnsafe(operator.customName.pointer, operator.customName.bytes);
}
