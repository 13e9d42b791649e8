import type { Extent } from "../images/extent.ts";
import type { Box, Mask, Picture, Point, Result } from "./result.ts";

/** A result in parts of the input, told in parts of the picture that was fitted to it. */
export function inPicture(result: Result, extent: Extent): Result {
  const { top, left, bottom, right } = extent;
  if (top === 0 && left === 0 && bottom === 1 && right === 1) return result;
  const row = (part: number) => (part - top) / (bottom - top);
  const column = (part: number) => (part - left) / (right - left);
  const point = (one: Point): Point => ({
    row: row(one.row),
    column: column(one.column),
    score: one.score,
  });
  const box = ([a, b, c, d]: Box): Box => [row(a), column(b), row(c), column(d)];
  switch (result.kind) {
    case "detections":
      return {
        ...result,
        detections: result.detections.map((one) => ({
          ...one,
          box: box(one.box),
          ...(one.points ? { points: one.points.map(point) } : {}),
        })),
      };
    case "points":
      return { ...result, points: result.points.map(point) };
    case "mask":
      return { ...result, ...cut(result, result.values, 1, extent) };
    case "picture": {
      const { values, ...size } = cut(result, result.rgba, 4, extent);
      return { ...result, ...size, rgba: values };
    }
  }
}

/**
 * The picture's part of an image with so many values a pixel. Pixels of the picture that the input
 * left out, where it was cropped, are 0.
 */
function cut<Values extends Uint8Array | Uint16Array>(
  { width, height }: Pick<Mask | Picture, "width" | "height">,
  values: Values,
  channels: number,
  { top, left, bottom, right }: Extent,
): { width: number; height: number; values: Values } {
  const [x0, x1] = [left, right].map((part) => Math.round(part * width)) as [number, number];
  const [y0, y1] = [top, bottom].map((part) => Math.round(part * height)) as [number, number];
  const size = { width: Math.max(1, x1 - x0), height: Math.max(1, y1 - y0) };
  const part = values.slice(0, 0);
  const result = new (part.constructor as new (length: number) => Values)(
    size.width * size.height * channels,
  );
  for (let y = Math.max(0, y0); y < Math.min(height, y0 + size.height); y++) {
    const begin = Math.max(0, x0);
    const end = Math.min(width, x0 + size.width);
    const row = values.subarray((y * width + begin) * channels, (y * width + end) * channels);
    result.set(row, ((y - y0) * size.width + begin - x0) * channels);
  }
  return { ...size, values: result };
}
