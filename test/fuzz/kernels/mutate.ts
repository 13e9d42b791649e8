import type { Blob, Operator, OperatorOptions, Tensor } from "../../../host/blob/blob.ts";
import { DTYPES, type Dtype, elementsOf } from "../../../host/dtype.ts";
import type { Random } from "../../support/random.ts";
import type { KernelSubject } from "./subjects.ts";

/** Changes what a decoded blob says of its operators and tensors. All follows from random numbers. */

/** Changes the blob, which is the mutant's own but for arrays, which are replaced; says what it did. */
type Mutation = (blob: Blob, random: Random, subjects: readonly KernelSubject[]) => string;

const MOST_CHANGES = 3;
/** A constant has as many bytes as its new shape says, but for some. */
const FITTED_SHARE = 0.95;
/** Constants are refilled up to this size: larger ones are refused for what they lack. */
const MOST_BYTES = 2 ** 20;

/** Names of operators with kernels, and some without. */
// biome-ignore format: a table
const NAMES = [
  "ABS", "ADD", "ARG_MAX", "AVERAGE_POOL_2D", "CONCATENATION", "CONV_2D", "DEPTHWISE_CONV_2D",
  "DEQUANTIZE", "EXPAND_DIMS", "FULLY_CONNECTED", "LEAKY_RELU", "LOGISTIC", "MAX_POOL_2D", "MEAN",
  "MUL", "PAD", "QUANTIZE", "RELU", "RELU6", "RESHAPE", "RESIZE_BILINEAR",
  "RESIZE_NEAREST_NEIGHBOR", "SOFTMAX", "SPLIT", "SQUEEZE", "STRIDED_SLICE", "SUB", "TRANSPOSE",
  "TFLite_Detection_PostProcess", "TILE", "SHAPE", "PACK", "",
];
// biome-ignore format: a table
const NUMBERS = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 127, 128, 255, 256, 257, 1000, 4096,
  32767, 32768, 65535, 65536, 2 ** 20, 2 ** 24, 2 ** 28, 2 ** 30, 2 ** 31 - 1,
  -1, -2, -3, -128, -129, -(2 ** 31),
];
// biome-ignore format: a table
const REALS = [
  0, -0, -1, 1e-45, 1e-38, 1e-30, 1e-7, 0.003, 0.1, 0.5, 1, 2, 255, 1e7, 1e30, 3e38,
  Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN,
].map(Math.fround);
const PADDINGS = ["SAME", "VALID"];
const ACTIVATIONS = ["NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"];

const MUTATIONS: Mutation[] = [
  changeExtent,
  changeExtent,
  changeRank,
  changeType,
  changeScale,
  changeZeroPoint,
  changeAxis,
  changeData,
  changeData,
  changeOption,
  changeOption,
  changeOption,
  changeName,
  changeOperands,
  takeOperator,
];

export function mutateKernels(
  { blob: { tensors, operators, ...rest } }: KernelSubject,
  random: Random,
  subjects: readonly KernelSubject[],
): { blob: Blob; changes: string[] } {
  const blob = { ...rest, tensors: [...tensors], operators: [...operators] };
  const changes: string[] = [];
  do {
    changes.push(random.pick(MUTATIONS)(blob, random, subjects));
  } while (changes.length < MOST_CHANGES && random.chance(0.5));
  return { blob, changes };
}

function changeTensor(
  blob: Blob,
  random: Random,
  change: (tensor: Tensor) => Partial<Tensor>,
): string {
  const index = random.below(blob.tensors.length);
  const before = blob.tensors[index] as Tensor;
  const after = { ...before, ...change(before) };
  const bytes = elementsOf(after.shape) * DTYPES[after.dtype].bytes;
  const isFitting = bytes >= 0 && bytes <= MOST_BYTES && random.chance(FITTED_SHARE);
  if (before.data.length > 0 && after.data === before.data && isFitting) {
    const data = new Uint8Array(bytes);
    for (let i = 0; i < bytes; i++) data[i] = before.data[i % before.data.length] as number;
    after.data = data;
  }
  blob.tensors[index] = after;
  const { dtype, shape, quantization } = after;
  return `tensor ${index} is ${dtype} ${shape.join("×")} ${JSON.stringify(quantization)}`;
}

/** Mostly a neighbour of what is there. */
function numberNear(value: number, random: Random): number {
  return random.chance(0.6) ? value + random.below(9) - 4 : random.pick(NUMBERS);
}

function changeExtent(blob: Blob, random: Random): string {
  return changeTensor(blob, random, ({ shape }) => {
    const at = random.below(shape.length);
    return { shape: shape.map((extent, i) => (i === at ? numberNear(extent, random) : extent)) };
  });
}

function changeRank(blob: Blob, random: Random): string {
  return changeTensor(blob, random, ({ shape }) => {
    const ways = [
      () => shape.slice(1),
      () => shape.slice(0, -1),
      () => [...shape, 1],
      () => [1, ...shape],
      () => [...shape].reverse(),
      () => [elementsOf(shape)],
      () => [],
    ];
    return { shape: random.pick(ways)() };
  });
}

