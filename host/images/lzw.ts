// LZW as TIFF has it: codes of 9 to 12 bits, the first bit first. Each code stands for a run of bytes,
// and each but the first since a CLEAR makes a new one, the run before with one byte more.

const [CLEAR, END, FIRST] = [256, 257, 258];
const [LEAST_BITS, MOST_BITS] = [9, 12];

/**
 * How many bytes coded ones become, or more than `most` once that is sure: codes are read, and runs are
 * counted instead of written. A code of 12 bits may stand for nearly 4 kB.
 */
export function lzwBytes(coded: Uint8Array, most: number): number {
  /** Of the run of each code. */
  const lengths = new Uint16Array(1 << MOST_BITS).fill(1, 0, CLEAR);
  let [next, bits, before, total] = [FIRST, LEAST_BITS, 0, 0];
  for (let at = 0; at + bits <= 8 * coded.length && total <= most; ) {
    const code = codeAt(coded, at, bits);
    at += bits;
    if (code === END) break;
    if (code === CLEAR) {
      [next, bits, before] = [FIRST, LEAST_BITS, 0];
      continue;
    }
    const length = code < next ? (lengths[code] as number) : before + 1;
    total += length;
    if (before > 0 && next < lengths.length) {
      lengths[next++] = before + 1;
      if (next + 1 === 1 << bits && bits < MOST_BITS) bits++;
    }
    before = length;
  }
  return total;
}

function codeAt(coded: Uint8Array, at: number, bits: number): number {
  const first = at >>> 3;
  const three =
    ((coded[first] ?? 0) << 16) | ((coded[first + 1] ?? 0) << 8) | (coded[first + 2] ?? 0);
  return (three >>> (24 - (at & 7) - bits)) & ((1 << bits) - 1);
}
