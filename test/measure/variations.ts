import { Jimp } from "jimp";
import { Random } from "../support/random.ts";
import { readShared } from "../support/shared.ts";

/** The shared pictures. */
export const PHOTOGRAPHS = ["cat", "grace_hopper"];
const SEED = 1;
/** Sides of a crop, in hundredths of the picture's shorter side. */
const LEAST_SIDE = 40;
/** Brightness and contrast change by as many hundredths at most. */
const MOST_CHANGE = 25;

/**
 * Pictures of `side` × `side` pixels, RGB row by row, for want of a collection of photographs:
 * crops of the shared pictures, half of them mirrored, in other light. The same ones every time.
 */
export async function variations(count: number, side: number): Promise<Uint8Array[]> {
  const pictures = await Promise.all(
    PHOTOGRAPHS.map((name) => Jimp.read(Buffer.from(readShared(`images/${name}.bmp`)))),
  );
  const random = new Random(SEED);
  return Array.from({ length: count }, (_, i) => {
    const picture = (pictures[i % pictures.length] as (typeof pictures)[0]).clone();
    const shorter = Math.min(picture.width, picture.height);
    const crop = Math.round((shorter * random.integer(LEAST_SIDE, 100)) / 100);
    const x = random.integer(0, picture.width - crop);
    const y = random.integer(0, picture.height - crop);
    const change = () => random.integer(-MOST_CHANGE, MOST_CHANGE) / 100;
    picture.crop({ x, y, w: crop, h: crop });
    picture.flip({ horizontal: random.integer(0, 1) === 1, vertical: false });
    picture.brightness(1 + change());
    picture.contrast(change());
    picture.resize({ w: side, h: side });
    return withoutAlpha(picture.bitmap.data);
  });
}

function withoutAlpha(pixels: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: (pixels.length / 4) * 3 }, (_, i) => {
    return pixels[Math.floor(i / 3) * 4 + (i % 3)] as number;
  });
}
