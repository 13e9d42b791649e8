/** Four bytes for each pixel (red, green, blue, opacity), row by row. */
export interface Bitmap {
  width: number;
  height: number;
  data: ArrayLike<number>;
}

/** What one pixel of the result takes of the pixels along an axis, from `first` on. */
interface Taps {
  first: number;
  weights: number[];
}

/**
 * Resizes a picture without keeping its proportions, in Node and browsers to the same bytes:
 * along an axis that shrinks each pixel is the mean of what it covers, along one that grows it
 * lies on the line between its neighbours.
 */
export function resize(picture: Bitmap, width: number, height: number): Uint8Array {
  const columns = tapsOf(picture.width, width);
  const rows = tapsOf(picture.height, height);
  const wide = new Float64Array(width * picture.height * 4);
  for (let y = 0; y < picture.height; y++) {
    columns.forEach((taps, x) => {
      const source = (y * picture.width + taps.first) * 4;
      gather(picture.data, source, 4, taps, wide, (y * width + x) * 4);
    });
  }
  const result = new Uint8ClampedArray(width * height * 4); // rounds as it stores
  rows.forEach((taps, y) => {
    for (let x = 0; x < width; x++) {
      const source = (taps.first * width + x) * 4;
      gather(wide, source, 4 * width, taps, result, (y * width + x) * 4);
    }
  });
  return new Uint8Array(result.buffer);
}

/** Sums four channels over pixels that lie `step` numbers apart. */
function gather(
  from: ArrayLike<number>,
  start: number,
  step: number,
  { weights }: Taps,
  to: { [index: number]: number },
  at: number,
): void {
  for (let channel = 0; channel < 4; channel++) {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      sum += (weights[i] as number) * (from[start + i * step + channel] as number);
    }
    to[at + channel] = sum;
  }
}

function tapsOf(from: number, to: number): Taps[] {
  return Array.from({ length: to }, (_, i) => (from > to ? mean(i, from, to) : line(i, from, to)));
}

function mean(index: number, from: number, to: number): Taps {
  const start = (index * from) / to;
  const end = ((index + 1) * from) / to;
  const first = Math.floor(start);
  const covered = Array.from(
    { length: Math.min(from, Math.ceil(end)) - first },
    (_, i) => Math.min(end, first + i + 1) - Math.max(start, first + i),
  );
  return { first, weights: covered.map((part) => part / (end - start)) };
}

/** Pixels are where their centres are. */
function line(index: number, from: number, to: number): Taps {
  const centre = Math.min(from - 1, Math.max(0, ((index + 0.5) * from) / to - 0.5));
  const first = Math.min(Math.floor(centre), Math.max(0, from - 2));
  const share = centre - first;
  return { first, weights: from === 1 ? [1] : [1 - share, share] };
}
