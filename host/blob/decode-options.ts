import type { Location } from "../errors.ts";
import type { Activation, OperatorOptions, Padding } from "./blob.ts";
import { nameOf } from "./names.ts";
import * as nolf from "./nolf.generated.ts";

/** The options that an operator's CPU kernel needs. Throws BAD_BLOB for unknown enum values. */
export function operatorOptions(record: nolf.Operator, location: Location): OperatorOptions {
  const decode = DECODERS[record.optionsType()];
  return decode?.(record, location) ?? { kind: "none" };
}

type Decoder = (record: nolf.Operator, location: Location) => OperatorOptions | undefined;

/** A decoder for one table of the union; what `fields` gives is undefined where it is absent. */
function decoder<T>(
  create: () => T,
  fields: (table: T, location: Location) => OperatorOptions,
): Decoder {
  return (record, location) => {
    const table = record.options(create()) as T | null;
    return table ? fields(table, location) : undefined;
  };
}

const DECODERS: Partial<Record<nolf.CpuOptions, Decoder>> = {
  [nolf.CpuOptions.Pool2DOptions]: decoder(
    () => new nolf.Pool2DOptions(),
    (pool, location) => ({
      kind: "pool",
      padding: padding(pool.padding(), location),
      strideHeight: pool.strideHeight(),
      strideWidth: pool.strideWidth(),
      filterHeight: pool.filterHeight(),
      filterWidth: pool.filterWidth(),
      activation: activation(pool.activation(), location),
    }),
  ),
  [nolf.CpuOptions.SoftmaxOptions]: decoder(
    () => new nolf.SoftmaxOptions(),
    (softmax) => ({ kind: "softmax", beta: softmax.beta() }),
  ),
  [nolf.CpuOptions.ConvolutionOptions]: decoder(
    () => new nolf.ConvolutionOptions(),
    (convolution, location) => ({
      kind: "convolution",
      padding: padding(convolution.padding(), location),
      strideHeight: convolution.strideHeight(),
      strideWidth: convolution.strideWidth(),
      dilationHeight: convolution.dilationHeight(),
      dilationWidth: convolution.dilationWidth(),
      activation: activation(convolution.activation(), location),
    }),
  ),
  [nolf.CpuOptions.ActivationOptions]: decoder(
    () => new nolf.ActivationOptions(),
    (table, location) => ({
      kind: "activation",
      activation: activation(table.activation(), location),
    }),
  ),
  [nolf.CpuOptions.ConcatenationOptions]: decoder(
    () => new nolf.ConcatenationOptions(),
    (table, location) => ({
      kind: "concatenation",
      axis: table.axis(),
      activation: activation(table.activation(), location),
    }),
  ),
  [nolf.CpuOptions.ResizeOptions]: decoder(
    () => new nolf.ResizeOptions(),
    (resize) => ({
      kind: "resize",
      alignCorners: resize.alignCorners(),
      halfPixelCenters: resize.halfPixelCenters(),
    }),
  ),
  [nolf.CpuOptions.SlopeOptions]: decoder(
    () => new nolf.SlopeOptions(),
    (slope) => ({ kind: "slope", alpha: slope.alpha() }),
  ),
  [nolf.CpuOptions.StridedSliceOptions]: decoder(
    () => new nolf.StridedSliceOptions(),
    (slice) => ({
      kind: "strided slice",
      beginMask: slice.beginMask(),
      endMask: slice.endMask(),
      ellipsisMask: slice.ellipsisMask(),
      newAxisMask: slice.newAxisMask(),
      shrinkAxisMask: slice.shrinkAxisMask(),
    }),
  ),
  [nolf.CpuOptions.MirrorPadOptions]: decoder(
    () => new nolf.MirrorPadOptions(),
    (pad) => ({ kind: "mirror pad", symmetric: pad.symmetric() }),
  ),
  [nolf.CpuOptions.DetectionOptions]: decoder(
    () => new nolf.DetectionOptions(),
    (detection) => ({
      kind: "detection",
      maxDetections: detection.maxDetections(),
      maxClassesPerDetection: detection.maxClassesPerDetection(),
      detectionsPerClass: detection.detectionsPerClass(),
      regularNms: detection.regularNms(),
      classes: detection.classes(),
      scoreThreshold: detection.scoreThreshold(),
      iouThreshold: detection.iouThreshold(),
      yScale: detection.yScale(),
      xScale: detection.xScale(),
      hScale: detection.hScale(),
      wScale: detection.wScale(),
    }),
  ),
};

function padding(value: number, location: Location): Padding {
  return nameOf<Padding>(nolf.Padding, value, "padding", location);
}

function activation(value: number, location: Location): Activation {
  return nameOf<Activation>(nolf.Activation, value, "activation", location);
}
