import type { Detection, Detections, InputSize, Output, Point } from "./result.ts";
import { boxAround, greatest, LEAST_SCORE, sigmoid, suppress } from "./suppress.ts";

/** Pixels of the input that one cell of each grid covers, along a side. */
const STRIDES = [8, 16, 32];

interface Cell {
  row: number;
  column: number;
  stride: number;
}

/** All cells of the three grids, in the order of the outputs' rows. */
function cells({ width, height }: InputSize): Cell[] {
  return STRIDES.flatMap((stride) => {
    const columns = Math.floor(width / stride);
    const rows = Math.floor(height / stride);
    return Array.from({ length: columns * rows }, (_, i) => ({
      row: Math.floor(i / columns),
      column: i % columns,
      stride,
    }));
  });
}

export function cellCount({ width, height }: InputSize): number {
  return STRIDES.reduce(
    (sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride),
    0,
  );
}

/** Exports give boxes in pixels or in parts of the picture; no part is above 2. */
function unitsOf(isInPixels: boolean, { width, height }: InputSize) {
  return isInPixels ? { x: 1 / width, y: 1 / height } : { x: 1, y: 1 };
}

function isInPixels(values: Float64Array, indices: Iterable<number>): boolean {
  for (const index of indices) if ((values[index] as number) > 2) return true;
  return false;
}

/** Points of a person in COCO's order: nose, eyes, ears, shoulders, …; each x, y and score. */
const POSE_POINTS = 17;
const POSE_CHANNELS = 4 + 1 + 3 * POSE_POINTS;

function isPose(channels: number): boolean {
  return channels === POSE_CHANNELS;
}

/**
 * YOLOv8 and YOLO11, 1 × (4 + classes) × cells: centre, width and height, then a probability for each
 * class. Networks for poses have one class, and 17 points after it.
 */
export function decodeYolo8([output]: Output[], input: InputSize): Detections {
  const { shape, values } = output as Output;
  const [, channels, count] = shape as [number, number, number];
  const classes = isPose(channels) ? 1 : channels - 4;
  const { x, y } = unitsOf(isInPixels(values, range(0, 4 * count)), input);
  const at = (channel: number, i: number) => values[channel * count + i] as number;
  const found: Detection[] = [];
  for (let i = 0; i < count; i++) {
    const { index, value } = greatest(values, 4 * count + i, classes, count);
    if (value < LEAST_SCORE) continue;
    const box = boxAround(at(0, i) * x, at(1, i) * y, at(2, i) * x, at(3, i) * y);
    const detection: Detection = { class: index, score: value, box };
    if (isPose(channels)) {
      detection.points = Array.from({ length: POSE_POINTS }, (_, k): Point => {
        const first = 5 + 3 * k;
        return { column: at(first, i) * x, row: at(first + 1, i) * y, score: at(first + 2, i) };
      });
    }
    found.push(detection);
  }
  return { kind: "detections", detections: suppress(found), classes };
}

/** YOLOv5, 1 × 3 · cells × (5 + classes): centre, width, height, objectness, then classes. */
export function decodeYolo5([output]: Output[], input: InputSize): Detections {
  const { shape, values } = output as Output;
  const [, count, channels] = shape as [number, number, number];
  const sides = function* () {
    for (let i = 0; i < count; i++) yield i * channels + 2;
  };
  const { x, y } = unitsOf(isInPixels(values, sides()), input);
  const found: Detection[] = [];
  for (let begin = 0; begin < count * channels; begin += channels) {
    const [column, row, width, height, object] = values.subarray(
      begin,
      begin + 5,
    ) as unknown as Five;
    const { index, value } = greatest(values, begin + 5, channels - 5);
    const box = boxAround(column * x, row * y, width * x, height * y);
    found.push({ class: index, score: object * value, box });
  }
  return { kind: "detections", detections: suppress(found), classes: channels - 5 };
}

type Five = [number, number, number, number, number];

/**
 * YOLOX: a row for each cell of three grids, in one output or one for each grid. A centre counts in
 * cells from its own one, sizes are logarithms of cells (Ge et al. 2021, arXiv 2107.08430).
 */
export function decodeYolox(outputs: Output[], input: InputSize): Detections {
  const channels = (outputs[0] as Output).shape.at(-1) as number;
  const grids = [...outputs].sort((a, b) => b.values.length - a.values.length);
  const values = Float64Array.from(grids.flatMap((grid) => Array.from(grid.values)));
  const found = cells(input).map((cell, i): Detection => {
    const begin = i * channels;
    const [x, y, width, height, object] = values.subarray(begin, begin + 5) as unknown as Five;
    const { index, value } = greatest(values, begin + 5, channels - 5);
    const box = boxAround(
      ((x + cell.column) * cell.stride) / input.width,
      ((y + cell.row) * cell.stride) / input.height,
      (Math.exp(width) * cell.stride) / input.width,
      (Math.exp(height) * cell.stride) / input.height,
    );
    return { class: index, score: object * value, box };
  });
  return { kind: "detections", detections: suppress(found), classes: channels - 5 };
}

/**
 * FastestDet, 1 × rows × columns × (5 + classes): objectness, a centre relative to the cell before
 * tanh, a size before the logistic function, then classes. The score weighs objectness by a power of
 * 0.6 and the class by one of 0.4 (github.com/dog-qiuqiu/FastestDet).
 */
export function decodeFastestDet([output]: Output[]): Detections {
  const { shape, values } = output as Output;
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const found = Array.from({ length: rows * columns }, (_, i): Detection => {
    const begin = i * channels;
    const [object, x, y, width, height] = values.subarray(begin, begin + 5) as unknown as Five;
    const { index, value } = greatest(values, begin + 5, channels - 5);
    const box = boxAround(
      ((i % columns) + Math.tanh(x)) / columns,
      (Math.floor(i / columns) + Math.tanh(y)) / rows,
      sigmoid(width),
      sigmoid(height),
    );
    return { class: index, score: Math.max(0, object) ** 0.6 * Math.max(0, value) ** 0.4, box };
  });
  return { kind: "detections", detections: suppress(found), classes: channels - 5 };
}

function* range(begin: number, end: number): Iterable<number> {
  for (let i = begin; i < end; i++) yield i;
}
