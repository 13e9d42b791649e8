import { Operation } from "./operation";
import { Option } from "./option";
import { Tensor } from "./tensor";

// Kernels bring steps of their inputs, or sums of products of them, to steps of the output by a
// fraction and a shift of 32 bits. What cannot be shifted so far means nothing in TFLite.

/** The least factor that is too large. */
const MOST_FACTOR: f64 = 1073741824;

/** Which inputs an operator multiplies, by number; the second may be absent. */
class Factor {
  constructor(
    public operator: string,
    public first: i32,
    public second: i32 = -1,
  ) {}
}

const FACTORS: Factor[] = [
  new Factor("CONV_2D", 0, 1),
  new Factor("DEPTHWISE_CONV_2D", 0, 1),
  new Factor("FULLY_CONNECTED", 0, 1),
  new Factor("TRANSPOSE_CONV", 2, 1),
  new Factor("MUL", 0, 1),
  new Factor("PRELU", 0, 1),
  new Factor("PRELU", 0),
  new Factor("ABS", 0),
  new Factor("LEAKY_RELU", 0),
  new Factor("MEAN", 0),
  new Factor("QUANTIZE", 0),
  new Factor("RELU", 0),
  new Factor("RELU6", 0),
  new Factor("SUM", 0),
];

/** The largest factor from steps of the inputs to one of the output; 0 where nothing is quantized. */
function largestFactor(operation: Operation): f64 {
  if (operation.outputs.length == 0) return 0;
  const output = largestScale(operation.outputs[0]);
  if (output == 0) return 0;
  let largest: f64 = 0;
  for (let i = 0; i < FACTORS.length; i++) {
    const factor = FACTORS[i];
    if (factor.operator != operation.name || !operation.has(factor.first)) continue;
    let product = largestScale(operation.inputs[factor.first]);
    if (factor.second >= 0) {
      product *= operation.has(factor.second) ? largestScale(operation.inputs[factor.second]) : 0;
    }
    if (operation.name == "LEAKY_RELU") product *= max(1, abs(operation.real(Option.ALPHA)));
    largest = max(largest, product / output);
  }
  return largest;
}

/** Of all channels; 0 for what is not quantized. */
function largestScale(tensor: Tensor): f64 {
  if (tensor.isReal) return 0;
  let largest: f32 = 0;
  for (let i = 0; i < tensor.scales.length; i++) largest = max(largest, tensor.scales[i]);
  return largest as f64;
}

/** Whether 32 bits hold what an operator multiplies by; a refusal is recorded otherwise. */
export function hasLittleFactor(operation: Operation): bool {
  const factor = largestFactor(operation);
  if (factor < MOST_FACTOR) return true;
  const expected = "less than 2^30 as the factor from its inputs' steps to its output's";
  return operation.refuse(expected, `scales that make ${factor} of it`);
}
