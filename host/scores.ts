import { checkInput } from "./arguments.ts";
import { elementsOf, type TypedArray } from "./dtype.ts";
import type { TensorInfo } from "./feeds.ts";

/** A class of a classifier, with its real score. */
export interface Score {
  index: number;
  score: number;
}

/** The real values of an output. Throws BAD_INPUT for what is no tensor's values. */
export function dequantize(values: TypedArray, info: TensorInfo): Float64Array {
  checkInput(values, ArrayBuffer.isView(values), "a tensor's values");
  checkInput(info, typeof info === "object" && info !== null, "the tensor's info");
  const { quantization } = info;
  const { scale, zeroPoint } = quantization ?? { scale: 1, zeroPoint: 0 };
  return Float64Array.from(
    values as ArrayLike<number | bigint>,
    (value) => (Number(value) - zeroPoint) * scale,
  );
}

/** The highest scores, highest first; of equal ones, the lowest index first. */
export function topScores(values: TypedArray, info: TensorInfo, count = 5): Score[] {
  const scores = Array.from(dequantize(values, info), (score, index) => ({ index, score }));
  return scores.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, count);
}

/** Of a classifier, which has one output, a single row of scores; undefined for other models. */
export function classCount([output, ...others]: readonly TensorInfo[]): number | undefined {
  if (!output || others.length > 0) return undefined;
  const classes = output.shape.at(-1);
  return elementsOf(output.shape) === classes ? classes : undefined;
}

/** The least and the greatest of an output's real values. */
export function extremesOf(
  values: TypedArray,
  info: TensorInfo,
): { least: number; greatest: number } {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of dequantize(values, info)) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return { least, greatest };
}
