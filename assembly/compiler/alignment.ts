/** The next multiple of `to`, a power of two. */
export function alignTo(bytes: u32, to: u32): u32 {
  return (bytes + to - 1) & ~(to - 1);
}
