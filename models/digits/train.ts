// Trains the classifier, quantizes it twice and writes both models beside this file: `npm run train`.
import { writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { buildModel } from "../../host/tflite/builder.ts";
import { SIDE, splitDigits } from "./data/digits.ts";
import { Random } from "./data/random.ts";
import { modelOf } from "./model.ts";
import { quantizeLayers } from "./quantize/quantize.ts";
import { INT8, UINT8 } from "./quantize/scheme.ts";
import { accuracy, fit } from "./training/fit.ts";
import { registerGradientKernels } from "./training/kernels.ts";
import { layersOf } from "./training/layers.ts";
import { buildNetwork } from "./training/network.ts";

const SEED = 1;
const SCHEDULE = { epochs: 30, batch: 32, rate: 0.003 };
const CALIBRATION = 1000; // digits

await tf.setBackend("wasm");
registerGradientKernels();

const { training, validation, test } = splitDigits();
const network = buildNetwork(SEED);
fit(network, training, SCHEDULE, new Random(SEED), (epoch, loss) => {
  const right = percent(accuracy(network, validation));
  console.log(
    `epoch ${epoch + 1}/${SCHEDULE.epochs}: loss ${loss.toFixed(4)}, validation ${right}`,
  );
});
console.log(`float, on the digits never trained on: ${percent(accuracy(network, test))}`);

const layers = layersOf(network, training.slice(0, CALIBRATION));
for (const scheme of [UINT8, INT8]) {
  const file = buildModel(modelOf(quantizeLayers(layers, scheme), { ...scheme, side: SIDE }));
  const name = `digits_${scheme.type}.tflite`;
  writeFileSync(new URL(name, import.meta.url), file);
  console.log(`${name}: ${file.length} bytes`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
