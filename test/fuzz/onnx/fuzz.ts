/**
 * Mutates ONNX models and imports each: `npm run fuzz:onnx -- --count 100000`. Each must be imported or
 * give a typed error. `--only INDEX` repeats one mutant of a seed.
 */
import { runTrial } from "../judged.ts";
import { ONNX } from "./trial.ts";

const what = "import mutated ONNX models; each must become a .tflite or give a typed error";
await runTrial("fuzz:onnx", what, ONNX);
