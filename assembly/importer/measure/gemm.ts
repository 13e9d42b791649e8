// Products of matrices of float32, in blocks of 4 rows and 8 columns whose sums stay in registers.
// Sums run over the depth from 0 on, so that a result is the same on every engine.

/** Where element (row, depth) of the left factor stands; distances are in bytes. */
export class Left {
  constructor(
    public start: usize,
    public row: usize,
    public depth: usize,
  ) {}
}

/**
 * The right factor in panels of 8 columns: row `k` of panel `p` is 8 numbers at
 * `start + p · panel + k · depth`.
 */
export class Right {
  constructor(
    public start: usize,
    public panel: usize,
    public depth: usize,
  ) {}
}

/** Columns that a panel has. */
export const PANEL: i32 = 8;

/**
 * out[m × n] = a[m × k] · b[k × n] + bias[n]. Rows of `out` are `stride` bytes apart. Without a
 * bias (0) sums begin at 0.
 */
export function multiply(
  a: Left,
  b: Right,
  bias: usize,
  out: usize,
  stride: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  for (let column = 0, panel = b.start; column < n; column += PANEL, panel += b.panel) {
    const columns = min(n - column, PANEL);
    const start = bias == 0 ? ZEROS : biasOf(bias + 4 * column, columns);
    const to = out + 4 * column;
    let row = 0;
    for (; row + 4 <= m; row += 4) {
      const from = a.start + (row as usize) * a.row;
      fourRows(
        from,
        a.row,
        a.depth,
        panel,
        b.depth,
        start,
        to + (row as usize) * stride,
        stride,
        columns,
        k,
      );
    }
    for (; row < m; row++) {
      const from = a.start + (row as usize) * a.row;
      oneRow(from, a.depth, panel, b.depth, start, to + (row as usize) * stride, columns, k);
    }
  }
}

const ZEROS: usize = memory.data(32, 16);
const BIAS: usize = memory.data(32, 16);
/** A row that is cut to fewer than 8 columns. */
const ROW: usize = memory.data(32, 16);

function biasOf(from: usize, columns: i32): usize {
  memory.fill(BIAS, 0, 32);
  memory.copy(BIAS, from, 4 * columns);
  return BIAS;
}

function fourRows(
  a: usize,
  row: usize,
  depth: usize,
  b: usize,
  step: usize,
  bias: usize,
  out: usize,
  stride: usize,
  columns: i32,
  k: i32,
): void {
  const low = v128.load(bias);
  const high = v128.load(bias, 16);
  let c0 = low;
  let c1 = high;
  let d0 = low;
  let d1 = high;
  let e0 = low;
  let e1 = high;
  let f0 = low;
  let f1 = high;
  for (let i = 0; i < k; i++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c0 = f32x4.add(c0, f32x4.mul(x, b0));
    c1 = f32x4.add(c1, f32x4.mul(x, b1));
    x = v128.load32_splat(a + row);
    d0 = f32x4.add(d0, f32x4.mul(x, b0));
    d1 = f32x4.add(d1, f32x4.mul(x, b1));
    x = v128.load32_splat(a + 2 * row);
    e0 = f32x4.add(e0, f32x4.mul(x, b0));
    e1 = f32x4.add(e1, f32x4.mul(x, b1));
    x = v128.load32_splat(a + 3 * row);
    f0 = f32x4.add(f0, f32x4.mul(x, b0));
    f1 = f32x4.add(f1, f32x4.mul(x, b1));
    a += depth;
    b += step;
  }
  storeRow(out, c0, c1, columns);
  storeRow(out + stride, d0, d1, columns);
  storeRow(out + 2 * stride, e0, e1, columns);
  storeRow(out + 3 * stride, f0, f1, columns);
}

function oneRow(
  a: usize,
  depth: usize,
  b: usize,
  step: usize,
  bias: usize,
  out: usize,
  columns: i32,
  k: i32,
): void {
  let c0 = v128.load(bias);
  let c1 = v128.load(bias, 16);
  for (let i = 0; i < k; i++) {
    const x = v128.load32_splat(a);
    c0 = f32x4.add(c0, f32x4.mul(x, v128.load(b)));
    c1 = f32x4.add(c1, f32x4.mul(x, v128.load(b, 16)));
    a += depth;
    b += step;
  }
  storeRow(out, c0, c1, columns);
}

function storeRow(out: usize, low: v128, high: v128, columns: i32): void {
  if (columns == PANEL) {
    v128.store(out, low);
    v128.store(out, high, 16);
  } else {
    v128.store(ROW, low);
    v128.store(ROW, high, 16);
    memory.copy(out, ROW, 4 * columns);
  }
}
