import { NolfetError } from "../errors.ts";
import type { PixelMapping, Pixels } from "./pixels.ts";
import { type Bitmap, resize } from "./resize.ts";

/** Weights of red, green and blue in brightness (ITU-R BT.601). */
const BRIGHTNESS = [0.299, 0.587, 0.114] as const;

export type PixelSize = Pick<PixelMapping, "width" | "height" | "channels">;

/** The pixels that a network wants of a decoded picture. Opacity is left out of account. */
export function sample(picture: Bitmap, { width, height, channels }: PixelSize): Pixels {
  const rgba = resize(picture, width, height);
  return { width, height, channels, data: channels === 3 ? colours(rgba) : greys(rgba) };
}

function colours(rgba: Uint8Array): Uint8Array {
  return Uint8Array.from(
    { length: (rgba.length / 4) * 3 },
    (_, i) => rgba[Math.floor(i / 3) * 4 + (i % 3)] as number,
  );
}

function greys(rgba: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, i) => {
    const weighted = BRIGHTNESS.map((weight, c) => weight * (rgba[4 * i + c] as number));
    return Math.round(weighted.reduce((sum, part) => sum + part));
  });
}

/** For a file that cannot be decoded. */
export function noPicture(formats: string, file: Uint8Array): NolfetError {
  const hex = Array.from(file.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  const found = file.length === 0 ? "no bytes" : `bytes ${hex.join(" ")}`;
  return new NolfetError("BAD_INPUT", `a ${formats} picture`, found);
}
