import { broadcastShape } from "../../tflite/broadcast-shape";
import { Activation, Builtin, Dtype } from "../../tflite/schema";
import { Tensor } from "../graph";
import { integerAt, isInteger, isReal, realAt, storeInteger, storeReal } from "./elements";
import { Evaluation } from "./evaluation";
import { broadcastBox } from "./movement";

/**
 * Operators on pairs of elements, and on single ones. Results of int32 and int64 wrap around as
 * TFLite's do. Quantized 8-bit values stand for others, so only what compares them is done on them.
 */

class Pairwise {
  constructor(
    public code: i32,
    public integers: (a: i64, b: i64) => i64,
    public reals: (a: f32, b: f32) => f32,
    public divides: bool = false,
  ) {}
}

const PAIRWISE: Pairwise[] = [
  new Pairwise(
    Builtin.ADD,
    (a: i64, b: i64): i64 => a + b,
    (a: f32, b: f32): f32 => a + b,
  ),
  new Pairwise(
    Builtin.SUB,
    (a: i64, b: i64): i64 => a - b,
    (a: f32, b: f32): f32 => a - b,
  ),
  new Pairwise(
    Builtin.MUL,
    (a: i64, b: i64): i64 => a * b,
    (a: f32, b: f32): f32 => a * b,
  ),
  new Pairwise(
    Builtin.DIV,
    (a: i64, b: i64): i64 => (b == -1 ? -a : a / b),
    (a: f32, b: f32): f32 => a / b,
    true,
  ),
  new Pairwise(
    Builtin.FLOOR_DIV,
    (a: i64, b: i64): i64 => floorQuotient(a, b),
    (a: f32, b: f32): f32 => Mathf.floor(a / b),
    true,
  ),
  new Pairwise(
    Builtin.FLOOR_MOD,
    (a: i64, b: i64): i64 => a - floorQuotient(a, b) * b,
    (a: f32, b: f32): f32 => floorRemainder(a, b),
    true,
  ),
  new Pairwise(
    Builtin.MINIMUM,
    (a: i64, b: i64): i64 => min(a, b),
    (a: f32, b: f32): f32 => (a < b ? a : b),
  ),
  new Pairwise(
    Builtin.MAXIMUM,
    (a: i64, b: i64): i64 => max(a, b),
    (a: f32, b: f32): f32 => (a > b ? a : b),
  ),
];

function floorQuotient(a: i64, b: i64): i64 {
  if (b == -1) return -a;
  const quotient = a / b;
  return a % b != 0 && a < 0 != b < 0 ? quotient - 1 : quotient;
}

function floorRemainder(a: f32, b: f32): f32 {
  const rest: f32 = a % b;
  return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
}

export function foldPairwise(evaluation: Evaluation): bool {
  if (!evaluation.has(1) || evaluation.options.activation != Activation.NONE) return false;
  const a = evaluation.input(0);
  const b = evaluation.input(1);
  const dtype = evaluation.output().dtype;
  const code = evaluation.operator.code;
  const compares = code == Builtin.MINIMUM || code == Builtin.MAXIMUM;
  if (a.dtype != dtype || b.dtype != dtype) return false;
  const isExact = isReal(dtype) || dtype == Dtype.INT32 || dtype == Dtype.INT64;
  if (!isExact && !(compares && isInteger(dtype))) return false;
  const pairwise = pairwiseOf(code);
  if (pairwise == null) return false;
  const pairs = Pairs.of(a, b);
  if (pairs == null) return false;
  const target = evaluation.make(pairs.shape);
  if (target == 0) return false;
  for (let i = 0; i < pairs.a.length; i++) {
    if (isReal(dtype)) {
      storeReal(target, i, pairwise.reals(realAt(a, pairs.a[i]), realAt(b, pairs.b[i])));
      continue;
    }
    const divisor = integerAt(b, pairs.b[i]);
    if (pairwise.divides && divisor == 0) return false;
    storeInteger(target, dtype, i, pairwise.integers(integerAt(a, pairs.a[i]), divisor));
  }
  return true;
}

