import type { Pixels } from "./pixels.ts";
import { noPicture, type PixelSize, sample } from "./sample.ts";

/**
 * Decodes a PNG, JPEG, BMP, GIF (its first picture) or TIFF file and resizes it to what the
 * mapping wants, without keeping its proportions. Transparency is left out of account. Throws
 * BAD_INPUT for anything else.
 */
export async function readPicture(file: Uint8Array, size: PixelSize): Promise<Pixels> {
  // The library takes longer to load than all the rest of nolfet.
  const { Jimp } = await import("jimp");
  const picture = await Jimp.read(file.slice().buffer).catch(() => {
    throw noPicture("PNG, JPEG, BMP, GIF or TIFF", file);
  });
  return sample(picture.bitmap, size);
}
