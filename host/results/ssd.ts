import type { Box, Detection, Detections, InputSize, Output, Point } from "./result.ts";
import { boxAround, greatest, LEAST_SCORE, sigmoid, suppress } from "./suppress.ts";

/**
 * TFLite_Detection_PostProcess: boxes, classes, scores and their count, suppressed already.
 * Outputs: 1 × N × 4 (top, left, bottom, right), 1 × N, 1 × N and 1.
 */
export function decodePostProcess([boxes, classes, scores, count]: Output[]): Detections {
  const found = Math.min(count?.values[0] ?? 0, scores?.values.length ?? 0);
  const detections = Array.from({ length: found }, (_, i): Detection => {
    const box = Array.from((boxes as Output).values.subarray(4 * i, 4 * i + 4)) as Box;
    return { class: classes?.values[i] ?? 0, score: scores?.values[i] ?? 0, box };
  });
  return { kind: "detections", detections: detections.filter((one) => one.score >= LEAST_SCORE) };
}

interface Anchor {
  row: number;
  column: number;
  width: number;
  height: number;
}

/** Grids of SSD MobileNet: the first has 16 pixels a cell, each further one half as many cells. */
function ssdGrids({ width, height }: InputSize): { rows: number; columns: number }[] {
  return Array.from({ length: 6 }, (_, level) => ({
    rows: Math.ceil(height / (16 << level)),
    columns: Math.ceil(width / (16 << level)),
  }));
}

const LEAST_SCALE = 0.2;
const MOST_SCALE = 0.95;
const RATIOS = [1, 2, 1 / 2, 3, 1 / 3];

/** Anchors of SSD MobileNet as TensorFlow's object detection makes them (Liu et al. 2015, section 2.2). */
function ssdAnchors(input: InputSize): Anchor[] {
  const grids = ssdGrids(input);
  const scaleOf = (level: number) =>
    level === grids.length
      ? 1
      : LEAST_SCALE + ((MOST_SCALE - LEAST_SCALE) * level) / (grids.length - 1);
  return grids.flatMap(({ rows, columns }, level) => {
    const scale = scaleOf(level);
    const sizes =
      level === 0
        ? [sized(0.1, 1), sized(scale, 2), sized(scale, 1 / 2)]
        : [
            ...RATIOS.map((ratio) => sized(scale, ratio)),
            sized(Math.sqrt(scale * scaleOf(level + 1)), 1),
          ];
    return Array.from({ length: rows * columns }, (_, i) => ({
      row: (Math.floor(i / columns) + 0.5) / rows,
      column: ((i % columns) + 0.5) / columns,
    })).flatMap((centre) => sizes.map((size) => ({ ...centre, ...size })));
  });
}

function sized(scale: number, ratio: number): Pick<Anchor, "width" | "height"> {
  return { width: scale * Math.sqrt(ratio), height: scale / Math.sqrt(ratio) };
}

export function ssdAnchorCount(input: InputSize): number {
  return ssdGrids(input).reduce(
    (sum, { rows, columns }, level) => sum + rows * columns * (level === 0 ? 3 : 6),
    0,
  );
}

/** By how much a box moves or grows for a value of 1: the coder's scale factors. */
const CENTRE_STEP = 1 / 10;
const SIZE_STEP = 1 / 5;

/**
 * SSD MobileNet without post-processing: 1 × anchors × 4 (row, column, height, width, relative to the
 * anchor) and 1 × anchors × (1 + classes), the first of which is the background.
 */
export function decodeSsd(outputs: Output[], input: InputSize): Detections {
  const [boxes, scores] = byWidth(outputs);
  const classes = scores.shape.at(-1) as number;
  const anchors = ssdAnchors(input);
  const isLogit = scores.values.some((value) => value < 0 || value > 1);
  const found = anchors.map((anchor, i): Detection => {
    const [row, column, height, width] = boxes.values.subarray(4 * i) as unknown as Four;
    const { index, value } = greatest(scores.values, i * classes + 1, classes - 1);
    const box = boxAround(
      anchor.column + column * CENTRE_STEP * anchor.width,
      anchor.row + row * CENTRE_STEP * anchor.height,
      Math.exp(width * SIZE_STEP) * anchor.width,
      Math.exp(height * SIZE_STEP) * anchor.height,
    );
    return { class: index, score: isLogit ? sigmoid(value) : value, box };
  });
  return { kind: "detections", detections: suppress(found), classes: classes - 1 };
}

type Four = [number, number, number, number];

/** The narrower of two outputs first. */
function byWidth(outputs: Output[]): [Output, Output] {
  const sorted = [...outputs].sort((a, b) => (a.shape.at(-1) ?? 0) - (b.shape.at(-1) ?? 0));
  return sorted as [Output, Output];
}

const FACE_POINTS = 6;
/** Two anchors in each cell of 16 × 16, six in each of 8 × 8. */
const FACE_GRIDS = [
  { side: 16, anchors: 2 },
  { side: 8, anchors: 6 },
];
export const FACE_ANCHORS = 896;

/**
 * BlazeFace, short range (Bazarevsky et al. 2019, arXiv 1907.05047): 1 × 896 × 1 scores before the
 * logistic function, and 1 × 896 × 16: box and six points in pixels from the cell's centre.
 */
export function decodeBlazeFace(outputs: Output[], { width, height }: InputSize): Detections {
  const [scores, regressions] = byWidth(outputs);
  const centres = FACE_GRIDS.flatMap(({ side, anchors }) =>
    Array.from({ length: side * side * anchors }, (_, i) => {
      const cell = Math.floor(i / anchors);
      return { row: (Math.floor(cell / side) + 0.5) / side, column: ((cell % side) + 0.5) / side };
    }),
  );
  const found = centres.map(({ row, column }, i): Detection => {
    const values = regressions.values.subarray(16 * i, 16 * i + 16);
    const across = (k: number) => (values[k] as number) / width;
    const down = (k: number) => (values[k] as number) / height;
    const points = Array.from({ length: FACE_POINTS }, (_, k): Point => {
      const first = 4 + 2 * k;
      return { row: row + down(first + 1), column: column + across(first), score: 1 };
    });
    const box = boxAround(column + across(0), row + down(1), across(2), down(3));
    return { class: 0, score: sigmoid(scores.values[i] as number), box, points };
  });
  return { kind: "detections", detections: suppress(found), classes: 1 };
}
