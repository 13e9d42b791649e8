import { roundHalfAwayFloat } from "./multiplier";

/** Input positions per output position, as a float32. */
export function scaleOf(input: i32, output: i32, alignCorners: bool): f32 {
  return alignCorners && output > 1
    ? ((input - 1) as f32) / ((output - 1) as f32)
    : (input as f32) / (output as f32);
}

/** For each position of the output along an axis, the one of the input that is nearest. */
export function nearestPositions(
  input: i32,
  output: i32,
  alignCorners: bool,
  halfPixels: bool,
): StaticArray<i32> {
  const scale = scaleOf(input, output, alignCorners);
  const offset: f32 = halfPixels ? 0.5 : 0;
  const found = new StaticArray<i32>(output);
  for (let i = 0; i < output; i++) {
    const position = ((i as f32) + offset) * scale;
    const whole = alignCorners ? roundHalfAwayFloat(position) : Mathf.floor(position);
    found[i] = max(min(whole as i32, input - 1), 0);
  }
  return found;
}
