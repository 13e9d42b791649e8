/**
 * Sorts `count` indices (u32) at `indices` so that the float32 values they stand for decrease;
 * of equal ones the earlier stays first. `spare` has room for as many indices.
 */
export function sortByValue(indices: usize, count: i32, values: usize, spare: usize): void {
  let from = indices;
  let to = spare;
  for (let width = 1; width < count; width <<= 1) {
    for (let left = 0; left < count; left += width << 1) {
      const middle = min(left + width, count);
      merge(from, to, left, middle, min(middle + width, count), values);
    }
    const merged = to;
    to = from;
    from = merged;
  }
  if (from != indices) memory.copy(indices, from, (count as usize) << 2);
}

function merge(from: usize, to: usize, left: i32, middle: i32, end: i32, values: usize): void {
  let i = left;
  let j = middle;
  for (let k = left; k < end; k++) {
    const takesSecond =
      j < end && (i == middle || valueOf(from, j, values) > valueOf(from, i, values));
    store<u32>(to + ((k as usize) << 2), load<u32>(from + (((takesSecond ? j : i) as usize) << 2)));
    if (takesSecond) j++;
    else i++;
  }
}

function valueOf(indices: usize, i: i32, values: usize): f32 {
  const index = load<u32>(indices + ((i as usize) << 2));
  return load<f32>(values + ((index as usize) << 2));
}
