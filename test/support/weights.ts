import { compile } from "../../host/index.ts";
import { convolutionWeights } from "./layer-model.ts";
import { recordingNames } from "./recordings.ts";
import { readShared } from "./shared.ts";

/** Bytes that the weights of one layer, or of all convolutions of a network, take. */
export interface LayerWeights {
  name: string;
  /** As the model has them. */
  weights: number;
  /** For an ideal coder that sees each weight on its own; biases are not counted. */
  entropy: number;
  /** Coefficient buffers of the recording, and those that nolfet writes by default. */
  mesa: number;
  nolfet: number;
}

/** The recordings that consist of convolutions: single layers, and MobileNetV1. */
export async function measureLayers(core: string): Promise<LayerWeights[]> {
  const layers: LayerWeights[] = [];
  for (const name of recordingNames(`conformance/${core}`)) {
    const mesa = recordedBytes(core, name);
    if (mesa === 0) continue;
    const model = readShared(modelPath(name));
    const { report } = await compile(model, { target: core });
    if (report.operators[0]?.placement === "CPU" || name.startsWith("ssdlite")) continue;
    layers.push({
      name,
      weights: report.weights.modelBytes,
      entropy: convolutionWeights(model).reduce((sum, bytes) => sum + entropyBytes(bytes), 0),
      mesa,
      nolfet: report.weights.coefficientBytes,
    });
  }
  return layers;
}

export function totalOf(layers: LayerWeights[]): LayerWeights {
  const sum = (key: "weights" | "entropy" | "mesa" | "nolfet") =>
    layers.reduce((total, layer) => total + layer[key], 0);
  return {
    name: "total",
    weights: sum("weights"),
    entropy: sum("entropy"),
    mesa: sum("mesa"),
    nolfet: sum("nolfet"),
  };
}

function modelPath(name: string): string {
  return `models/${/^(mb|mobiledet)-\d/.test(name) ? "layers/" : ""}${name}.tflite`;
}

function recordedBytes(core: string, name: string): number {
  const json = new TextDecoder().decode(readShared(`conformance/${core}/${name}/jobs.json.gz`));
  const jobs: { coef_bytes?: number }[] = JSON.parse(json).submits.flatMap(
    (submission: { jobs: unknown[] }) => submission.jobs,
  );
  return jobs.reduce((sum, job) => sum + (job.coef_bytes ?? 0), 0);
}

function entropyBytes(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1;
  const bits = counts.reduce(
    (sum, count) => sum - (count > 0 ? count * Math.log2(count / bytes.length) : 0),
    0,
  );
  return bits / 8;
}
