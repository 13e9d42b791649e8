import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";
import { StridedCopy } from "./strided-copy";

/** SPACE_TO_DEPTH: the pixels of a block, row by row, become channels of one. */
export function prepareSpaceToDepth(operation: Operation): Kernel | null {
  return exchange(operation.inputs[0], operation.outputs[0], true);
}

/** DEPTH_TO_SPACE: the other way. */
export function prepareDepthToSpace(operation: Operation): Kernel | null {
  return exchange(operation.inputs[0], operation.outputs[0], false);
}

/** By batch, row of blocks, row in a block, block, pixel of its row: the channels of a pixel. */
function exchange(input: Tensor, output: Tensor, toDepth: bool): Kernel {
  const wide = toDepth ? input : output;
  const deep = toDepth ? output : input;
  const block = deep.shape[1] == 0 ? 1 : wide.shape[1] / deep.shape[1];
  const channels = wide.shape[3];
  const bytes = input.elementBytes as isize;
  const pixel = (channels as isize) * bytes;
  const wideRow = (wide.shape[2] as isize) * pixel;
  const deepPixel = (deep.shape[3] as isize) * bytes;
  const deepRow = (deep.shape[2] as isize) * deepPixel;
  const counts = [deep.shape[0], deep.shape[1], block, deep.shape[2], block, channels];
  const inWide: isize[] = [
    wideRow * wide.shape[1],
    wideRow * block,
    wideRow,
    pixel * block,
    pixel,
    bytes,
  ];
  const inDeep: isize[] = [
    deepRow * deep.shape[1],
    deepRow,
    pixel * block,
    deepPixel,
    pixel,
    bytes,
  ];
  const fromSteps = toDepth ? inWide : inDeep;
  const toSteps = toDepth ? inDeep : inWide;
  const from = input.pointer;
  return new StridedCopy(from, output.pointer, counts, fromSteps, toSteps, input.elementBytes);
}