function pairwiseOf(code: i32): Pairwise | null {
  for (let i = 0; i < PAIRWISE.length; i++) if (PAIRWISE[i].code == code) return PAIRWISE[i];
  return null;
}

/** Which elements of two tensors meet where one is broadcast over the other. */
class Pairs {
  private constructor(
    public shape: i32[],
    public a: i32[],
    public b: i32[],
  ) {}

  static of(a: Tensor, b: Tensor): Pairs | null {
    const shape = broadcastShape(a.shape, b.shape);
    if (shape == null || !isSmall(shape)) return null;
    const boxA = broadcastBox(a, shape);
    const boxB = broadcastBox(b, shape);
    if (boxA == null || boxB == null) return null;
    return new Pairs(shape, boxA.positions(), boxB.positions());
  }
}

const MOST_PAIRS: u64 = 1 << 22;

function isSmall(shape: i32[]): bool {
  let product: u64 = 1;
  for (let i = 0; i < shape.length && product <= MOST_PAIRS; i++) {
    product *= max(shape[i], 1) as u64;
  }
  return product <= MOST_PAIRS;
}

/** EQUAL, LESS and their like: a bool for each pair. */
export function foldComparison(evaluation: Evaluation): bool {
  if (!evaluation.has(1) || evaluation.output().dtype != Dtype.BOOL) return false;
  const a = evaluation.input(0);
  const b = evaluation.input(1);
  const isExact = isReal(a.dtype) || (isInteger(a.dtype) && a.dtype >= Dtype.INT32);
  if (a.dtype != b.dtype || !isExact) return false;
  const pairs = Pairs.of(a, b);
  if (pairs == null) return false;
  const target = evaluation.make(pairs.shape);
  if (target == 0) return false;
  for (let i = 0; i < pairs.a.length; i++) {
    const order = isReal(a.dtype)
      ? orderOf<f32>(realAt(a, pairs.a[i]), realAt(b, pairs.b[i]))
      : orderOf<i64>(integerAt(a, pairs.a[i]), integerAt(b, pairs.b[i]));
    storeInteger(target, Dtype.BOOL, i, holds(evaluation.operator.code, order) ? 1 : 0);
  }
  return true;
}

/** Which of two values is greater; no order where one is not a number. */
enum Order {
  LESS,
  EQUAL,
  GREATER,
  NONE,
}

function orderOf<T>(a: T, b: T): Order {
  if (a < b) return Order.LESS;
  if (a > b) return Order.GREATER;
  return a == b ? Order.EQUAL : Order.NONE;
}

function holds(code: i32, order: Order): bool {
  switch (code) {
    case Builtin.LESS:
      return order == Order.LESS;
    case Builtin.LESS_EQUAL:
      return order == Order.LESS || order == Order.EQUAL;
    case Builtin.GREATER:
      return order == Order.GREATER;
    case Builtin.GREATER_EQUAL:
      return order == Order.GREATER || order == Order.EQUAL;
    case Builtin.EQUAL:
      return order == Order.EQUAL;
    default:
      return order != Order.EQUAL;
  }
}

/** LOGICAL_AND and LOGICAL_OR. */
export function foldLogic(evaluation: Evaluation): bool {
  if (!evaluation.has(1) || evaluation.output().dtype != Dtype.BOOL) return false;
  const a = evaluation.input(0);
  const b = evaluation.input(1);
  if (a.dtype != Dtype.BOOL || b.dtype != Dtype.BOOL) return false;
  const pairs = Pairs.of(a, b);
  if (pairs == null) return false;
  const target = evaluation.make(pairs.shape);
  if (target == 0) return false;
  const isAnd = evaluation.operator.code == Builtin.LOGICAL_AND;
  for (let i = 0; i < pairs.a.length; i++) {
    const first = integerAt(a, pairs.a[i]);
    const second = integerAt(b, pairs.b[i]);
    storeInteger(target, Dtype.BOOL, i, isAnd ? first & second : first | second);
  }
  return true;
}

