/** The nearest number to a positive one that has so many significant bits. */
export function nearestOf(value: number, bits: number): number {
  const step = 2 ** (Math.floor(Math.log2(value)) + 1 - bits);
  return Math.floor(value / step + 0.5) * step;
}
