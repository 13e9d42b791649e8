import type { Random } from "../data/random.ts";
import type { Point } from "./strokes.ts";

/** Sides in pixels: of the picture, and of the box that the digit fills in its middle. */
export const SIDE = 112;
const BOX = 80;

/** How unsteady the hand is: shares of the box for points, radians for the slant. */
const JITTER = 0.025;
const SLANT = 0.12;
/** The pen's radius in pixels, and how much of it comes and goes with the pressure. */
const RADIUS = 5;
const PRESSURE = 0.25;

/** Straight pieces that stand for the curve between two points. */
const PIECES = 16;

/**
 * Draws the strokes with an unsteady hand.
 *
 * @returns SIDE × SIDE bytes row by row, white on black, with smooth edges
 */
export function draw(strokes: readonly (readonly Point[])[], random: Random): Uint8Array {
  const slant = Math.tan(random.between(-SLANT, SLANT));
  const shaken = strokes.map((points) => points.map((point) => place(point, slant, random)));
  const pixels = new Uint8Array(SIDE * SIDE);
  for (const points of shaken) {
    let phase = random.between(0, 2 * Math.PI);
    for (const point of curveThrough(points)) {
      dab(pixels, point, RADIUS * (1 + PRESSURE * Math.sin(phase)));
      phase += Math.PI / (2 * PIECES);
    }
  }
  return pixels;
}

/** From the digit's box to pixels, slanted and shaken. */
function place([x, y]: Point, slant: number, random: Random): Point {
  const across = x - 0.5 - slant * (y - 0.5) + random.between(-JITTER, JITTER);
  const down = y - 0.5 + random.between(-JITTER, JITTER);
  return [SIDE / 2 + BOX * across, SIDE / 2 + BOX * down];
}

/** Points along the smooth curve through the given ones (Catmull and Rom's spline). */
function curveThrough(points: readonly Point[]): Point[] {
  const curve: Point[] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const near = [i - 1, i, i + 1, i + 2].map(
      (j) => points[Math.min(Math.max(j, 0), points.length - 1)] as Point,
    );
    for (let piece = 0; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      curve.push([spline(near, 0, t), spline(near, 1, t)]);
    }
  }
  return curve;
}

/** One coordinate between the middle two of four points. */
function spline(points: readonly Point[], axis: 0 | 1, t: number): number {
  const [a, b, c, d] = points.map((point) => point[axis]) as [number, number, number, number];
  return b + (t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))) / 2;
}

/** Whitens a disc; its edge is as wide as a pixel. */
function dab(pixels: Uint8Array, [x, y]: Point, radius: number): void {
  const reach = Math.ceil(radius + 1);
  for (let row = Math.floor(y) - reach; row <= y + reach; row++) {
    for (let column = Math.floor(x) - reach; column <= x + reach; column++) {
      if (row < 0 || row >= SIDE || column < 0 || column >= SIDE) continue;
      const inside = radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y);
      const white = 255 * Math.min(Math.max(inside, 0), 1);
      const at = row * SIDE + column;
      pixels[at] = Math.max(pixels[at] as number, white);
    }
  }
}
