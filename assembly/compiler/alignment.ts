/** The next multiple of `to`, a power of two. */
export function alignTo(bytes: u32, to: u32): u32 {
  return (bytes + to - 1) & ~(to - 1);
}

/** The next multiple of any step. */
export function roundUp(value: i32, step: i32): i32 {
  return ((value + step - 1) / step) * step;
}
