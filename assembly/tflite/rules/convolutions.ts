import { Geometry } from "../geometry";
import { Operation } from "../operation";
import { clamps } from "./elementwise";

/** Each channel has a multiplier of its own in memory. */
const MOST_CHANNELS = 1 << 20;

/** Image NHWC, weights OHWI, bias if any; where I is a part of the channels, one in each group. */
export function isConvolution(operation: Operation): bool {
  const weights = operation.inputs[1];
  if (!operation.wantsRank(weights, 4, "weights")) return false;
  const geometry = convolutionGeometry(operation);
  if (geometry == null) return false;
  const depth = weights.shape[3];
  const channels = geometry.channels;
  const groups = depth == 0 ? 1 : channels / depth;
  if (depth * groups != channels || groups == 0 || weights.shape[0] % groups != 0) {
    return operation.contradict(`weights for ${channels} channels`, weights.describeShape());
  }
  return hasParameters(operation, 0) && clamps(operation);
}

/** Of a CONV_2D whose weights have four dimensions; null with a refusal recorded. */
export function convolutionGeometry(operation: Operation): Geometry | null {
  const shape = operation.inputs[1].shape;
  return Geometry.of(operation, shape[1], shape[2], true, shape[0]);
}

/** Image NHWC, weights 1 × K1 × K2 × output channels, bias if any. */
export function isDepthwise(operation: Operation): bool {
  const weights = operation.inputs[1];
  if (!operation.wantsRank(weights, 4, "weights")) return false;
  const geometry = depthwiseGeometry(operation);
  if (geometry == null) return false;
  const channels = geometry.channels;
  if (weights.shape[0] != 1 || channels == 0 || weights.shape[3] % channels != 0) {
    const expected = `one plane of weights per multiple of ${channels} channels`;
    return operation.contradict(expected, weights.describeShape());
  }
  return hasParameters(operation, 3) && clamps(operation);
}

/** Of a DEPTHWISE_CONV_2D whose weights have four dimensions; null with a refusal recorded. */
export function depthwiseGeometry(operation: Operation): Geometry | null {
  const shape = operation.inputs[1].shape;
  return Geometry.of(operation, shape[1], shape[2], true, shape[3]);
}

/** The output's shape, which it has anyway, weights OHWI, image NHWC, bias if any. */
export function isTransposeConvolution(operation: Operation): bool {
  if (!operation.wantsRank(operation.inputs[1], 4, "weights")) return false;
  if (transposedGeometry(operation) == null) return false;
  const layer = transposedLayer(operation);
  const weights = layer.inputs[1];
  const output = layer.outputs[0];
  if (weights.shape[0] != output.shape[3] || weights.shape[3] != layer.inputs[0].shape[3]) {
    return operation.contradict(`weights to ${output.describeShape()}`, weights.describeShape());
  }
  if (hasParameters(layer, 0) && clamps(layer)) return true;
  return operation.refuseAs(layer);
}

/** A TRANSPOSE_CONV with its operands in the order that other convolutions have them in. */
export function transposedLayer(operation: Operation): Operation {
  const inputs = [operation.inputs[2], operation.inputs[1]];
  if (operation.has(3)) inputs.push(operation.inputs[3]);
  return operation.over(inputs, operation.outputs);
}

/** That of the convolution from the output back to the image; null with a refusal recorded. */
export function transposedGeometry(operation: Operation): Geometry | null {
  const image = operation.inputs[2];
  const kernel = operation.inputs[1].shape;
  const back = operation.over([operation.outputs[0]], [image]);
  const geometry = Geometry.of(back, kernel[1], kernel[2], false, image.fromLast(1));
  if (geometry == null) operation.refuseAs(back);
  return geometry;
}

/** Any shape of rows of N, weights OC × N, bias if any. */
export function isFullyConnected(operation: Operation): bool {
  const input = operation.inputs[0];
  const weights = operation.inputs[1];
  if (!operation.wantsRank(weights, 2, "weights")) return false;
  const depth = weights.shape[1];
  if (depth == 0) return operation.contradict("weights", "none");
  const rows = input.elements / (depth as u64);
  if (!operation.wantsElements(input, rows * (depth as u64), `rows of ${depth}`)) return false;
  const elements = rows * (weights.shape[0] as u64);
  if (!operation.wantsElements(operation.outputs[0], elements, "an output")) return false;
  return hasParameters(operation, 0) && clamps(operation);
}

/** Whether scales and bias are what the output channels, a dimension of the weights, have. */
export function hasParameters(operation: Operation, axis: i32): bool {
  const weights = operation.inputs[1];
  const channels = weights.shape[axis];
  if (channels > MOST_CHANNELS) {
    return operation.refuse(`at most ${MOST_CHANNELS} output channels`, `${channels}`);
  }
  const scales = weights.scales.length;
  if (weights.isByte && scales != 1 && (scales != channels || weights.axis != axis)) {
    const expected = `one scale for its weights, or ${channels} along dimension ${axis}`;
    return operation.refuse(expected, `${scales} along dimension ${weights.axis}`);
  }
  return !operation.has(2) || operation.wantsElements(operation.inputs[2], channels, "a bias");
}
