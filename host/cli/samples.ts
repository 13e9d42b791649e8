import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { elementsOf } from "../dtype.ts";
import { NolfetError } from "../errors.ts";
import { pictureFormat } from "../images/header.ts";
import type { PixelMapping, PixelOptions } from "../images/pixels.ts";
import type { RealNetwork, RealTensor } from "../importer.ts";
import { pixelMapping, readPicture } from "../index.ts";
import { isNpy, readNpy } from "../npy.ts";
import { about } from "./files.ts";
import { readInput } from "./input.ts";
import { pictureOptions } from "./options.ts";

/** More do not make a network better. */
const MOST_SAMPLES = 256;

/** Files as they are, and those of folders in the order of their names. Throws FILE. */
async function filesOf(paths: string[]): Promise<string[]> {
  const lists = paths.map(async (path) => {
    const isFolder = await stat(path).then(
      (status) => status.isDirectory(),
      () => false,
    );
    if (!isFolder) return [path];
    const names = await readdir(path);
    return names
      .filter((name) => !name.startsWith("."))
      .sort()
      .map((name) => join(path, name));
  });
  return (await Promise.all(lists)).flat();
}

/**
 * Gives a network samples to quantize by: pictures, `.npy` files, or raw float32 for its one input, each
 * N × H × W × C. Throws FILE, BAD_INPUT and BAD_OPTION.
 */
export async function addSamples(
  network: RealNetwork,
  paths: string[],
  options: PixelOptions,
): Promise<number> {
  const [input, ...others] = network.inputs;
  if (!input || others.length > 0) {
    const found = `${network.inputs.length}`;
    throw new NolfetError("BAD_INPUT", "a model with one input for --calibrate", found);
  }
  const files = await filesOf(paths);
  if (files.length === 0) throw new NolfetError("BAD_INPUT", "samples to calibrate by", "none");
  if (files.length > MOST_SAMPLES) {
    const expected = `at most ${MOST_SAMPLES} samples; 32 are enough`;
    throw new NolfetError("BAD_INPUT", expected, `${files.length}`);
  }
  let mapping: PixelMapping | undefined;
  const mappingOf = () => {
    mapping ??= rangedMapping(network, input, options);
    return mapping;
  };
  for (const path of files) {
    network.addSample([await about(path, () => readSample(input, path, mappingOf))]);
  }
  return files.length;
}

async function readSample(
  input: RealTensor,
  path: string,
  mappingOf: () => PixelMapping,
): Promise<Float32Array> {
  const bytes = await readInput(path, "tensors");
  if (pictureFormat(bytes) !== undefined) {
    const mapping = mappingOf();
    return mapping.apply(await readPicture(bytes, mapping)) as Float32Array;
  }
  if (isNpy(bytes)) return readNpy(bytes);
  const expected = 4 * elementsOf(input.shape);
  if (bytes.length === expected) return new Float32Array(bytes.slice().buffer);
  const wanted = `a picture, a .npy file, or ${expected} bytes of float32`;
  throw new NolfetError("BAD_INPUT", wanted, `${bytes.length} bytes`);
}

/** How pixels become numbers; the network is told between which. */
function rangedMapping(
  network: RealNetwork,
  { name, shape }: RealTensor,
  options: PixelOptions,
): PixelMapping {
  const given = pictureOptions(options);
  if (!given.mean && !given.std && !given.range) {
    const expected = "--range LOW,HIGH, or --mean and --std, as the network was trained";
    throw new NolfetError("BAD_OPTION", expected, "neither");
  }
  const mapping = pixelMapping({ name, shape, dtype: "float32" }, given);
  const { width, height, channels } = mapping;
  const ends = [0, 255].flatMap((pixel) => {
    const data = new Uint8Array(width * height * channels).fill(pixel);
    return Array.from(mapping.apply({ width, height, channels, data }).subarray(0, channels));
  });
  network.setInputRange(0, [Math.min(...ends), Math.max(...ends)]);
  return mapping;
}