/** NEG, ABS, SQUARE and LOGICAL_NOT. */
export function foldUnary(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const code = evaluation.operator.code;
  const dtype = evaluation.output().dtype;
  const wantsBool = code == Builtin.LOGICAL_NOT;
  const isExact = wantsBool
    ? dtype == Dtype.BOOL
    : isReal(dtype) || dtype == Dtype.INT32 || dtype == Dtype.INT64;
  if (input.dtype != dtype || !isExact) return false;
  const target = evaluation.make(input.shape);
  if (target == 0) return false;
  for (let i = 0; i < (input.elements as i32); i++) {
    if (isReal(dtype)) storeReal(target, i, unary<f32>(code, realAt(input, i)));
    else storeInteger(target, dtype, i, unary<i64>(code, integerAt(input, i)));
  }
  return true;
}

function unary<T>(code: i32, value: T): T {
  if (code == Builtin.LOGICAL_NOT) return (1 as T) - value;
  if (code == Builtin.SQUARE) return value * value;
  return code == Builtin.NEG || value < (0 as T) ? -value : value;
}

/** Between integers, bools and float32. */
export function foldCast(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const dtype = evaluation.output().dtype;
  if (!isReal(input.dtype) && !isInteger(input.dtype)) return false;
  if (!isReal(dtype) && !isInteger(dtype)) return false;
  const target = evaluation.make(input.shape);
  if (target == 0) return false;
  for (let i = 0; i < (input.elements as i32); i++) {
    if (isReal(input.dtype) && isReal(dtype)) storeReal(target, i, realAt(input, i));
    else if (isReal(dtype)) storeReal(target, i, integerAt(input, i) as f32);
    else if (dtype == Dtype.BOOL) {
      const isSet = isReal(input.dtype) ? realAt(input, i) != 0 : integerAt(input, i) != 0;
      storeInteger(target, dtype, i, isSet ? 1 : 0);
    } else if (!isReal(input.dtype)) storeInteger(target, dtype, i, integerAt(input, i));
    else {
      // Beyond that, what comes out depends on the machine.
      const value = realAt(input, i);
      if (!(value > -2147483648.0 && value < 2147483648.0)) return false;
      storeInteger(target, dtype, i, value as i64);
    }
  }
  return true;
}

/** SELECT and SELECT_V2 over operands of one shape, or with scalars. */
export function foldSelect(evaluation: Evaluation): bool {
  if (!evaluation.has(1) || !evaluation.has(2)) return false;
  const condition = evaluation.input(0);
  const a = evaluation.input(1);
  const b = evaluation.input(2);
  const dtype = evaluation.output().dtype;
  if (condition.dtype != Dtype.BOOL || a.dtype != dtype || b.dtype != dtype) return false;
  if (dtype != Dtype.INT32 && dtype != Dtype.INT64 && dtype != Dtype.BOOL && !isReal(dtype))
    return false;
  const operands = broadcastShape(a.shape, b.shape);
  if (operands == null) return false;
  const shape = broadcastShape(condition.shape, operands);
  if (shape == null || !isSmall(shape)) return false;
  const boxes = [broadcastBox(condition, shape), broadcastBox(a, shape), broadcastBox(b, shape)];
  const target = evaluation.make(shape);
  if (target == 0) return false;
  const positions: i32[][] = [];
  for (let i = 0; i < 3; i++) {
    const box = boxes[i];
    if (box == null) return false;
    positions.push(box.positions());
  }
  for (let i = 0; i < positions[0].length; i++) {
    const takesA = integerAt(condition, positions[0][i]) != 0;
    const from = takesA ? a : b;
    const position = positions[takesA ? 1 : 2][i];
    if (isReal(dtype)) storeReal(target, i, realAt(from, position));
    else storeInteger(target, dtype, i, integerAt(from, position));
  }
  return true;
}
