import { clearFailure, failureCode } from "../../diagnostics/failure";
import { Graph, Operator, Options, Quantization, Span, Tensor } from "../graph";
import { readModel } from "./index";

/** An entry of its own for the tests of this stage: reads a model, writes the graph as JSON. */

export {
  failureCode,
  failureLocation,
  failureLocationKind,
  failureText,
} from "../../diagnostics/failure";
export { operatorName } from "../../tflite/operators";

let graph: Graph | null = null;
let origin: usize = 0;

export function allocate(bytes: u32): usize {
  return heap.alloc(bytes);
}

export function read(model: usize, bytes: u32): i32 {
  clearFailure();
  origin = model;
  graph = readModel(new Span(model, bytes));
  return failureCode();
}

/** What was read last; names and constants as [byte offset in the model, bytes]. */
export function describe(): string {
  const found = graph;
  if (found == null) return "null";
  return object([
    `"inputs":${list(found.inputs)}`,
    `"outputs":${list(found.outputs)}`,
    `"tensors":[${found.tensors.map<string>((tensor) => tensorJson(tensor)).join(",")}]`,
    `"operators":[${found.operators.map<string>((one) => operatorJson(one)).join(",")}]`,
  ]);
}

function object(members: string[]): string {
  return `{${members.join(",")}}`;
}

function list(values: i32[]): string {
  return `[${values.join(",")}]`;
}

function span(bytes: Span): string {
  return bytes.bytes == 0 ? "[0,0]" : `[${bytes.pointer - origin},${bytes.bytes}]`;
}

function tensorJson(tensor: Tensor): string {
  return object([
    `"name":${span(tensor.name)}`,
    `"shape":${list(tensor.shape)}`,
    `"dtype":${tensor.dtype as i32}`,
    `"data":${span(tensor.data)}`,
    `"isVariable":${tensor.isVariable}`,
    `"producer":${tensor.producer}`,
    `"consumers":${list(tensor.consumers)}`,
    `"quantization":${quantizationJson(tensor.quantization)}`,
  ]);
}

function quantizationJson(quantization: Quantization): string {
  const scales: f32[] = [];
  const zeroPoints: i64[] = [];
  for (let i = 0; i < quantization.count; i++) {
    scales.push(quantization.scale(i));
    zeroPoints.push(quantization.zeroPoint(i));
  }
  return object([
    `"axis":${quantization.axis}`,
    `"scales":[${scales.join(",")}]`,
    `"zeroPoints":[${zeroPoints.join(",")}]`,
  ]);
}

function operatorJson(operator: Operator): string {
  return object([
    `"code":${operator.code}`,
    `"version":${operator.version}`,
    `"customName":${span(operator.customName)}`,
    `"customOptions":${span(operator.customOptions)}`,
    `"inputs":${list(operator.inputs)}`,
    `"outputs":${list(operator.outputs)}`,
    `"options":${optionsJson(operator.options)}`,
  ]);
}

function optionsJson(o: Options): string {
  return object([
    `"padding":${o.padding as i32}`,
    `"activation":${o.activation as i32}`,
    `"stride":[${o.strideHeight},${o.strideWidth}]`,
    `"dilation":[${o.dilationHeight},${o.dilationWidth}]`,
    `"filter":[${o.filterHeight},${o.filterWidth}]`,
    `"depthMultiplier":${o.depthMultiplier}`,
    `"axis":${o.axis}`,
    `"splits":${o.splits}`,
    `"beta":${o.beta}`,
    `"alpha":${o.alpha}`,
    `"approximate":${o.approximate}`,
    `"keepDims":${o.keepDims}`,
    `"shuffledWeights":${o.shuffledWeights}`,
    `"alignCorners":${o.alignCorners}`,
    `"halfPixelCenters":${o.halfPixelCenters}`,
    `"masks":${list([o.beginMask, o.endMask, o.ellipsisMask, o.newAxisMask, o.shrinkAxisMask])}`,
  ]);
}
