import { IMAGENET_1000 } from "./imagenet.ts";

const CLASSIFIER_NAMES = new Map([
  [1000, IMAGENET_1000],
  // Networks of TensorFlow have a background class before them.
  [1001, ["background", ...IMAGENET_1000]],
]);

/** Names of a classifier's classes, where so many are known: ImageNet's. */
export function classifierNames(classes: number): readonly string[] | undefined {
  return CLASSIFIER_NAMES.get(classes);
}
