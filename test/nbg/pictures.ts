import { Jimp } from "jimp";
import type { NetworkTensor } from "../../host/nbg/network.ts";
import { readShared } from "../support/shared.ts";

// Pictures as vendors' networks take them, and what their outputs say.

async function read(path: string): Promise<Awaited<ReturnType<typeof Jimp.read>>> {
  const bytes = readShared(path);
  return Jimp.read(bytes.slice().buffer as ArrayBuffer);
}

/** Red, green and blue of every pixel, resized without keeping proportions. */
export async function picture(path: string, width: number, height: number): Promise<Uint8Array> {
  const image = await read(path);
  if (image.bitmap.width !== width || image.bitmap.height !== height) {
    image.resize({ w: width, h: height });
  }
  return withoutOpacity(image.bitmap.data);
}

/** The same with its proportions, in the middle of a square of one gray. */
export async function letterbox(path: string, side: number, gray: number): Promise<Uint8Array> {
  const image = await read(path);
  const scale = side / Math.max(image.bitmap.width, image.bitmap.height);
  const [width, height] = [image.bitmap.width, image.bitmap.height].map((n) =>
    Math.round(n * scale),
  ) as [number, number];
  image.resize({ w: width, h: height });
  const pixels = withoutOpacity(image.bitmap.data);
  const square = new Uint8Array(3 * side * side).fill(gray);
  const [left, top] = [(side - width) >> 1, (side - height) >> 1];
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(3 * y * width, 3 * (y + 1) * width);
    square.set(row, 3 * ((y + top) * side + left));
  }
  return square;
}

function withoutOpacity(data: ArrayLike<number>): Uint8Array {
  return Uint8Array.from({ length: (data.length / 4) * 3 }, (_, i) => {
    return data[4 * Math.floor(i / 3) + (i % 3)] as number;
  });
}

/** From pixel after pixel to colour after colour. */
export function planar(pixels: Uint8Array, side: number): Uint8Array {
  const plane = side * side;
  return Uint8Array.from({ length: pixels.length }, (_, i) => {
    return pixels[3 * (i % plane) + Math.floor(i / plane)] as number;
  });
}

/** Index of the highest score. Floats of 16 bits that are not negative rise as their bits do. */
export function bestOf(scores: Uint8Array, dtype: string | undefined): number {
  const values =
    dtype === "float16" ? new Uint16Array(scores.slice().buffer) : Uint16Array.from(scores);
  return values.indexOf(Math.max(...values));
}

export interface Box {
  label: number;
  score: number;
  /** Left, top, right, bottom. */
  corners: number[];
}

const CLASSES = 80;
const BINS = 16;

/**
 * What yolov8's head says, the surest first: by grid, 80 class scores and 4 distances as 16 bins
 * each, channel by channel.
 */
export function boxesOf(tensors: NetworkTensor[], outputs: Uint8Array[], side: number): Box[] {
  const boxes = tensors.flatMap((tensor, i) => gridBoxes(tensor, outputs[i] as Uint8Array, side));
  return boxes.sort((a, b) => b.score - a.score);
}

function gridBoxes({ dimensions, quantization }: NetworkTensor, bytes: Uint8Array, side: number) {
  if (quantization.kind !== "affine") throw new Error("an output without a scale");
  const { scale, zeroPoint } = quantization;
  const [width, height] = dimensions as [number, number];
  const plane = width * height;
  const boxes: Box[] = [];
  for (let pixel = 0; pixel < plane; pixel++) {
    const at = (channel: number) =>
      ((bytes[channel * plane + pixel] as number) - zeroPoint) * scale;
    const scores = Array.from({ length: CLASSES }, (_, c) => at(c));
    const most = Math.max(...scores);
    if (most < 0) continue;
    const [left, top, right, bottom] = [0, 1, 2, 3].map((edge) => {
      const weights = Array.from({ length: BINS }, (_, bin) => {
        return Math.exp(at(CLASSES + edge * BINS + bin));
      });
      const sum = weights.reduce((a, b) => a + b);
      return weights.reduce((mean, weight, bin) => mean + (weight * bin) / sum, 0);
    }) as [number, number, number, number];
    const [x, y] = [(pixel % width) + 0.5, Math.floor(pixel / width) + 0.5];
    boxes.push({
      label: scores.indexOf(most),
      score: 1 / (1 + Math.exp(-most)),
      corners: [x - left, y - top, x + right, y + bottom].map((n) => (n * side) / width),
    });
  }
  return boxes;
}
