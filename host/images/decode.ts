import { NolfetError } from "../errors.ts";
import type { PixelMapping, Pixels } from "./pixels.ts";

/** Weights of red, green and blue in brightness (ITU-R BT.601). */
const BRIGHTNESS = [0.299, 0.587, 0.114] as const;

/**
 * Decodes a PNG, JPEG, BMP, GIF (its first picture) or TIFF file and resizes it to what the
 * mapping wants, without keeping its proportions. Transparency is left out of account. Throws
 * BAD_INPUT for anything else.
 */
export async function readPicture(
  file: Uint8Array,
  { width, height, channels }: Pick<PixelMapping, "width" | "height" | "channels">,
): Promise<Pixels> {
  // The library takes longer to load than all the rest of nolfet.
  const { Jimp } = await import("jimp");
  const picture = await Jimp.read(file.slice().buffer).catch(() => {
    throw new NolfetError("BAD_INPUT", "a PNG, JPEG, BMP, GIF or TIFF picture", beginning(file));
  });
  const { data } = picture.resize({ w: width, h: height }).bitmap;
  return { width, height, channels, data: channels === 3 ? colours(data) : greys(data) };
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

function beginning(file: Uint8Array): string {
  const hex = Array.from(file.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return file.length === 0 ? "no bytes" : `bytes ${hex.join(" ")}`;
}
