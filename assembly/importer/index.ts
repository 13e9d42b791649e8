/**
 * The importer: a model as people have it in, a `.tflite` out, which the compiler takes unchanged.
 *
 *   read (onnx) → lift → simplify → quantize → write
 *                              └─ measure → calibrate ─┘   a model of real numbers, with samples
 *
 * One instance imports one model and is dropped: memory is never freed.
 */

export {
  failureCode,
  failureLocation,
  failureLocationKind,
  failureText,
} from "../diagnostics/failure";

import { Code, LocationKind } from "../diagnostics/codes";
import { clearFailure, fail, failed, failureCode } from "../diagnostics/failure";
import { Dtype } from "../tflite/schema";
import { Calibration } from "./calibrate/calibration";
import { elementsOf } from "./graph/constant";
import { Graph, Value } from "./graph/graph";
import { lift } from "./lift/lift";
import { giveShape } from "./lift/shapes";
import { activationsOf, ComputedNetwork } from "./measure/network";
import { addFile, namesAsked } from "./onnx/external";
import { readOnnx } from "./onnx/model";
import { ByteSpan } from "./onnx/protobuf";
import { isQuantized, settle } from "./quantize/settle";
import { fuse } from "./simplify/fuse";
import { meansOfImages } from "./simplify/means";
import { removeUnused } from "./simplify/users";
import { isTflite, REAL_MODEL, readTflite } from "./tflite/model";
import { writeModel } from "./write/model";

/** More than any network for such a core has. */
const MOST_MODEL_BYTES: u32 = 256 << 20;

let resultAddress: usize = 0;
let resultSize: u32 = 0;

/** Memory for a model; 0 if there is none. */
export function allocate(bytes: u32): usize {
  return bytes > MOST_MODEL_BYTES ? 0 : heap.alloc(max(bytes, 1));
}

/** Gives the importer a file that lies beside the model. */
export function addExternalFile(name: usize, nameBytes: u32, content: usize, bytes: u32): void {
  addFile(new ByteSpan(name, nameBytes).text, new ByteSpan(content, bytes));
}

/** Says what shape an input has: `count` extents of 32 bits at `extents`. */
export function addShape(name: usize, nameBytes: u32, extents: usize, count: u32): void {
  const shape: i32[] = [];
  for (let i: u32 = 0; i < count; i++) shape.push(load<i32>(extents + 4 * i));
  giveShape(new ByteSpan(name, nameBytes).text, shape);
}

/** Names the files that an ONNX model wants beside it, a line each, as the result. Gives 0. */
export function nameExternalFiles(model: usize, bytes: u32): i32 {
  clearFailure();
  readOnnx(model, bytes);
  clearFailure();
  giveText(namesAsked.join("\n"));
  return 0;
}

/** Makes a `.tflite` of the ONNX model of `bytes` bytes at `model`. Gives 0, or a code. */
export function importModel(model: usize, bytes: u32): i32 {
  clearFailure();
  run(model, bytes);
  return failureCode();
}

/** The file after a status of 0. */
export function resultPointer(): usize {
  return resultAddress;
}

export function resultBytes(): u32 {
  return resultSize;
}

let graph: Graph | null = null;
let network: ComputedNetwork | null = null;
let calibration: Calibration | null = null;
let samples: usize[][] = [];
/** Names of values that stay in real numbers. */
let kept: string[] = [];
/** Of 8 bits, in which a model is stored that is quantized here. */
let dtype: Dtype = Dtype.UINT8;
let inputRanges: (f64[] | null)[] = [];
/** Room for what `compute` gives. */
let computed: usize = 0;
let computedSize: u32 = 0;

/**
 * Reads a model of real numbers, to be computed or quantized. Gives 0 and, as the result, a line for
 * each input and then each output: which it is, its extents, its name; or a code.
 */
export function openModel(model: usize, bytes: u32): i32 {
  clearFailure();
  graph = readGraph(model, bytes);
  if (graph != null && isQuantized(graph as Graph)) {
    fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, REAL_MODEL, "one with scales already");
  }
  if (graph != null && !failed()) meansOfImages(graph as Graph);
  if (graph != null && !failed()) network = ComputedNetwork.of(graph as Graph);
  if (network != null) giveText(describe(graph as Graph));
  return failureCode();
}

/** Takes a sample to quantize by: the numbers of all inputs, float32, one input after the other. */
export function addSample(numbers: usize): void {
  samples.push(inputsAt(numbers));
}

