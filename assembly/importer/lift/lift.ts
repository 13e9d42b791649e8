import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { Dtype } from "../../tflite/schema";
import { identity, permutedShape } from "../graph/constant";
import { Graph, Value } from "../graph/graph";
import { Info, OnnxModel, OnnxNode } from "../onnx/model";
import { evaluate } from "./known";
import { fits, Lifting } from "./lifting";
import { NHWC, Operand } from "./operand";
import { ruleFor } from "./operators";
import { realNode, storeResult } from "./quantized";
import { givenShape, unknownName } from "./shapes";

/** Makes TFLite's operators of ONNX'; null after a fault. */
export function lift(model: OnnxModel): Graph | null {
  const lifting = new Lifting(model);
  if (!namesAll(model) || !knowsShapes(model)) return null;
  for (let i = 0; i < model.inputs.length; i++) {
    // Old files list their weights as inputs, too.
    if (model.initializers.has(model.inputs[i].name)) continue;
    if (!addInput(lifting, model.inputs[i])) return null;
  }
  for (let i = 0; i < model.nodes.length; i++) {
    if (!liftNode(lifting, model.nodes[i]) || failed()) {
      // Whatever returned false without a word is a contradiction in the file.
      if (!failed()) lifting.refuse(model.nodes[i], "operands that fit together", "others");
      return null;
    }
  }
  for (let i = 0; i < model.outputs.length; i++) addOutput(lifting, model.outputs[i].name);
  return failed() ? null : lifting.graph;
}

/** Refuses a model with operators that nothing takes, all of them in one sentence. */
function namesAll(model: OnnxModel): bool {
  const missing: string[] = [];
  for (let i = 0; i < model.nodes.length; i++) {
    const node = model.nodes[i];
    const isKnown = ruleFor(node) != null || isOnlyKnown(node);
    const name = node.domain == "" ? node.operator : `${node.domain}.${node.operator}`;
    if (!isKnown && missing.indexOf(name) < 0) missing.push(name);
  }
  if (missing.length == 0) return true;
  const found = `${missing.slice(0, 16).join(", ")} (opset ${model.opset})`;
  return fail(
    Code.UNSUPPORTED_OPERATOR,
    LocationKind.NONE,
    0,
    "operators with a TFLite form",
    found,
  );
}

/** Whether all shapes that the caller gave are of inputs. */
function knowsShapes(model: OnnxModel): bool {
  const names: string[] = [];
  for (let i = 0; i < model.inputs.length; i++) names.push(model.inputs[i].name);
  const unknown = unknownName(names);
  if (unknown == "") return true;
  const expected = `the name of an input, such as ${names.slice(0, 8).join(", ")}`;
  return fail(Code.BAD_OPTION, LocationKind.NONE, 0, expected, unknown);
}

/** Operators that have a form over known values alone. */
function isOnlyKnown(node: OnnxNode): bool {
  if (node.domain != "") return false;
  const operator = node.operator;
  return (
    operator == "Constant" ||
    operator == "ConstantOfShape" ||
    operator == "Shape" ||
    operator == "Size" ||
    operator == "Range" ||
    operator == "Floor" ||
    operator == "Ceil" ||
    operator == "Equal"
  );
}

function liftNode(lifting: Lifting, node: OnnxNode): bool {
  const known = evaluate(lifting, node);
  if (failed()) return false;
  if (known != null) return lifting.define(node, 0, Operand.known(known));
  const rule = ruleFor(node);
  if (rule == null) return lifting.refuse(node, "known operands", "computed ones");
  if (node.outputs.length == 0) return lifting.refuse(node, "an output", "none");
  const real = realNode(lifting, node);
  if (real != null) return rule.lift(lifting, real) && storeResult(lifting, node);
  return !failed() && rule.lift(lifting, node);
}

function addInput(lifting: Lifting, info: Info): bool {
  const shape = shapeOf(info);
  if (shape == null) return false;
  const isTaken =
    info.dtype == Dtype.FLOAT32 ||
    info.dtype == Dtype.FLOAT16 ||
    info.dtype == Dtype.UINT8 ||
    info.dtype == Dtype.INT8;
  if (!isTaken || !fits(shape)) {
    const found = `input "${info.name}" of ${shape.join(" × ")} elements`;
    const expected = "inputs of real numbers or of 8 bits";
    return fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, expected, found);
  }
  const order = isImage(lifting.model, info.name, shape) ? NHWC : identity(shape.length);
  const value = new Value(info.name, Dtype.FLOAT32, permutedShape(shape, order));
  lifting.graph.inputs.push(value);
  lifting.set(info.name, Operand.of(value, shape, order));
  return true;
}

/** The extents that the caller gave, or the file's; a batch that is left open is one image. */
function shapeOf(info: Info): i32[] | null {
  const own = info.shape;
  const given = givenShape(info.name);
  let fitsFile = given == null || given.length == own.length;
  const shape: i32[] = [];
  for (let i = 0; i < own.length && fitsFile; i++) {
    const extent = given != null ? given[i] : own[i] < 0 && i == 0 ? 1 : own[i];
    fitsFile = extent >= 0 && (own[i] < 0 || extent == own[i]);
    shape.push(extent);
  }
  if (fitsFile) return shape;
  const words = own.join(" × ").replaceAll("-1", "?");
  const found = `input "${info.name}" of ${words} elements`;
  const expected =
    given == null ? "extents that are known but for the batch, or a shape" : "a shape that fits";
  fail(Code.BAD_OPTION, LocationKind.NONE, 0, expected, found);
  return null;
}

/** Whether an input is N × C × H × W: it has that many axes, and is not transposed or reshaped first. */
function isImage(model: OnnxModel, name: string, shape: i32[]): bool {
  if (shape.length != 4) return false;
  for (let i = 0; i < model.nodes.length; i++) {
    const node = model.nodes[i];
    if (node.inputs.indexOf(name) < 0) continue;
    if (node.operator == "Transpose" || node.operator == "Reshape") return false;
    if (node.operator != "QuantizeLinear" && node.operator != "DequantizeLinear") return true;
    if (node.outputs.length > 0) name = node.outputs[0];
  }
  return true;
}

/** Images stay as TFLite has them; all else is brought into ONNX' order. */
function addOutput(lifting: Lifting, name: string): void {
  const operand = lifting.find(name);
  if (operand == null) return;
  if (operand.constant != null) {
    const expected = "outputs that depend on an input";
    fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, expected, `output "${name}", a constant`);
    return;
  }
  const isImage = operand.rank == 4 && operand.order.join() == NHWC.join();
  const value = isImage ? (operand.value as Value) : lifting.plain(operand);
  if (value.producer != null) value.name = name;
  lifting.graph.outputs.push(value);
}
