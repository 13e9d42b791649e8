import { isCovered } from "../../../tflite/covers";
import { Operation } from "../../../tflite/operation";
import { operatorName } from "../../../tflite/operators";
import { clamps } from "../../../tflite/rules/elementwise";
import { Dtype } from "../../../tflite/schema";
import { ByteFunction } from "../../../tflite/values/byte-function";
import { byteFunctionOf, hasByteKernel, isByteFunction } from "../../../tflite/values/functions";
import { Graph, Operator, Tensor } from "../../graph";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { FusedPlan, PlanKind, TablePlan } from "../../plan/plan";
import { zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { operationOf } from "../cpu-coverage";
import { fitTable } from "./fit";
import { whyNotElementwise } from "./table";

// Trees of operators that give each element from the same element of one tensor: together they make
// a byte of every byte, which is one table, however many there are. The table includes what TFLite
// rounds and clamps in between.

/** An operator's output as a function of one tensor. */
class Composition {
  constructor(
    public source: Tensor,
    /** For each byte that the source may hold, the operator's. */
    public bytes: StaticArray<u8>,
    /** How many operators follow each other in it, but for those that only change the type. */
    public depth: i32,
    /** How many of these round to steps of their output. */
    public roundings: i32 = 0,
  ) {}
}

/** Of the tensors that an output may be seen as a function of, those farthest back. */
const MOST_SOURCES = 3;
/** Of one operator that rounds the result is at most a step off, of several two: they round in between. */
const MOST_STEPS = 1;
const MOST_STEPS_OF_SEVERAL = 2;
const UNKNOWN: u8 = 0;
const YES: u8 = 1;
const NO: u8 = 2;

/** Bounds the time that hostile models take. */
const MOST_FITS = 4096;

/** Puts trees of operators into tables where that is right, and changes their legalizations. */
export function fuseTrees(legalizations: Legalization[], context: Context): void {
  new Trees(legalizations, context).fuse();
}

class Trees {
  private graph: Graph;
  /** By operator: its output as functions of ever nearer tensors. */
  private compositions: Composition[][] = [];
  /** By tensor: UNKNOWN, YES or NO. */
  private stored: StaticArray<u8>;
  private fits: i32 = 0;

  constructor(
    private legalizations: Legalization[],
    private context: Context,
  ) {
    const graph = context.graph;
    this.graph = graph;
    this.stored = new StaticArray<u8>(graph.tensors.length);
    for (let i = 0; i < graph.operators.length; i++) {
      this.compositions.push(this.compose(graph.operators[i]));
    }
  }

  /** From the end on, as an operator that no legalization reads the output of needs none. */
  fuse(): void {
    const isRead = new StaticArray<bool>(this.graph.tensors.length);
    for (let i = this.graph.operators.length - 1; i >= 0; i--) {
      const operator = this.graph.operators[i];
      if (this.compositions[i].length > 0) {
        const output = operator.outputs[0];
        if (!isRead[output] && !this.graph.leaves(output)) {
          this.legalizations[i] = Legalization.onNpu(
            new FusedPlan(),
            this.context.capped(Mark.EXPECTED),
          );
          continue;
        }
        this.legalizations[i] = this.legalizationOf(i);
      }
      const plan = this.legalizations[i].plan;
      if (plan != null && plan.kind == PlanKind.TABLE) {
        isRead[plan.input.index] = true;
        continue;
      }
      for (let j = 0; j < operator.inputs.length; j++) {
        if (operator.inputs[j] >= 0) isRead[operator.inputs[j]] = true;
      }
    }
  }

  /** The operator alone keeps the legalization that it has on the NPU. */
  private legalizationOf(index: i32): Legalization {
    const legalization = this.legalizations[index];
    const output = this.graph.tensors[this.graph.operators[index].outputs[0]];
    const compositions = this.compositions[index];
    let least = i32.MAX_VALUE;
    for (let i = 0; i < compositions.length; i++) {
      const composition = compositions[i];
      if (legalization.isOnNpu && composition.depth <= 1) break;
      if (this.fits++ >= MOST_FITS) return legalization;
      const table = fitTable(
        unsigned(composition.bytes, composition.source, output),
        zeroByte(composition.source),
        zeroByte(output),
      );
      least = min(least, table.error);
      const most = composition.roundings > 1 ? MOST_STEPS_OF_SEVERAL : MOST_STEPS;
      if (table.error > most) continue;
      const plan = new TablePlan(composition.source, output, table);
      return Legalization.onNpu(plan, this.context.capped(Mark.EXPECTED));
    }
    if (legalization.isOnNpu) return legalization;
    return Legalization.onCpu(`its values are up to ${least} steps off the lines of a table`);
  }

  private compose(operator: Operator): Composition[] {
    const found: Composition[] = [];
    const operation = this.operationOf(operator);
    if (operation == null) return found;
    const value = byteFunctionOf(operation) as ByteFunction;
    const views = this.viewsOf(this.computedInput(operator));
    for (let i = 0; i < views.length && found.length < MOST_SOURCES; i++) {
      const source = views[i].source;
      const first = this.seenFrom(source, operator.inputs[0]);
      const second = this.seenFrom(source, operator.inputs[operator.inputs.length - 1]);
      if (first != null && second != null) found.push(combine(value, operation, first, second));
    }
    return found;
  }

  private computedInput(operator: Operator): Tensor {
    const first = this.graph.tensors[operator.inputs[0]];
    return first.isConstant ? this.graph.tensors[operator.inputs[1]] : first;
  }

  /** An operand as a function of a tensor; null where it is none. A constant is one of any. */
  private seenFrom(source: Tensor, operand: i32): Composition | null {
    const tensor = this.graph.tensors[operand];
    if (tensor.isConstant) {
      const byte = load<u8>(tensor.data.pointer);
      return new Composition(source, new StaticArray<u8>(256).fill(byte), 0);
    }
    const views = this.viewsOf(tensor);
    for (let i = 0; i < views.length; i++) if (views[i].source == source) return views[i];
    return null;
  }

  /** Null where the operator is not of elements alone, or its tensors do not fit a table. */
  private operationOf(operator: Operator): Operation | null {
    if (!isByteFunction(operatorName(operator.code))) return null;
    if (operator.inputs.length > 2 || operator.outputs.length != 1) return null;
    const output = this.graph.tensors[operator.outputs[0]];
    let computed = 0;
    for (let i = 0; i < operator.inputs.length; i++) {
      if (operator.inputs[i] < 0) return null;
      const input = this.graph.tensors[operator.inputs[i]];
      if (input.isConstant && input.elements == 1) continue;
      if (whyNotElementwise(input, output) != "") return null;
      computed++;
    }
    if (computed == 0) return null;
    const operation = operationOf(operator, this.graph);
    const isRight = hasByteKernel(operation.name) ? isCovered(operation) : isSound(operation);
    return isRight ? operation : null;
  }

  /** A tensor as functions of others, and last as itself; as itself alone if it is stored anyway. */
  private viewsOf(tensor: Tensor): Composition[] {
    const views: Composition[] = [];
    if (tensor.producer >= 0 && !this.isStored(tensor)) {
      const compositions = this.compositions[tensor.producer];
      for (let i = 0; i < compositions.length; i++) views.push(compositions[i]);
    }
    views.push(new Composition(tensor, identity(), 0));
    return views;
  }

  /** Whether something reads it that is no operator of elements alone. */
  private isStored(tensor: Tensor): bool {
    const known = this.stored[tensor.index];
    if (known != UNKNOWN) return known == YES;
    const answer = this.isReadWhole(tensor);
    this.stored[tensor.index] = answer ? YES : NO;
    return answer;
  }

  private isReadWhole(tensor: Tensor): bool {
    if (this.graph.leaves(tensor.index)) return true;
    for (let i = 0; i < tensor.consumers.length; i++) {
      const consumer = this.graph.operators[tensor.consumers[i]];
      if (!isByteFunction(operatorName(consumer.code))) return true;
    }
    return false;
  }
}

function identity(): StaticArray<u8> {
  const bytes = new StaticArray<u8>(256);
  for (let byte = 0; byte < 256; byte++) bytes[byte] = byte as u8;
  return bytes;
}

function combine(
  value: ByteFunction,
  operation: Operation,
  first: Composition,
  second: Composition,
): Composition {
  const a = operation.inputs[0];
  const b = operation.inputs[operation.inputs.length - 1];
  const bytes = new StaticArray<u8>(256);
  for (let i = 0; i < 256; i++) {
    bytes[i] = value.of(a.valueOf(first.bytes[i]), b.valueOf(second.bytes[i])) as u8;
  }
  const depth = max(first.depth, second.depth) + (isRename(operation) ? 0 : 1);
  const roundings = max(first.roundings, second.roundings) + (isExact(operation) ? 0 : 1);
  return new Composition(first.source, bytes, depth, roundings);
}

/** Whether an operator gives the same bytes, as the NPU has them, in another type. */
function isRename(operation: Operation): bool {
  if (operation.name != "QUANTIZE") return false;
  const from = operation.inputs[0];
  const to = operation.outputs[0];
  const fromZero = from.zeroPoint + (from.dtype == Dtype.INT8 ? 128 : 0);
  const toZero = to.zeroPoint + (to.dtype == Dtype.INT8 ? 128 : 0);
  return from.scale == to.scale && fromZero == toZero;
}

/** Whether an operator gives whole steps of its output without rounding. */
function isExact(operation: Operation): bool {
  const name = operation.name;
  if (name == "MAXIMUM" || name == "MINIMUM") return true;
  if (name != "ABS" && name != "QUANTIZE" && name != "RELU") return false;
  return operation.inputs[0].scale == operation.outputs[0].scale;
}

/** The same for bytes as the NPU has them: those of int8 with 128 added. */
export function unsigned(stored: StaticArray<u8>, input: Tensor, output: Tensor): StaticArray<u8> {
  const from = input.dtype == Dtype.INT8 ? 128 : 0;
  const to = output.dtype == Dtype.INT8 ? 128 : 0;
  const bytes = new StaticArray<u8>(256);
  for (let i = 0; i < 256; i++) bytes[i] = (stored[i ^ from] ^ to) as u8;
  return bytes;
}

/** Of an operator that the CPU has no kernel for: whether it has a value everywhere. */
function isSound(operation: Operation): bool {
  if (operation.inputs[0].dtype != operation.outputs[0].dtype) return false;
  if (operation.inputs.length == 1) return true;
  const divisor = operation.inputs[1];
  const isByte = operation.inputs[0].isByte && divisor.isByte && operation.outputs[0].isByte;
  if (!isByte || divisor.scales.length != 1 || operation.inputs[0].scales.length != 1) return false;
  return divisor.isConstant && divisor.byteAt(0) != divisor.zeroPoint && clamps(operation);
}
