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
  const rowOf = resizedRows(picture, width);
  const result = new Uint8ClampedArray(width * height * 4); // rounds as it stores
  tapsOf(picture.height, height).forEach(({ first, weights }, y) => {
    const sums = new Float64Array(width * 4);
    weights.forEach((weight, i) => {
      const row = rowOf(first + i);
      for (let x = 0; x < sums.length; x++) (sums[x] as number) += weight * (row[x] as number);
    });
    result.set(sums, y * width * 4);
  });
  return new Uint8Array(result.buffer);
}

/**
 * Rows of a picture, of another width. They are asked for from the first on, at most one twice in a
 * row, so the last two are kept: all together may be far larger than the picture.
 */
function resizedRows({ width: from, data }: Bitmap, width: number): (y: number) => Float64Array {
  const columns = tapsOf(from, width);
  const rows = [new Float64Array(width * 4), new Float64Array(width * 4)] as const;
  const held = [-1, -1];
  return (y) => {
    const row = rows[y & 1] as Float64Array;
    if (held[y & 1] === y) return row;
    held[y & 1] = y;
    columns.forEach((taps, x) => {
      gather(data, (y * from + taps.first) * 4, taps, row, x * 4);
    });
    return row;
  };
}

/** Sums four channels over neighbouring pixels. */
function gather(
  from: ArrayLike<number>,
  start: number,
  { weights }: Taps,
  to: { [index: number]: number },
  at: number,
): void {
  for (let channel = 0; channel < 4; channel++) {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      sum += (weights[i] as number) * (from[start + 4 * i + channel] as number);
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
