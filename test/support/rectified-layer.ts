import { type ConvolutionSpec, convolutionModel } from "../../host/tflite/convolution.ts";

/** 0 to 6 in 255 steps. With one for both, the factor from sums to output is the weights' scale. */
const RECTIFIED = { scale: 0.0235, zeroPoint: -128 };

/** An int8 convolution with RELU6 between rectified images, a scale for each of its kernels. */
export function rectifiedLayer(
  scales: number[],
  spec: Partial<ConvolutionSpec> & Pick<ConvolutionSpec, "height" | "width">,
): Uint8Array {
  return convolutionModel({
    dtype: "int8",
    channels: scales.length,
    outputChannels: scales.length,
    activation: "RELU6",
    input: RECTIFIED,
    weights: { scale: scales, zeroPoint: scales.map(() => 0), axis: spec.depthwise ? 3 : 0 },
    output: RECTIFIED,
    ...spec,
  });
}
