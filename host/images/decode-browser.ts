import { pictureHeader } from "./header.ts";
import type { Pixels } from "./pixels.ts";
import { checkPicture, checkSize, noPicture, type PixelSize, sample } from "./sample.ts";

const FORMATS = "PNG, JPEG or other";

/**
 * Decodes a picture in whatever format the browser knows, in a page or a worker, and resizes it
 * as in Node. What is lossless comes out to the same bytes, where it is opaque. Throws BAD_INPUT
 * for anything else, and for pictures of more than 2^25 pixels.
 */
export async function readPicture(file: Uint8Array, size: PixelSize): Promise<Pixels> {
  if (pictureHeader(file)) checkPicture(file, FORMATS);
  const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" } as const;
  const picture = await createImageBitmap(new Blob([file.slice()]), options).catch(() => {
    throw noPicture(FORMATS, file);
  });
  checkSize(picture);
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (!context) throw noPicture("smaller", file);
  context.drawImage(picture, 0, 0);
  picture.close();
  return sample(context.getImageData(0, 0, width, height), size);
}
