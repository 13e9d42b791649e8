/** Boxes as four float32 each: least y, least x, greatest y, greatest x. */
export const BOX_BYTES: usize = 16;

/** Overlap of two boxes as a share of what they cover together; 0 where one has no area. */
export function overlap(a: usize, b: usize): f32 {
  const areaA = area(a);
  const areaB = area(b);
  if (areaA <= 0 || areaB <= 0) return 0;
  const height = max<f32>(
    min(load<f32>(a, 8), load<f32>(b, 8)) - max(load<f32>(a), load<f32>(b)),
    0,
  );
  const width = max<f32>(
    min(load<f32>(a, 12), load<f32>(b, 12)) - max(load<f32>(a, 4), load<f32>(b, 4)),
    0,
  );
  const shared = height * width;
  return shared / (areaA + areaB - shared);
}

function area(box: usize): f32 {
  return (load<f32>(box, 8) - load<f32>(box)) * (load<f32>(box, 12) - load<f32>(box, 4));
}
