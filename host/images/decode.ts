import { inflateSync } from "node:zlib";
import { codedParts, firstPictureOf, interlacedRows } from "./header.ts";
import { lzwBytes } from "./lzw.ts";
import type { Pixels } from "./pixels.ts";
import { checkPicture, checkSize, cutOff, damaged, type PixelSize, sample } from "./sample.ts";

const FORMATS = "PNG, JPEG, BMP, GIF or TIFF";

/**
 * Decodes a PNG, JPEG, BMP, GIF (its first picture) or TIFF file (its first page) and resizes it to
 * what the mapping wants, without keeping its proportions. Transparency is left out of account. Throws
 * BAD_INPUT for anything else, and for pictures of more than 2^25 pixels, which are not decoded.
 */
export async function readPicture(file: Uint8Array, size: PixelSize): Promise<Pixels> {
  const header = checkPicture(file, FORMATS);
  // What decodes JPEG fills up what is not there.
  if (header.format === "JPEG" && !header.isWhole) throw cutOff(header);
  checkRows(file);
  checkParts(file);
  // The library takes longer to load than all the rest of nolfet.
  const { Jimp } = await import("jimp");
  const { bitmap } = await Jimp.read(firstPictureOf(file).buffer).catch((error: Error) => {
    throw header.isWhole ? damaged(header.format, `${error?.message ?? error}`) : cutOff(header);
  });
  checkSize(bitmap);
  return sample(bitmap, size);
}

/** Throws BAD_INPUT where the parts of a TIFF become more bytes than the picture has. */
function checkParts(file: Uint8Array): void {
  const { code, coded, most } = codedParts(file) ?? { coded: [], most: 0 };
  let left = most;
  for (const part of coded) {
    left -= code === "lzw" ? lzwBytes(part, left) : inflatedBytes(part, left);
    if (left < 0) throw damaged("TIFF", "parts beyond its pixels");
  }
}

/** How many bytes a stream of zlib's becomes; one more than `most`, where they are more. */
function inflatedBytes(coded: Uint8Array, most: number): number {
  try {
    return inflateSync(coded, { maxOutputLength: Math.max(1, most) }).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return most + 1;
    throw damaged("TIFF", "parts that are damaged");
  }
}

/** Throws BAD_INPUT where interlaced rows are more than the picture has; of others no more are read. */
function checkRows(file: Uint8Array): void {
  const rows = interlacedRows(file);
  if (!rows) return;
  try {
    inflateSync(Buffer.concat(rows.coded), { maxOutputLength: rows.most });
  } catch (error) {
    const isMore = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw damaged("PNG", isMore ? "rows beyond its pixels" : "rows that are damaged");
  }
}
