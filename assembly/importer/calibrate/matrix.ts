// Square matrices of float64 in memory, row by row, that are symmetric and positive.

/**
 * The lower triangle L with L · Lᵀ = the matrix, which it replaces. False where there is none: a pivot
 * that is not above 0.
 */
export function factorize(matrix: usize, n: i32): bool {
  const row = (n as usize) << 3;
  for (let i = 0; i < n; i++) {
    const mine = matrix + (i as usize) * row;
    for (let j = 0; j < i; j++) {
      const other = matrix + (j as usize) * row;
      const sum = load<f64>(mine + (j << 3)) - dot(mine, other, j);
      store<f64>(mine + (j << 3), sum / load<f64>(other + (j << 3)));
    }
    const pivot = load<f64>(mine + (i << 3)) - dot(mine, mine, i);
    if (!(pivot > 0)) return false;
    store<f64>(mine + (i << 3), Math.sqrt(pivot));
    memory.fill(mine + ((i + 1) << 3), 0, ((n - i - 1) as usize) << 3);
  }
  return true;
}

/** Solves L · Lᵀ · x = b, overwriting b. */
export function solve(lower: usize, n: i32, b: usize): void {
  const row = (n as usize) << 3;
  for (let i = 0; i < n; i++) {
    const mine = lower + (i as usize) * row;
    const value = load<f64>(b + (i << 3)) - dot(mine, b, i);
    store<f64>(b + (i << 3), value / load<f64>(mine + (i << 3)));
  }
  for (let i = n - 1; i >= 0; i--) {
    const mine = lower + (i as usize) * row;
    const value = load<f64>(b + (i << 3)) / load<f64>(mine + (i << 3));
    store<f64>(b + (i << 3), value);
    for (let k = 0; k < i; k++) {
      const at = b + (k << 3);
      store<f64>(at, load<f64>(at) - value * load<f64>(mine + (k << 3)));
    }
  }
}

/** The sum of products of the first `count` numbers, in two lanes. */
export function dot(a: usize, b: usize, count: i32): f64 {
  let sums = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= count; i += 2) {
    sums = f64x2.add(sums, f64x2.mul(v128.load(a + (i << 3)), v128.load(b + (i << 3))));
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  if (i < count) sum += load<f64>(a + (i << 3)) * load<f64>(b + (i << 3));
  return sum;
}
