import { encode } from "flatbuffers/js/flexbuffers.js";
import { DETECTION } from "../../../assembly/tflite/coverage.ts";
import { drawQuantization } from "../quantizations.ts";
import { type Draw, dtypeOf } from "./parts.ts";

/** TFLite's detection step, a custom operator: some tensor is the boxes, another their scores. */
export const detection: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length >= 2 && shape.length <= 4);
  if (!input) return false;
  const elements = input.shape.reduce((product, extent) => product * extent, 1);
  const boxes = Math.floor(elements / 4);
  if (elements % 4 !== 0 || boxes < 1 || boxes > 400) return false;
  const classes = random.integer(1, 4);
  const columns = classes + random.integer(0, 1);
  const dtype = dtypeOf(input);
  const encodings = maker.activation([1, boxes, 4], dtype, input.quantization);
  maker.operate("RESHAPE", [input, maker.list([1, boxes, 4])], [encodings]);
  const repeated = maker.activation([1, boxes, 4 * columns], dtype, input.quantization);
  maker.operate("TILE", [encodings, maker.list([1, 1, columns])], [repeated]);
  const scores = maker.activation([1, boxes, columns], dtype, input.quantization);
  const lists = [
    [0, 0, 0],
    [1, boxes, columns],
  ].map((values) => maker.list(values));
  maker.operate("SLICE", [repeated, ...lists], [scores]);
  const anchors = maker.constant({
    shape: [boxes, 4],
    dtype,
    quantization: drawQuantization(random, dtype),
    data: random.bytes(4 * boxes),
  });
  const most = random.integer(1, 5);
  const perBox = random.integer(1, 2);
  const slots = most * perBox;
  const outputs = [[1, slots, 4], [1, slots], [1, slots], [1]].map((shape) => {
    return maker.activation(shape, "float32");
  });
  const options = {
    max_detections: most,
    max_classes_per_detection: perBox,
    detections_per_class: random.integer(1, 20),
    use_regular_nms: random.oneIn(2),
    num_classes: classes,
    nms_score_threshold: 0.1,
    // The library writes float32 numbers where float64 ones belong: none of these is one.
    nms_iou_threshold: 0.6,
    y_scale: 10.1,
    x_scale: 10.1,
    h_scale: 5.1,
    w_scale: 5.1,
  };
  maker.operate(DETECTION, [encodings, scores, anchors], outputs, undefined, encode(options));
  return true;
};
