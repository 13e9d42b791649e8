// The library as it is in Node and in browsers alike.

export type { Blob } from "./blob/blob.ts";
export { openBlob } from "./blob/open.ts";
export { calibrate } from "./calibrate/calibrate.ts";
export { type Comparison, compareModel, type OperatorComparison } from "./compare/compare.ts";
export { type CompiledBlob, type CompileOptions, compile } from "./compile.ts";
export type { Dtype, TypedArray } from "./dtype.ts";
export { type ErrorCode, type Location, NolfetError, type SystemError } from "./errors.ts";
export { type Advice, adviceOf } from "./explain/advice.ts";
export { coreView } from "./explain/cores.ts";
export { toCsv } from "./explain/csv.ts";
export { explain } from "./explain/explain.ts";
export type * from "./explain/explanation.ts";
export type { TensorInfo } from "./feeds.ts";
export {
  type PixelMapping,
  type PixelOptions,
  type Pixels,
  pixelMapping,
} from "./images/pixels.ts";
export {
  type ImportOptions,
  importModel,
  type NoiseLevel,
  type QuantizedModel,
  RealNetwork,
  type RealTensor,
} from "./importer.ts";
export type { Report } from "./report.ts";
export { type InterpretOptions, interpret } from "./results/interpret.ts";
export { classNamer } from "./results/names/class-names.ts";
export type * from "./results/result.ts";
export { dequantize, type Score, topScores } from "./scores.ts";
export {
  type DeviceInfo,
  type RunOptions,
  type RunTimes,
  Session,
  type SessionOptions,
} from "./session.ts";
export { findTarget, TARGETS, type Target } from "./targets.ts";
