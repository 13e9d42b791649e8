// Functions of real numbers that operators are named after, in float32.

export function logistic(x: f32): f32 {
  return 1 / (1 + Mathf.exp(-x));
}

export function elu(x: f32): f32 {
  return x < 0 ? Mathf.expm1(x) : x;
}

/** By the error function; TFLite has it so, or by what follows it to 0.001. */
export function gelu(x: f32): f32 {
  return (0.5 * (x as f64) * (1 + errorFunction((x as f64) * Math.SQRT1_2))) as f32;
}

/** By a hyperbolic tangent. */
export function approximateGelu(x: f32): f32 {
  const inner = Math.sqrt(2 / Math.PI) * (x as f64) * (1 + 0.044715 * (x as f64) * (x as f64));
  return (0.5 * (x as f64) * (1 + Math.tanh(inner))) as f32;
}

/** From here on 1, to the precision of a float64. */
const ERROR_FUNCTION_END: f64 = 6;

/** By the series whose terms all have one sign, so that nothing cancels: 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!. */
function errorFunction(x: f64): f64 {
  if (x >= ERROR_FUNCTION_END) return 1;
  if (x <= -ERROR_FUNCTION_END) return -1;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / ((2 * n + 1) as f64);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