/** Says which numbers an input may have, so that its 8 bits begin and end there. */
export function setInputRange(input: i32, least: f64, greatest: f64): void {
  while (inputRanges.length <= input) inputRanges.push(null);
  inputRanges[input] = [least, greatest];
}

/** Keeps a value in real numbers when the model is quantized; false where none has the name. */
export function keepInReals(name: usize, nameBytes: u32): bool {
  const text = new ByteSpan(name, nameBytes).text;
  const values = (network as ComputedNetwork).values;
  for (let i = 0; i < values.length; i++) {
    if (values[i].name != text) continue;
    kept.push(text);
    return true;
  }
  return false;
}

/** Stores the quantized model as int8, with weights around 0, as TFLite's own converter does. */
export function storeAsInt8(): void {
  dtype = Dtype.INT8;
}

/** Where each input begins. */
function inputsAt(numbers: usize): usize[] {
  const inputs = (graph as Graph).inputs;
  const starts: usize[] = [];
  for (let i = 0; i < inputs.length; i++) {
    starts.push(numbers);
    numbers += (elementsOf(inputs[i].shape) as usize) << 2;
  }
  return starts;
}

/** Computes a sample in real numbers: the result has all outputs, one after the other. */
export function compute(numbers: usize): i32 {
  clearFailure();
  const outputs = (graph as Graph).outputs;
  const activations = activationsOf(network as ComputedNetwork, inputsAt(numbers));
  if (computed == 0) {
    for (let i = 0; i < outputs.length; i++)
      computedSize += 4 * (elementsOf(outputs[i].shape) as u32);
    computed = heap.alloc(computedSize);
  }
  resultAddress = computed;
  resultSize = computedSize;
  let to = resultAddress;
  for (let i = 0; i < outputs.length; i++) {
    const bytes = (elementsOf(outputs[i].shape) as usize) << 2;
    const constant = outputs[i].constant;
    memory.copy(to, constant == null ? activations.at(outputs[i], 0) : constant.pointer, bytes);
    to += bytes;
  }
  activations.releaseAll();
  return failureCode();
}

/** Does a step of quantizing by the samples given: the part that is done, or 2 after the last step. */
export function calibrateStep(): f64 {
  if (calibration == null) {
    calibration = new Calibration(network as ComputedNetwork, samples, inputRanges, kept, dtype);
  }
  const own = calibration as Calibration;
  return own.next() ? own.progress : 2;
}

/** What quantizing cost, in lines (`Calibration.report`), as the result. */
export function report(): i32 {
  giveText((calibration as Calibration).report(graph as Graph));
  return 0;
}

/** Writes the model as it was quantized. Gives 0, or a code. */
export function writeQuantized(): i32 {
  clearFailure();
  (calibration as Calibration).apply();
  finish(graph as Graph);
  return failureCode();
}

function describe(graph: Graph): string {
  const lines: string[] = [];
  for (let i = 0; i < graph.inputs.length; i++) lines.push(lineOf("input", graph.inputs[i]));
  for (let i = 0; i < graph.outputs.length; i++) lines.push(lineOf("output", graph.outputs[i]));
  return lines.join("\n");
}

function lineOf(kind: string, value: Value): string {
  return `${kind}\t${value.shape.join(",")}\t${value.name}`;
}

function giveText(text: string): void {
  const bytes = String.UTF8.encode(text);
  resultAddress = changetype<usize>(bytes);
  resultSize = bytes.byteLength;
}

/** The graph of a model, simplified; null after a fault. */
function readGraph(pointer: usize, bytes: u32): Graph | null {
  const graph = isTflite(pointer, bytes) ? readTflite(pointer, bytes) : readLifted(pointer, bytes);
  if (graph == null) return null;
  removeUnused(graph);
  fuse(graph);
  removeUnused(graph);
  return failed() ? null : graph;
}

function readLifted(pointer: usize, bytes: u32): Graph | null {
  const model = readOnnx(pointer, bytes);
  return model == null ? null : lift(model);
}

function run(pointer: usize, bytes: u32): void {
  const graph = readGraph(pointer, bytes);
  if (graph != null) finish(graph);
}

function finish(graph: Graph): void {
  settle(graph, dtype);
  removeUnused(graph);
  if (failed()) return;
  const file = writeModel(graph);
  if (file == null) return;
  resultAddress = file.pointer;
  resultSize = file.size;
}
