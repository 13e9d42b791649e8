import type { Result } from "../result.ts";
import { COCO_80, COCO_90 } from "./coco.ts";
import { CITYSCAPES_19, PASCAL_21 } from "./scenes.ts";

/** Lists of names for networks of so many classes. */
const DETECTION_NAMES = new Map([
  [80, COCO_80],
  [90, COCO_90],
]);
const MASK_NAMES = new Map([
  [21, PASCAL_21],
  [19, CITYSCAPES_19],
]);

/** Networks that give COCO's 17 points of a body know one class, the person. */
const BODY_POINTS = 17;

/**
 * The name of a class of a result: of the given labels, else of a known list where the count fits, else
 * its number. Detections whose count of classes is unknown are taken for COCO's, which is what networks
 * with TFLite_Detection_PostProcess are trained on, and Mask values of unknown count for Pascal's.
 */
export function classNamer(result: Result, labels?: readonly string[]): (index: number) => string {
  const list = labels ?? knownNames(result);
  return (index) => list?.[index] || `class ${index}`;
}

function knownNames(result: Result): readonly string[] | undefined {
  if (result.kind === "detections") {
    const isPerson = result.detections.some(({ points }) => points?.length === BODY_POINTS);
    return isPerson ? COCO_80 : DETECTION_NAMES.get(result.classes ?? 90);
  }
  if (result.kind !== "mask") return undefined;
  if (result.classes !== undefined) return MASK_NAMES.get(result.classes);
  return result.values.every((value) => value < PASCAL_21.length) ? PASCAL_21 : undefined;
}
