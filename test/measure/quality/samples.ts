import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readPicture } from "../../../host/index.ts";
import { SHARED } from "../../support/shared.ts";
import type { Network } from "./networks.ts";

export interface Sample {
  values: Float32Array;
  label: number;
}

const EVAL = `${SHARED}/onnx/eval`;
/** Bytes of one element of packed data. */
const ELEMENT = { cifar10: 32 * 32 * 3, kws: 49 * 10 };

/** The first `most` samples of a part, as the network takes them: N × H × W × C. */
export async function samplesOf(
  network: Network,
  part: "calibrate" | "dev",
  shape: number[],
  most: number,
): Promise<Sample[]> {
  if (network.data === "imagenet") return pictures(network, part, shape, most);
  const packed = gunzipSync(readFileSync(`${EVAL}/${network.data}.${part}.bin.gz`));
  const labels = readFileSync(`${EVAL}/${network.data}.${part}.labels`);
  const bytes = ELEMENT[network.data];
  return Array.from(labels.subarray(0, most), (label, i) => {
    const element = packed.subarray(i * bytes, (i + 1) * bytes);
    const isSound = network.data === "kws";
    return { label, values: isSound ? sound(element) : colours(element, network) };
  });
}

/** The codes of the int8 network as real numbers. */
function sound(codes: Uint8Array): Float32Array {
  return Float32Array.from(codes, (code) => (((code << 24) >> 24) - 83) * Math.fround(0.5847029));
}

async function pictures(
  network: Network,
  part: string,
  [, height = 1, width = 1]: number[],
  most: number,
): Promise<Sample[]> {
  const folder = `${EVAL}/imagenet`;
  const files = readdirSync(folder).filter((file) => file.startsWith(`${part}-`));
  const samples: Sample[] = [];
  for (const file of files.sort().slice(0, most)) {
    const bytes = readFileSync(`${folder}/${file}`);
    const { data } = await readPicture(bytes, { width, height, channels: 3 });
    const label = Number(/-(\d+)/.exec(file)?.[1]);
    samples.push({ label, values: colours(data, network) });
  }
  return samples;
}

function colours(pixels: Uint8Array, { range: [low, high], order }: Network): Float32Array {
  const round = Math.fround;
  return Float32Array.from(pixels, (_, i) => {
    const from = order === "BGR" ? i - (i % 3) + 2 - (i % 3) : i;
    return round(low + round(round(high - low) * round((pixels[from] as number) / 255)));
  });
}
