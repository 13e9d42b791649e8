import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { Kernel } from "../kernel";
import { DetectionStep } from "./detection";
import { rankByBox } from "./fast";
import { rankByClass } from "./regular";

/**
 * TFLite_Detection_PostProcess. Inputs: box encodings 1 × N × 4 or more, scores 1 × N × classes
 * (one more where the first stands for the background), anchors N × 4. Outputs, float32, for
 * as many detections as the options allow: boxes, classes, scores, and how many there are.
 */
export function prepareDetection(operation: Operation): Kernel | null {
  const kernel: DetectionStep = operation.flag(Option.REGULAR_NMS)
    ? new RegularDetection(operation)
    : new FastDetection(operation);
  return kernel.isReady ? kernel : null;
}

class RegularDetection extends DetectionStep {
  rank(): i32 {
    return rankByClass(this);
  }
}

class FastDetection extends DetectionStep {
  rank(): i32 {
    return rankByBox(this);
  }
}
