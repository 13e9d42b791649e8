export type Colour = [red: number, green: number, blue: number];

/** Turns of the hue from one class to the next: the golden section keeps neighbours apart. */
const TURN = 0.618033988749895;
const SATURATION = 0.75;
const BRIGHTNESS = 0.9;

/** A colour for each class, the same everywhere. */
export function colourOf(index: number): Colour {
  const hue = ((index * TURN) % 1) * 6;
  // A channel falls from its full value with the hue's distance from its own, in sixths of a turn.
  const channel = (own: number) => {
    const distance = Math.abs(((hue - own + 9) % 6) - 3);
    const part = Math.min(1, Math.max(0, 2 - distance));
    return Math.round(255 * BRIGHTNESS * (1 - SATURATION * (1 - part)));
  };
  return [channel(0), channel(2), channel(4)];
}
