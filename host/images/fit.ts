import { type Extent, WHOLE } from "./extent.ts";
import type { Fitting } from "./pixels.ts";
import { type Bitmap, resize } from "./resize.ts";

/** Stretched, the picture's edges are the input's; cropped, they lie beyond; in a letterbox, within. */
export function extentOf(picture: Pick<Bitmap, "width" | "height">, frame: Frame): Extent {
  const { width, height, fit = "stretch" } = frame;
  if (fit === "stretch") return WHOLE;
  if (fit === "letterbox") {
    const inner = innerSize(picture, frame);
    const left = Math.floor((width - inner.width) / 2) / width;
    const top = Math.floor((height - inner.height) / 2) / height;
    return { top, left, bottom: top + inner.height / height, right: left + inner.width / width };
  }
  const part = middle(picture, width / height);
  const left = -part.left / part.width;
  const top = -part.top / part.height;
  return {
    top,
    left,
    bottom: top + picture.height / part.height,
    right: left + picture.width / part.width,
  };
}

type Frame = { width: number; height: number } & Fitting;

/** A picture in the size of a network's input, as the options ask for: four bytes for each pixel. */
export function fitted(picture: Bitmap, frame: Frame): Uint8Array {
  const { width, height, fit = "stretch" } = frame;
  if (fit === "crop") return resize(middleOf(picture, width / height), width, height);
  return fit === "letterbox" ? letterbox(picture, frame) : resize(picture, width, height);
}

/** Where the largest part in the middle lies that has the given proportions. */
function middle(picture: Pick<Bitmap, "width" | "height">, proportion: number) {
  const width = Math.max(1, Math.min(picture.width, Math.round(picture.height * proportion)));
  const height = Math.max(1, Math.min(picture.height, Math.round(picture.width / proportion)));
  const left = Math.floor((picture.width - width) / 2);
  const top = Math.floor((picture.height - height) / 2);
  return { width, height, left, top };
}

function middleOf(picture: Bitmap, proportion: number): Bitmap {
  const { width, height, left, top } = middle(picture, proportion);
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = 4 * ((top + y) * picture.width + left);
    for (let x = 0; x < 4 * width; x++) data[4 * y * width + x] = picture.data[from + x] as number;
  }
  return { width, height, data };
}

/** All of the picture in its proportions, in the middle, between borders of one value. */
function letterbox(picture: Bitmap, frame: Frame): Uint8Array {
  const { width, height, fill = 0 } = frame;
  const inner = innerSize(picture, frame);
  const pixels = resize(picture, inner.width, inner.height);
  const result = new Uint8Array(width * height * 4).fill(fill);
  const left = Math.floor((width - inner.width) / 2);
  const top = Math.floor((height - inner.height) / 2);
  for (let y = 0; y < inner.height; y++) {
    const row = pixels.subarray(4 * y * inner.width, 4 * (y + 1) * inner.width);
    result.set(row, 4 * ((top + y) * width + left));
  }
  return result;
}

/** The picture's size in a letterbox. */
function innerSize(picture: Pick<Bitmap, "width" | "height">, { width, height }: Frame) {
  const scale = Math.min(width / picture.width, height / picture.height);
  return {
    width: Math.min(width, Math.max(1, Math.round(picture.width * scale))),
    height: Math.min(height, Math.max(1, Math.round(picture.height * scale))),
  };
}
