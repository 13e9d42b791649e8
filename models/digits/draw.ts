// Draws the ten sample pictures, samples/0.png to samples/9.png: `npm run draw`.
import { fileURLToPath } from "node:url";
import { Jimp } from "jimp";
import { Random } from "./data/random.ts";
import { draw, SIDE } from "./drawing/pen.ts";
import { STROKES } from "./drawing/strokes.ts";

const SEED = 5;

const random = new Random(SEED);
for (const [digit, strokes] of STROKES.entries()) {
  const grey = draw(strokes, random);
  const data = new Uint8Array(grey.length * 4);
  grey.forEach((white, i) => {
    data.set([white, white, white, 255], i * 4);
  });
  const picture = Jimp.fromBitmap({ data, width: SIDE, height: SIDE });
  const file = new URL(`samples/${digit}.png`, import.meta.url);
  await picture.write(fileURLToPath(file) as `${string}.png`);
}
