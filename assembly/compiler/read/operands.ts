import { Code, PlaceKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Operator } from "../graph";
import { Builtin } from "../schema";
import { operatorName } from "./operators";

/** How many inputs an operator cannot do without; optional ones follow them. */
class Operands {
  constructor(
    public code: i32,
    public inputs: i32,
  ) {}
}

/** Operators that a later stage may look into. All but SPLIT have one output. */
const OPERANDS: Operands[] = [
  new Operands(Builtin.ADD, 2),
  new Operands(Builtin.AVERAGE_POOL_2D, 1),
  new Operands(Builtin.CONCATENATION, 1),
  new Operands(Builtin.CONV_2D, 2),
  new Operands(Builtin.DEPTHWISE_CONV_2D, 2),
  new Operands(Builtin.FULLY_CONNECTED, 2),
  new Operands(Builtin.MAX_POOL_2D, 1),
  new Operands(Builtin.MUL, 2),
  new Operands(Builtin.LOGISTIC, 1),
  new Operands(Builtin.RELU, 1),
  new Operands(Builtin.RELU6, 1),
  new Operands(Builtin.RESHAPE, 1),
  new Operands(Builtin.SQUEEZE, 1),
  new Operands(Builtin.TRANSPOSE, 2),
  new Operands(Builtin.EXPAND_DIMS, 1),
  new Operands(Builtin.ABS, 1),
  new Operands(Builtin.QUANTIZE, 1),
  new Operands(Builtin.RESIZE_BILINEAR, 2),
  new Operands(Builtin.SOFTMAX, 1),
  new Operands(Builtin.PAD, 2),
  new Operands(Builtin.MEAN, 2),
  new Operands(Builtin.SUB, 2),
  new Operands(Builtin.STRIDED_SLICE, 4),
  new Operands(Builtin.SPLIT, 2),
  new Operands(Builtin.RESIZE_NEAREST_NEIGHBOR, 2),
  new Operands(Builtin.LEAKY_RELU, 1),
];

/** Whether an operator has the inputs and outputs that its kind needs. Its options are read. */
export function checkOperands(operator: Operator): bool {
  const needed = neededInputs(operator.code);
  if (needed < 0) return true;
  const name = operatorName(operator.code);
  const inputs = givenInputs(operator);
  if (inputs < needed) return refuse(operator, `${needed} inputs at least for ${name}`, inputs);
  const wanted = operator.code == Builtin.SPLIT ? operator.options.splits : 1;
  const outputs = operator.outputs.length;
  return outputs == wanted || refuse(operator, `outputs of ${name}: ${wanted}`, outputs);
}

/** Inputs before the first that is left out. */
function givenInputs(operator: Operator): i32 {
  let count = 0;
  while (count < operator.inputs.length && operator.inputs[count] >= 0) count++;
  return count;
}

/** -1 for an operator that is not listed. */
function neededInputs(code: i32): i32 {
  for (let i = 0; i < OPERANDS.length; i++) {
    if (OPERANDS[i].code == code) return OPERANDS[i].inputs;
  }
  return -1;
}

function refuse(operator: Operator, expected: string, found: i32): bool {
  return fail(Code.MALFORMED, PlaceKind.OPERATOR, operator.index, expected, found.toString());
}
