import { elementsOf } from "../dtype.ts";
import { sum } from "../sums.ts";
import { decodeMask, decodePicture } from "./image.ts";
import { decodeFaceMesh, decodeMoveNet, decodePoseNet, FACE_VALUES } from "./points.ts";
import type { InputSize, Output, Result } from "./result.ts";
import {
  decodeBlazeFace,
  decodePostProcess,
  decodeSsd,
  FACE_ANCHORS,
  ssdAnchorCount,
} from "./ssd.ts";
import { cellCount, decodeFastestDet, decodeYolo5, decodeYolo8, decodeYolox } from "./yolo.ts";

/** A row of the table: how networks of one family are recognised by their shapes, and read. */
export interface Decoder {
  name: string;
  words: string;
  fits(shapes: number[][], input: InputSize): boolean;
  decode(outputs: Output[], input: InputSize): Result;
}

const MOST_CLASSES = 256;
/** Pixels of the input that one pixel of a mask covers, at most, along a side. */
const MOST_MASK_STRIDE = 8;

/** The first that fits is taken. */
export const DECODERS: readonly Decoder[] = [
  {
    name: "tflite",
    words: "TFLite_Detection_PostProcess",
    fits: (shapes) =>
      shapes.length === 4 &&
      shapes[0]?.length === 3 &&
      shapes[0].at(-1) === 4 &&
      isSame(shapes[1], shapes[0].slice(0, 2)) &&
      isSame(shapes[2], shapes[1]) &&
      elementsOf(shapes[3] ?? []) === 1,
    decode: decodePostProcess,
  },
  {
    name: "yolov8",
    words: "YOLOv8 and YOLO11, with or without poses",
    fits: ([shape, ...others], input) =>
      others.length === 0 && isRows(shape) && shape?.[2] === cellCount(input) && shape[1] > 4,
    decode: decodeYolo8,
  },
  {
    name: "yolov5",
    words: "YOLOv5",
    fits: ([shape, ...others], input) =>
      others.length === 0 && isRows(shape) && shape?.[1] === 3 * cellCount(input) && shape[2] > 5,
    decode: decodeYolo5,
  },
  {
    name: "yolox",
    words: "YOLOX, in one output or three",
    fits: (shapes, input) =>
      (shapes.length === 1 || shapes.length === 3) &&
      shapes.every((shape) => shape.at(-1) === shapes[0]?.at(-1) && (shape.at(-1) ?? 0) > 5) &&
      sum(shapes, (shape) => elementsOf(shape.slice(0, -1))) === cellCount(input),
    decode: decodeYolox,
  },
  {
    name: "fastestdet",
    words: "FastestDet",
    fits: ([shape, ...others], input) =>
      others.length === 0 && isSame(shape, [1, input.height / 16, input.width / 16, 85]),
    decode: decodeFastestDet,
  },
  {
    name: "blazeface",
    words: "BlazeFace, short range",
    fits: (shapes) =>
      shapes.length === 2 &&
      [1, 16].every((width) => shapes.some((shape) => isSame(shape, [1, FACE_ANCHORS, width]))),
    decode: decodeBlazeFace,
  },
  {
    name: "ssd",
    words: "SSD MobileNet without post-processing",
    fits: (shapes, input) =>
      shapes.length === 2 &&
      shapes.every((shape) => isRows(shape) && shape[1] === ssdAnchorCount(input)) &&
      shapes.filter((shape) => shape.at(-1) === 4).length === 1 &&
      shapes.some((shape) => (shape.at(-1) ?? 0) > 4),
    decode: decodeSsd,
  },
  {
    name: "posenet",
    words: "PoseNet, one person",
    fits: (shapes) =>
      [17, 34].every((channels) =>
        shapes.some((shape) => shape.length === 4 && shape.at(-1) === channels),
      ),
    decode: decodePoseNet,
  },
  {
    name: "movenet",
    words: "MoveNet, one person",
    fits: ([shape, ...others]) => others.length === 0 && isSame(shape, [1, 1, 17, 3]),
    decode: decodeMoveNet,
  },
  {
    name: "facemesh",
    words: "MediaPipe's face mesh",
    fits: (shapes) => shapes.some((shape) => elementsOf(shape) === FACE_VALUES),
    decode: decodeFaceMesh,
  },
  {
    name: "picture",
    words: "a picture of the input's channels and at least its size",
    fits: ([shape, ...others], { width, height, channels }) =>
      others.length === 0 &&
      shape?.length === 4 &&
      shape[3] === channels &&
      channels === 3 &&
      (shape[1] ?? 0) >= height &&
      (shape[2] ?? 0) >= width,
    decode: decodePicture,
  },
  {
    name: "mask",
    words: "a class for each pixel",
    fits: ([shape, ...others], { width, height }) => {
      if (others.length > 0 || shape?.[0] !== 1) return false;
      const [, rows = 0, columns = 0, classes = 0] = shape;
      if (shape.length === 3) return rows === height && columns === width;
      return (
        shape.length === 4 &&
        classes <= MOST_CLASSES &&
        rows * MOST_MASK_STRIDE >= height &&
        columns * MOST_MASK_STRIDE >= width
      );
    },
    decode: decodeMask,
  },
];

/** N × rows × columns with a batch of one. */
function isRows(shape: number[] | undefined): shape is [number, number, number] {
  return shape?.length === 3 && shape[0] === 1;
}

function isSame(a: number[] | undefined, b: number[] | undefined): boolean {
  return a !== undefined && a.length === b?.length && a.every((extent, i) => extent === b[i]);
}
