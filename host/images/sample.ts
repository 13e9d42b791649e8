import { NolfetError } from "../errors.ts";
import { extentOf, fitted } from "./fit.ts";
import { type PictureHeader, pictureFormat, pictureHeader } from "./header.ts";
import type { Fitting, PixelMapping, Pixels } from "./pixels.ts";
import type { Bitmap } from "./resize.ts";

/** Weights of red, green and blue in brightness (ITU-R BT.601). */
const BRIGHTNESS = [0.299, 0.587, 0.114] as const;

export type PixelSize = Pick<PixelMapping, "width" | "height" | "channels"> & Fitting;

/** The pixels that a network wants of a decoded picture. Opacity is left out of account. */
export function sample(picture: Bitmap, size: PixelSize): Pixels {
  const { width, height, channels, order = "RGB" } = size;
  const rgba = fitted(picture, size);
  const data = channels === 3 ? colours(rgba, order === "BGR") : greys(rgba);
  return { width, height, channels, data, extent: extentOf(picture, size) };
}

function colours(rgba: Uint8Array, isTurned: boolean): Uint8Array {
  return Uint8Array.from({ length: (rgba.length / 4) * 3 }, (_, i) => {
    const channel = isTurned ? 2 - (i % 3) : i % 3;
    return rgba[Math.floor(i / 3) * 4 + channel] as number;
  });
}

function greys(rgba: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, i) => {
    const weighted = BRIGHTNESS.map((weight, c) => weight * (rgba[4 * i + c] as number));
    return Math.round(weighted.reduce((sum, part) => sum + part));
  });
}

/** Pixels that a picture may have: 8192 × 4096, for example. */
export const MOST_PIXELS = 2 ** 25;
/** What JPEG and GIF can say of a side: with more rows than that, resizing takes longer than decoding. */
const MOST_SIDE = 2 ** 16 - 1;
/** How often a JPEG of so many pixels may go over all of them; fewer pixels may have more scans. */
const MOST_PASSES = 10;
/** Bits of a pixel: four channels of 32. */
const MOST_DEPTH = 128;

/**
 * Looks at a picture before it is decoded. Throws BAD_INPUT where it is in none of the `formats` that
 * can be read, has no size, or would take more than its pixels are worth.
 */
export function checkPicture(file: Uint8Array, formats: string): PictureHeader {
  const header = pictureHeader(file);
  if (!header) throw noPicture(formats, file);
  const { format, width, height, passes, depth, isWhole } = header;
  if (width * height === 0) throw isWhole ? damaged(format, "one without pixels") : cutOff(header);
  checkSize(header);
  if (width * height * passes > MOST_PASSES * MOST_PIXELS) {
    throw damaged(format, `${passes} scans of ${width}×${height} pixels`);
  }
  if ((header.coded ?? 0) > file.length) {
    throw damaged(format, `parts of ${header.coded} bytes in a file of ${file.length}`);
  }
  if (depth > MOST_DEPTH) throw damaged(format, `${depth} bits for each pixel`);
  return header;
}

export function checkSize({ width, height }: Pick<Bitmap, "width" | "height">): void {
  const isLong = Math.max(width, height) > MOST_SIDE;
  if (!isLong && width * height <= MOST_PIXELS) return;
  const expected = `a picture of at most ${MOST_PIXELS} pixels, and ${MOST_SIDE} on a side`;
  throw new NolfetError("BAD_INPUT", expected, `${width}×${height}`);
}

/** For a picture that ends before its pixels do. */
export function cutOff({ format }: PictureHeader): NolfetError {
  return new NolfetError("BAD_INPUT", `a whole ${format} picture`, "a truncated one");
}

/** For a picture in a format that is known, though not as it should be. */
export function damaged(format: string, found: string): NolfetError {
  return new NolfetError("BAD_INPUT", `a ${format} picture that can be decoded`, found);
}

/** For a file that is no picture, or one in a format that is not known. */
export function noPicture(formats: string, file: Uint8Array): NolfetError {
  const hex = Array.from(file.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  const format = pictureFormat(file);
  const bytes = file.length === 0 ? "no bytes" : `bytes ${hex.join(" ")}`;
  return new NolfetError(
    "BAD_INPUT",
    `a ${formats} picture`,
    format ? `a file in the format ${format}` : bytes,
  );
}
