import type { Pixels } from "./pixels.ts";
import { noPicture, type PixelSize, sample } from "./sample.ts";

/**
 * Decodes a picture in whatever format the browser knows, in a page or a worker, and resizes it
 * as in Node. What is lossless comes out to the same bytes, where it is opaque. Throws BAD_INPUT
 * for anything else.
 */
export async function readPicture(file: Uint8Array, size: PixelSize): Promise<Pixels> {
  const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" } as const;
  const picture = await createImageBitmap(new Blob([file.slice()]), options).catch(() => {
    throw noPicture("PNG, JPEG or other", file);
  });
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (!context) throw noPicture("smaller", file);
  context.drawImage(picture, 0, 0);
  picture.close();
  return sample(context.getImageData(0, 0, width, height), size);
}
