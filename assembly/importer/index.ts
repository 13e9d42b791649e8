/**
 * The importer: a model as people have it in, a `.tflite` out, which the compiler takes unchanged.
 *
 *   read (onnx) → lift → simplify → quantize → write
 *
 * One instance imports one model and is dropped: memory is never freed.
 */

export {
  failureCode,
  failureLocation,
  failureLocationKind,
  failureText,
} from "../diagnostics/failure";

import { clearFailure, failed, failureCode } from "../diagnostics/failure";
import { lift } from "./lift/lift";
import { giveShape } from "./lift/shapes";
import { addFile, namesAsked } from "./onnx/external";
import { readOnnx } from "./onnx/model";
import { Bytes } from "./onnx/protobuf";
import { settle } from "./quantize/settle";
import { fuse } from "./simplify/fuse";
import { removeUnused } from "./simplify/users";
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
  addFile(new Bytes(name, nameBytes).text, new Bytes(content, bytes));
}

/** Says what shape an input has: `count` extents of 32 bits at `extents`. */
export function addShape(name: usize, nameBytes: u32, extents: usize, count: u32): void {
  const shape: i32[] = [];
  for (let i: u32 = 0; i < count; i++) shape.push(load<i32>(extents + 4 * i));
  giveShape(new Bytes(name, nameBytes).text, shape);
}

/** Names the files that an ONNX model wants beside it, a line each, as the result. Gives 0. */
export function nameExternalFiles(model: usize, bytes: u32): i32 {
  clearFailure();
  readOnnx(model, bytes);
  clearFailure();
  const names = String.UTF8.encode(namesAsked.join("\n"));
  resultAddress = changetype<usize>(names);
  resultSize = names.byteLength;
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

function run(pointer: usize, bytes: u32): void {
  const model = readOnnx(pointer, bytes);
  if (model == null) return;
  const graph = lift(model);
  if (graph == null) return;
  removeUnused(graph);
  fuse(graph);
  settle(graph);
  removeUnused(graph);
  if (failed()) return;
  const file = writeModel(graph);
  if (file == null) return;
  resultAddress = file.pointer;
  resultSize = file.size;
}
