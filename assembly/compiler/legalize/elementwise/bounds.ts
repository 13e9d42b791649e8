import { operatorCode } from "../../../tflite/operators";
import { Activation, Builtin } from "../../../tflite/schema";
import { ByteFunction } from "../../../tflite/values/byte-function";
import { byteFunctionOf } from "../../../tflite/values/functions";
import { Operator, Options, Tensor } from "../../graph";
import { copyOf } from "../../plan/copy";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { TablePlan } from "../../plan/plan";
import { isQuantizedByte, whyNotFused, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { operationOf } from "../cpu-coverage";
import { fitTable } from "./fit";
import { unsigned } from "./trees";

// Fused activations whose bounds are not the byte's: jobs only saturate at the byte's. Such an operator
// runs without, and a table cuts its output to the activation's bounds.

const BOUNDABLE: i32[] = [
  Builtin.CONV_2D,
  Builtin.DEPTHWISE_CONV_2D,
  Builtin.FULLY_CONNECTED,
  Builtin.ADD,
  Builtin.SUB,
  Builtin.MUL,
  Builtin.AVERAGE_POOL_2D,
  Builtin.MAX_POOL_2D,
];

/** Whether a table has to do what the operator's fused activation asks for. */
export function needsBounds(operator: Operator, context: Context): bool {
  const activation = operator.options.activation;
  if (!BOUNDABLE.includes(operator.code) || operator.outputs.length != 1) return false;
  if (activation != Activation.RELU6 && activation != Activation.RELU_N1_TO_1) return false;
  const output = context.graph.tensors[operator.outputs[0]];
  return isQuantizedByte(output) && whyNotFused(activation, output) != "";
}

/** Legalizes an operator that `legalize` knows without its activation. */
export function legalizeBounded(
  operator: Operator,
  context: Context,
  legalize: (operator: Operator, context: Context) => Legalization,
): Legalization {
  const graph = context.graph;
  const output = graph.tensors[operator.outputs[0]];
  const unbounded = likeOutput(output, graph.tensors.length);
  graph.tensors.push(unbounded);
  const legalization = legalize(unboundedOf(operator, unbounded), context);
  const plan = legalization.plan;
  if (plan == null) {
    graph.tensors.pop();
    return legalization;
  }
  const table = fitTable(
    boundsOf(operator, unbounded, context),
    zeroByte(output),
    zeroByte(output),
  );
  if (table.error > 0) return Legalization.onCpu("a table does not cut at its activation's bounds");
  plan.bounds = new TablePlan(unbounded, output, table);
  legalization.weaken(context.capped(Mark.EXPECTED));
  return legalization;
}

/** Before it is cut: only jobs of the operator itself read it. */
function likeOutput(output: Tensor, index: i32): Tensor {
  const unbounded = new Tensor(index);
  unbounded.name = output.name;
  unbounded.shape = output.shape;
  unbounded.dtype = output.dtype;
  unbounded.quantization = output.quantization;
  return unbounded;
}

function unboundedOf(operator: Operator, output: Tensor): Operator {
  const bare = copyOf<Operator>(operator);
  bare.outputs = [output.index];
  bare.options = copyOf<Options>(operator.options);
  bare.options.activation = Activation.NONE;
  return bare;
}

/** The result for every byte, as the activation's own operator gives it. */
function boundsOf(operator: Operator, unbounded: Tensor, context: Context): StaticArray<u8> {
  const isSix = operator.options.activation == Activation.RELU6;
  const clamp = new Operator(operator.index);
  clamp.code = operatorCode(isSix ? "RELU6" : "RELU_N1_TO_1");
  clamp.inputs = [unbounded.index];
  clamp.outputs = operator.outputs;
  const operation = operationOf(clamp, context.graph);
  const value = byteFunctionOf(operation) as ByteFunction;
  return unsigned(value.table(operation.inputs[0]), unbounded, unbounded);
}
