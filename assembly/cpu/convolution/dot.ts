/**
 * Sums of products of 16-bit values, the heart of convolutions: four kernels over one stretch
 * of the image. A stretch is `count` elements long; kernels lie `pitch` bytes apart.
 */

/** The four sums: kept between stretches of the same window. */
let first: v128 = i32x4.splat(0);
let second: v128 = i32x4.splat(0);
let third: v128 = i32x4.splat(0);
let fourth: v128 = i32x4.splat(0);

export function clearSums(): void {
  first = i32x4.splat(0);
  second = first;
  third = first;
  fourth = first;
}

/** Adds one stretch to all four sums; elements past `count` must be 0 in all kernels. */
export function addStretch(image: usize, kernels: usize, pitch: usize, count: i32): void {
  let a = first;
  let b = second;
  let c = third;
  let d = fourth;
  const end = image + ((count as usize) << 1);
  for (; image < end; image += 16, kernels += 16) {
    const pixels = v128.load(image);
    a = i32x4.add(a, i32x4.dot_i16x8_s(pixels, v128.load(kernels)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(pixels, v128.load(kernels + pitch)));
    c = i32x4.add(c, i32x4.dot_i16x8_s(pixels, v128.load(kernels + 2 * pitch)));
    d = i32x4.add(d, i32x4.dot_i16x8_s(pixels, v128.load(kernels + 3 * pitch)));
  }
  first = a;
  second = b;
  third = c;
  fourth = d;
}

/** The sum of each kernel as a lane. */
export function sums(): v128 {
  // Pairs of lanes are added by transposing halves: ab = a0+a2, b0+b2, a1+a3, b1+b3.
  const ab = i32x4.add(
    v128.shuffle<i32>(first, second, 0, 4, 1, 5),
    v128.shuffle<i32>(first, second, 2, 6, 3, 7),
  );
  const cd = i32x4.add(
    v128.shuffle<i32>(third, fourth, 0, 4, 1, 5),
    v128.shuffle<i32>(third, fourth, 2, 6, 3, 7),
  );
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}
