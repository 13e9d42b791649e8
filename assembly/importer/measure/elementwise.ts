import { Activation, Builtin } from "../../tflite/schema";
import { elu, gelu, logistic } from "../../tflite/values/real";
import { NetworkStep } from "./step";
import { stridesOf } from "./strided";

// Operators that give each number from the same position of what they read.

export function unary(step: NetworkStep): void {
  const code = step.node.code;
  const from = step.inputs[0];
  const to = step.output;
  const alpha = code == Builtin.LEAKY_RELU ? step.real(0) : 0;
  const count = step.outputCount;
  for (let i = 0; i < count; i++) {
    const at = (i as usize) << 2;
    store<f32>(to + at, valueOf(code, load<f32>(from + at), alpha));
  }
}

function valueOf(code: i32, x: f32, alpha: f32): f32 {
  switch (code) {
    case Builtin.ABS:
      return Mathf.abs(x);
    case Builtin.NEG:
      return -x;
    case Builtin.RELU:
      return max<f32>(x, 0);
    case Builtin.RELU6:
      return min<f32>(max<f32>(x, 0), 6);
    case Builtin.LOGISTIC:
      return logistic(x);
    case Builtin.TANH:
      return Mathf.tanh(x);
    case Builtin.EXP:
      return Mathf.exp(x);
    case Builtin.SQRT:
      return Mathf.sqrt(x);
    case Builtin.SQUARE:
      return x * x;
    case Builtin.ELU:
      return elu(x);
    case Builtin.GELU:
      return gelu(x);
    case Builtin.HARD_SWISH:
      return (x * min<f32>(max<f32>(x + 3, 0), 6)) / 6;
    default:
      return x < 0 ? x * alpha : x;
  }
}

/** Of two tensors, either of which may have fewer numbers along an axis, and then repeats them. */
export function binary(step: NetworkStep): void {
  const code = step.node.code;
  const shape = step.outputShape;
  const rank = shape.length;
  const left = stridesOf(step.shape(0), shape);
  const right = stridesOf(step.shape(1), shape);
  const inner = rank == 0 ? 1 : shape[rank - 1];
  const leftStep = rank == 0 ? 0 : left[rank - 1];
  const rightStep = rank == 0 ? 0 : right[rank - 1];
  const position = new StaticArray<i32>(max(rank, 1));
  const count = step.outputCount;
  let a = 0;
  let b = 0;
  for (let at = 0; at < count; at += inner) {
    let x = step.inputs[0] + ((a as usize) << 2);
    let y = step.inputs[1] + ((b as usize) << 2);
    let to = step.output + ((at as usize) << 2);
    for (let i = 0; i < inner; i++) {
      store<f32>(to, ofTwo(code, load<f32>(x), load<f32>(y)));
      x += leftStep << 2;
      y += rightStep << 2;
      to += 4;
    }
    for (let axis = rank - 2; axis >= 0; axis--) {
      a += left[axis];
      b += right[axis];
      if (++position[axis] < shape[axis]) break;
      a -= left[axis] * shape[axis];
      b -= right[axis] * shape[axis];
      position[axis] = 0;
    }
  }
  const fused = code == Builtin.MAXIMUM || code == Builtin.MINIMUM || code == Builtin.PRELU;
  if (!fused) activate(step.output, count, step.option(0));
}

function ofTwo(code: i32, x: f32, y: f32): f32 {
  switch (code) {
    case Builtin.ADD:
      return x + y;
    case Builtin.SUB:
      return x - y;
    case Builtin.MUL:
      return x * y;
    case Builtin.DIV:
      return x / y;
    case Builtin.MAXIMUM:
      return max(x, y);
    case Builtin.MINIMUM:
      return min(x, y);
    default:
      return x < 0 ? x * y : x;
  }
}

/** Applies an operator's own activation to `count` numbers. */
export function activate(at: usize, count: i32, activation: i32): void {
  if (activation == Activation.NONE) return;
  const end = at + ((count as usize) << 2);
  for (; at < end; at += 4) {
    const x = load<f32>(at);
    if (activation == Activation.RELU) store<f32>(at, max<f32>(x, 0));
    else if (activation == Activation.RELU6) store<f32>(at, min<f32>(max<f32>(x, 0), 6));
    else if (activation == Activation.RELU_N1_TO_1) store<f32>(at, min<f32>(max<f32>(x, -1), 1));
    else if (activation == Activation.TANH) store<f32>(at, Mathf.tanh(x));
  }
}
