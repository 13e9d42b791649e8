import type { Fitting } from "./pixels.ts";
import { type Bitmap, resize } from "./resize.ts";

type Frame = { width: number; height: number } & Fitting;

/** A picture in the size of a network's input, as the options ask for: four bytes for each pixel. */
export function fitted(picture: Bitmap, frame: Frame): Uint8Array {
  const { width, height, fit = "stretch" } = frame;
  if (fit === "crop") return resize(middleOf(picture, width / height), width, height);
  return fit === "letterbox" ? letterbox(picture, frame) : resize(picture, width, height);
}

/** The largest part in the middle that has the given proportions. */
function middleOf(picture: Bitmap, proportion: number): Bitmap {
  const width = Math.max(1, Math.min(picture.width, Math.round(picture.height * proportion)));
  const height = Math.max(1, Math.min(picture.height, Math.round(picture.width / proportion)));
  const left = Math.floor((picture.width - width) / 2);
  const top = Math.floor((picture.height - height) / 2);
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = 4 * ((top + y) * picture.width + left);
    for (let x = 0; x < 4 * width; x++) data[4 * y * width + x] = picture.data[from + x] as number;
  }
  return { width, height, data };
}

/** All of the picture in its proportions, in the middle, between borders of one value. */
function letterbox(picture: Bitmap, { width, height, fill = 0 }: Frame): Uint8Array {
  const scale = Math.min(width / picture.width, height / picture.height);
  const inner = {
    width: Math.min(width, Math.max(1, Math.round(picture.width * scale))),
    height: Math.min(height, Math.max(1, Math.round(picture.height * scale))),
  };
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
