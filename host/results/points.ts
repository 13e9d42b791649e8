import type { InputSize, Output, Point, Points } from "./result.ts";
import { sigmoid } from "./suppress.ts";

const BODY_POINTS = 17;

/**
 * PoseNet, one person: for each of 17 points the hottest cell of its map, moved by the offsets there,
 * which are pixels: first the rows of all points, then their columns (Papandreou et al. 2018).
 */
export function decodePoseNet(outputs: Output[], { width, height }: InputSize): Points {
  const [heat, offsets] = [BODY_POINTS, 2 * BODY_POINTS].map((channels) =>
    outputs.find(({ shape }) => shape.at(-1) === channels),
  ) as [Output, Output];
  const [, rows, columns] = heat.shape as [number, number, number];
  const points = Array.from({ length: BODY_POINTS }, (_, point): Point => {
    let best = 0;
    for (let cell = 1; cell < rows * columns; cell++) {
      if (heatAt(cell) > heatAt(best)) best = cell;
    }
    const offsetAt = (channel: number) => offsets.values[best * 2 * BODY_POINTS + channel] ?? 0;
    const row = (Math.floor(best / columns) * (height - 1)) / (rows - 1) + offsetAt(point);
    const column = ((best % columns) * (width - 1)) / (columns - 1) + offsetAt(point + BODY_POINTS);
    return { row: row / height, column: column / width, score: sigmoid(heatAt(best)) };

    function heatAt(cell: number): number {
      return heat.values[cell * BODY_POINTS + point] as number;
    }
  });
  return { kind: "points", points };
}

/** MoveNet, one person: 1 × 1 × 17 × 3, each row, column and score, in parts of the picture. */
export function decodeMoveNet([output]: Output[]): Points {
  const { values } = output as Output;
  const points = Array.from({ length: BODY_POINTS }, (_, k): Point => {
    const [row = 0, column = 0, score = 0] = values.subarray(3 * k);
    return { row, column, score };
  });
  return { kind: "points", points };
}

const FACE_POINTS = 468;
export const FACE_VALUES = 3 * FACE_POINTS;

/** MediaPipe's face mesh: 468 points, each column, row and depth in pixels (Kartynnik et al. 2019). */
export function decodeFaceMesh(outputs: Output[], { width, height }: InputSize): Points {
  const { values } = outputs.find((output) => output.values.length === FACE_VALUES) as Output;
  const points = Array.from({ length: FACE_POINTS }, (_, k): Point => {
    const [column = 0, row = 0] = values.subarray(3 * k);
    return { row: row / height, column: column / width, score: 1 };
  });
  return { kind: "points", points };
}
