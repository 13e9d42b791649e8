import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { operatorName } from "../../tflite/operators";
import { Builtin } from "../../tflite/schema";
import { Operator } from "../graph";
import { ELEMENTWISE } from "../plan/elementwise";

/** As many outputs as the model has. */
const ANY = -1;

/** How many inputs an operator cannot do without; optional ones follow them. */
class Operands {
  constructor(
    public code: i32,
    public inputs: i32,
    public outputs: i32 = 1,
  ) {}
}

/** Operators that a later stage may look into, but for element-wise functions. A SPLIT says how many outputs it has. */
const OPERANDS: Operands[] = [
  new Operands(Builtin.ADD, 2),
  new Operands(Builtin.AVERAGE_POOL_2D, 1),
  new Operands(Builtin.CONCATENATION, 1),
  new Operands(Builtin.CONV_2D, 2),
  new Operands(Builtin.DEPTHWISE_CONV_2D, 2),
  new Operands(Builtin.FULLY_CONNECTED, 2),
  new Operands(Builtin.MAX_POOL_2D, 1),
  new Operands(Builtin.MUL, 2),
  new Operands(Builtin.MAXIMUM, 2),
  new Operands(Builtin.MINIMUM, 2),
  new Operands(Builtin.RESHAPE, 1),
  new Operands(Builtin.SQUEEZE, 1),
  new Operands(Builtin.TRANSPOSE, 2),
  new Operands(Builtin.EXPAND_DIMS, 1),
  new Operands(Builtin.QUANTIZE, 1),
  new Operands(Builtin.DEQUANTIZE, 1),
  new Operands(Builtin.RESIZE_BILINEAR, 2),
  new Operands(Builtin.SOFTMAX, 1),
  new Operands(Builtin.PAD, 2),
  new Operands(Builtin.PADV2, 3),
  new Operands(Builtin.MEAN, 2),
  new Operands(Builtin.SUM, 2),
  new Operands(Builtin.SUB, 2),
  new Operands(Builtin.STRIDED_SLICE, 4),
  new Operands(Builtin.SPLIT, 2),
  new Operands(Builtin.RESIZE_NEAREST_NEIGHBOR, 2),
  new Operands(Builtin.TRANSPOSE_CONV, 3),
  new Operands(Builtin.SLICE, 3),
  new Operands(Builtin.GATHER, 2),
  new Operands(Builtin.SPLIT_V, 3, ANY),
  new Operands(Builtin.PACK, 1),
  new Operands(Builtin.UNPACK, 1, ANY),
  new Operands(Builtin.TILE, 2),
  new Operands(Builtin.DEPTH_TO_SPACE, 1),
  new Operands(Builtin.SPACE_TO_DEPTH, 1),
  new Operands(Builtin.MIRROR_PAD, 2),
  new Operands(Builtin.LEAKY_RELU, 1),
  new Operands(Builtin.PRELU, 2),
  new Operands(Builtin.SQUARED_DIFFERENCE, 2),
  new Operands(Builtin.REDUCE_MAX, 2),
  new Operands(Builtin.REDUCE_MIN, 2),
  new Operands(Builtin.SPACE_TO_BATCH_ND, 3),
  new Operands(Builtin.BATCH_TO_SPACE_ND, 3),
  new Operands(Builtin.VAR_HANDLE, 0),
  new Operands(Builtin.READ_VARIABLE, 1),
  new Operands(Builtin.ASSIGN_VARIABLE, 2, 0),
];

/** Whether an operator has the inputs and outputs that its kind needs. Its options are read. */
export function checkOperands(operator: Operator): bool {
  const needed = neededBy(operator.code);
  if (needed == null) return true;
  const name = operatorName(operator.code);
  const inputs = givenInputs(operator);
  if (inputs < needed.inputs)
    return refuse(operator, `${needed.inputs} inputs at least for ${name}`, inputs);
  const wanted = operator.code == Builtin.SPLIT ? operator.options.splits : needed.outputs;
  const outputs = operator.outputs.length;
  return (
    outputs == wanted ||
    (wanted == ANY && outputs > 0) ||
    refuse(operator, `outputs of ${name}: ${wanted}`, outputs)
  );
}

/** Inputs before the first that is left out. */
function givenInputs(operator: Operator): i32 {
  let count = 0;
  while (count < operator.inputs.length && operator.inputs[count] >= 0) count++;
  return count;
}

/** Null for an operator that no later stage looks into. */
function neededBy(code: i32): Operands | null {
  for (let i = 0; i < OPERANDS.length; i++) if (OPERANDS[i].code == code) return OPERANDS[i];
  return ELEMENTWISE.find(code) != null ? new Operands(code, 1) : null;
}

function refuse(operator: Operator, expected: string, found: i32): bool {
  return fail(Code.MALFORMED, LocationKind.OPERATOR, operator.index, expected, found.toString());
}
