import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readShared, SHARED } from "./shared.ts";

const DIGITS = fileURLToPath(new URL("../../models/digits", import.meta.url));
const SHARED_NAMES = [
  "mobilenet_v1_0.25_128_quant",
  "mobilenet_v1_1.0_224_quant",
  "mobilenet_v2_1.0_224_quant",
  "ssdlite_mobiledet_coco_qat_postprocess",
  "yolox",
  "deeplabv3_mnv2_dm05_pascal_quant",
  "ad01_int8",
  "kws_ref_model_int8",
  "mlperf_tiny_resnet8_int8",
  "tf2_mobilenet_v2_1.0_224_ptq",
  "vww_96_int8",
];

/** Whole networks by name: the digits, and those in the shared data where they are there. */
export const MODELS: Record<string, () => Uint8Array> = {
  digits: () => new Uint8Array(readFileSync(join(DIGITS, "digits_uint8.tflite"))),
  "digits, int8": () => new Uint8Array(readFileSync(join(DIGITS, "digits_int8.tflite"))),
};
if (existsSync(SHARED)) {
  for (const name of SHARED_NAMES) MODELS[name] = () => readShared(`models/${name}.tflite`);
}
