import { PIXELS, SIDE } from "./digits.ts";
import type { Random } from "./random.ts";

/** How far a picture is moved at most, to either side. */
const SHIFT = 1.9; // pixels
const ROTATION = 0.19; // radians
const SCALE = 0.12;
const SHEAR = 0.17;

const CENTRE = (SIDE - 1) / 2;

/**
 * Writes a randomly moved copy of a picture: shifted, rotated, scaled and slanted by small
 * amounts, sampled bilinearly, with black outside.
 *
 * @param pixels `PIXELS` bytes
 * @param target receives `PIXELS` numbers from 0 to 1
 */
export function augment(pixels: Uint8Array, random: Random, target: Float32Array): void {
  const angle = random.between(-ROTATION, ROTATION);
  const scaleX = random.between(1 - SCALE, 1 + SCALE);
  const scaleY = random.between(1 - SCALE, 1 + SCALE);
  const shear = random.between(-SHEAR, SHEAR);
  const shiftX = CENTRE + random.between(-SHIFT, SHIFT);
  const shiftY = CENTRE + random.between(-SHIFT, SHIFT);

  // The source of target pixel (x, y), relative to the centre: rotation × slant × scale.
  const xx = scaleX * Math.cos(angle);
  const xy = scaleY * (shear * Math.cos(angle) - Math.sin(angle));
  const yx = scaleX * Math.sin(angle);
  const yy = scaleY * (shear * Math.sin(angle) + Math.cos(angle));
  for (let i = 0; i < PIXELS; i++) {
    const x = (i % SIDE) - CENTRE;
    const y = Math.floor(i / SIDE) - CENTRE;
    target[i] = sample(pixels, xx * x + xy * y + shiftX, yx * x + yy * y + shiftY) / 255;
  }
}

function sample(pixels: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const below = y - top;
  return (
    (1 - below) * ((1 - right) * at(pixels, left, top) + right * at(pixels, left + 1, top)) +
    below * ((1 - right) * at(pixels, left, top + 1) + right * at(pixels, left + 1, top + 1))
  );
}

function at(pixels: Uint8Array, x: number, y: number): number {
  return x >= 0 && x < SIDE && y >= 0 && y < SIDE ? (pixels[y * SIDE + x] as number) : 0;
}
