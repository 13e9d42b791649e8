/**
 * The shape that two shapes broadcast to. Dimensions are paired from the last; one of 1 takes the
 * other's extent. Null if they do not fit.
 */
export function broadcastShape(a: i32[], b: i32[]): i32[] | null {
  const rank = max(a.length, b.length);
  const shape = new Array<i32>(rank);
  for (let i = 1; i <= rank; i++) {
    const first = i <= a.length ? a[a.length - i] : 1;
    const second = i <= b.length ? b[b.length - i] : 1;
    if (first != second && first != 1 && second != 1) return null;
    shape[rank - i] = first == 1 ? second : first;
  }
  return shape;
}
