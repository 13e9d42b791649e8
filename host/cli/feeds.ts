import { basename } from "node:path";
import { DTYPES, elementsOf, type TypedArray, valuesOf } from "../dtype.ts";
import type { Extent } from "../images/extent.ts";
import type { PixelOptions } from "../images/pixels.ts";
import { NolfetError, pixelMapping, readPicture, type TensorInfo } from "../index.ts";
import { about } from "./files.ts";
import { readAtMost, readInput } from "./input.ts";
import { pictureOptions } from "./options.ts";

/** Where the values of a model's inputs come from, as commander hands it on. */
export interface FeedOptions extends PixelOptions {
  image?: string;
  input?: string[];
}

export interface Feeds {
  feeds: Record<string, TypedArray>;
  /** What was done to a picture, in words. */
  preprocessing?: string;
  /** The picture's file, where there is one, and where its edges lie in the input. */
  picture?: Uint8Array;
  extent?: Extent;
}

/** Reads a picture, or a file of raw bytes for each input. Throws FILE and BAD_INPUT. */
export async function readFeeds(
  inputs: readonly TensorInfo[],
  options: FeedOptions,
): Promise<Feeds> {
  const { image, input = [] } = options;
  if (image !== undefined) return readImage(inputs, image, options);
  if (input.length !== inputs.length) {
    const expected = `${inputs.length} files with --input, one for each input`;
    throw new NolfetError("BAD_INPUT", expected, `${input.length}`);
  }
  const feeds: Feeds["feeds"] = {};
  for (const [i, info] of inputs.entries()) {
    feeds[info.name] = await readTensor(input[i] ?? "", info);
  }
  return { feeds };
}

async function readImage(
  inputs: readonly TensorInfo[],
  path: string,
  options: FeedOptions,
): Promise<Feeds> {
  const [input, ...others] = inputs;
  if (!input || others.length > 0) {
    throw new NolfetError("BAD_INPUT", "a model with one input for --image", `${inputs.length}`);
  }
  const mapping = pixelMapping(input, pictureOptions(options));
  const picture = await readInput(path, "picture");
  const pixels = await about(path, () => readPicture(picture, mapping));
  const size = `${mapping.width}×${mapping.height}×${mapping.channels}`;
  return {
    feeds: { [input.name]: mapping.apply(pixels) },
    picture,
    ...(pixels.extent ? { extent: pixels.extent } : {}),
    preprocessing: `${basename(path)} resized to ${size}, ${mapping.words}`,
  };
}

async function readTensor(path: string, { name, shape, dtype }: TensorInfo): Promise<TypedArray> {
  const expected = elementsOf(shape) * DTYPES[dtype].bytes;
  const { bytes, hasMore } = await readAtMost(path, { most: expected });
  if (hasMore || bytes.length !== expected) {
    const wanted = `${expected} bytes for ${JSON.stringify(name)} in ${path}`;
    throw new NolfetError("BAD_INPUT", wanted, hasMore ? "more" : `${bytes.length}`);
  }
  return valuesOf(dtype, bytes);
}