function changeType(blob: Blob, random: Random): string {
  return changeTensor(blob, random, () => ({ dtype: random.pick(Object.keys(DTYPES)) as Dtype }));
}

function changeScale(blob: Blob, random: Random): string {
  return changeTensor(blob, random, ({ quantization }) => {
    const { zeroPoints } = quantization;
    const scales = quantization.scales.map((scale) =>
      random.chance(0.5) ? scale : random.pick(REALS),
    );
    if (random.chance(0.7)) return { quantization: { ...quantization, scales } };
    const count = random.below(5);
    const repeated = <T>(values: T[], other: T) =>
      Array.from({ length: count }, (_, i) => values[i % values.length] ?? other);
    const again = { scales: repeated(scales, 1), zeroPoints: repeated(zeroPoints, 0) };
    return { quantization: { ...quantization, ...again } };
  });
}

function changeZeroPoint(blob: Blob, random: Random): string {
  return changeTensor(blob, random, ({ quantization }) => {
    const zeroPoints = quantization.zeroPoints.map((zero) => numberNear(zero, random));
    return { quantization: { ...quantization, zeroPoints } };
  });
}

function changeAxis(blob: Blob, random: Random): string {
  return changeTensor(blob, random, ({ quantization }) => {
    return { quantization: { ...quantization, axis: numberNear(quantization.axis, random) | 0 } };
  });
}

/** Words of constants, which name axes, sizes and indices; or a constant where there was none. */
function changeData(blob: Blob, random: Random): string {
  const constants = blob.tensors.filter(({ data }) => data.length > 0);
  const chosen = constants.length > 0 && random.chance(0.9) ? random.pick(constants) : undefined;
  const index = chosen?.index ?? random.below(blob.tensors.length);
  const before = blob.tensors[index] as Tensor;
  const bytes = Math.max(0, elementsOf(before.shape) * DTYPES[before.dtype].bytes);
  const data = chosen ? before.data.slice() : new Uint8Array(bytes <= MOST_BYTES ? bytes : 0);
  if (data.length >= 4) {
    const view = new DataView(data.buffer);
    const at = 4 * random.below(data.length >> 2);
    view.setInt32(at, numberNear(view.getInt32(at, true), random), true);
  } else if (data.length > 0) data[0] = random.below(256);
  blob.tensors[index] = { ...before, data };
  return `tensor ${index} has other data`;
}

function changeOperator(
  blob: Blob,
  random: Random,
  change: (operator: Operator) => Partial<Operator>,
): string {
  const index = random.below(blob.operators.length);
  const after = { ...(blob.operators[index] as Operator) };
  blob.operators[index] = Object.assign(after, change(after));
  const { name, inputs, outputs, options } = after;
  return `operator ${index} is ${name} ${inputs} -> ${outputs} ${JSON.stringify(options)}`;
}

function changeOption(blob: Blob, random: Random): string {
  return changeOperator(blob, random, ({ options }) => {
    const names = Object.keys(options).filter((name) => name !== "kind");
    if (names.length === 0) return {};
    const name = random.pick(names);
    const value = options[name as keyof OperatorOptions] as unknown;
    return { options: { ...options, [name]: otherValue(value, random) } as OperatorOptions };
  });
}

function otherValue(value: unknown, random: Random): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "string")
    return random.pick(PADDINGS.includes(value) ? PADDINGS : ACTIVATIONS);
  if (!Number.isInteger(value)) return random.pick(REALS);
  return random.chance(0.1) ? random.pick(REALS) : numberNear(value as number, random) | 0;
}

function changeName(blob: Blob, random: Random): string {
  return changeOperator(blob, random, () => ({ name: random.pick(NAMES) }));
}

function changeOperands(blob: Blob, random: Random): string {
  const any = () => random.below(blob.tensors.length);
  return changeOperator(blob, random, ({ inputs, outputs }) => {
    const ways: (() => Partial<Operator>)[] = [
      () => ({ inputs: inputs.slice(0, -1) }),
      () => ({ inputs: [...inputs, any()] }),
      () => ({ inputs: [...inputs, -1] }),
      () => ({ inputs: inputs.map((tensor) => (random.chance(0.5) ? any() : tensor)) }),
      () => ({ inputs: inputs.map((tensor) => (random.chance(0.5) ? -1 : tensor)) }),
      () => ({ inputs: [...inputs].reverse() }),
      () => ({ outputs: outputs.slice(0, -1) }),
      () => ({ outputs: [...outputs, any()] }),
    ];
    return random.pick(ways)();
  });
}

/** What an operator of another blob is and wants, over the tensors that are there. */
function takeOperator(blob: Blob, random: Random, subjects: readonly KernelSubject[]): string {
  const { name, options } = random.pick(random.pick(subjects).blob.operators);
  return changeOperator(blob, random, () => ({ name, options }));
}
