import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { DETECTION } from "../../tflite/coverage";
import { Builtin, Dtype } from "../../tflite/schema";
import { Graph, Operator, Options } from "../graph";
import { FlexMap } from "./flexbuffer";

/**
 * TFLite's detection step: a custom operator, whose options are a FlexBuffers map, and whose
 * outputs have no shape in the model, as TFLite finds out at run time what follows from them.
 */

class Option {
  constructor(
    public name: string,
    /** Byte offset in Options. */
    public destination: usize,
    public isFloat: bool,
    public low: f64,
    public high: f64,
    /** Not a number where the map must have it. */
    public fallback: f64 = NaN,
  ) {}
}

// biome-ignore format: a table
const OPTIONS: Option[] = [
  new Option("max_detections", offsetof<Options>("maxDetections"), false, 1, 65535),
  new Option("max_classes_per_detection", offsetof<Options>("maxClassesPerDetection"), false, 1, 65535),
  new Option("detections_per_class", offsetof<Options>("detectionsPerClass"), false, 1, 65535, 100),
  new Option("use_regular_nms", offsetof<Options>("regularNms"), false, 0, 1, 0),
  new Option("num_classes", offsetof<Options>("classes"), false, 1, 65535),
  new Option("nms_score_threshold", offsetof<Options>("scoreThreshold"), true, -1e38, 1e38),
  new Option("nms_iou_threshold", offsetof<Options>("iouThreshold"), true, 1e-38, 1),
  new Option("y_scale", offsetof<Options>("yScale"), true, 1e-38, 1e38),
  new Option("x_scale", offsetof<Options>("xScale"), true, 1e-38, 1e38),
  new Option("h_scale", offsetof<Options>("hScale"), true, 1e-38, 1e38),
  new Option("w_scale", offsetof<Options>("wScale"), true, 1e-38, 1e38),
];

export function isDetectionOperator(operator: Operator): bool {
  if (operator.code != Builtin.CUSTOM) return false;
  const name = operator.customName;
  return String.UTF8.decodeUnsafe(name.pointer, name.bytes) == DETECTION;
}

/** Reads the options and gives the outputs their shapes. False with a fault recorded. */
export function readDetection(operator: Operator, graph: Graph): bool {
  const map = FlexMap.open(operator.customOptions);
  if (map == null) return refuse(operator, "options that are a FlexBuffers map", "others");
  for (let i = 0; i < OPTIONS.length; i++) {
    if (!readOption(operator, map, OPTIONS[i])) return false;
  }
  if (operator.inputs.length < 3 || operator.outputs.length != 4) {
    const found = `${operator.inputs.length} and ${operator.outputs.length}`;
    return refuse(operator, "three inputs and four outputs", found);
  }
  const slots = operator.options.maxDetections * operator.options.maxClassesPerDetection;
  if (slots <= 0 || slots > 65535) {
    return refuse(operator, "room for at most 65535 detections", `${slots}`);
  }
  shape(operator, graph, 0, [1, slots, 4]);
  shape(operator, graph, 1, [1, slots]);
  shape(operator, graph, 2, [1, slots]);
  shape(operator, graph, 3, [1]);
  return true;
}

function readOption(operator: Operator, map: FlexMap, option: Option): bool {
  const given = map.number(option.name);
  const value = F64.isNaN(given) ? option.fallback : given;
  if (!(value >= option.low && value <= option.high)) {
    const expected = `${option.name} from ${option.low} to ${option.high}`;
    return refuse(operator, expected, F64.isNaN(value) ? "none" : value.toString());
  }
  const destination = changetype<usize>(operator.options) + option.destination;
  if (option.isFloat) store<f32>(destination, value as f32);
  else store<i32>(destination, value as i32);
  return true;
}

/** Gives an output the shape that it has where the model does not tell. */
function shape(operator: Operator, graph: Graph, output: i32, extents: i32[]): void {
  const tensor = graph.tensors[operator.outputs[output]];
  if (tensor.shape.length == 0 && tensor.dtype == Dtype.FLOAT32) tensor.shape = extents;
}

function refuse(operator: Operator, expected: string, found: string): bool {
  return fail(Code.MALFORMED, LocationKind.OPERATOR, operator.index, expected, found);
}
