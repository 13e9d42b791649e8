import { isLate } from "../clock";
import { DetectionStep } from "./detection";

/**
 * The fast way: boxes are suppressed once, judged by their best class, and each that is left
 * is listed with its best classes. Returns the number of boxes.
 */
export function rankByBox(detection: DetectionStep): i32 {
  const suppression = detection.suppression;
  for (let box = 0; box < detection.boxes; box++) {
    const best = detection.score(box, bestClass(detection, box, -1));
    store<f32>(suppression.scores + ((box as usize) << 2), best);
  }
  suppression.run(detection.corners, detection.most);
  for (let i = 0; i < suppression.count; i++) {
    const box = load<u32>(suppression.selected + ((i as usize) << 2));
    let label = -1;
    for (let j = 0; j < detection.classesPerBox; j++) {
      label = bestClass(detection, box, label);
      if (isLate(detection.classes)) return 0;
      detection.put(i * detection.classesPerBox + j, box, label);
    }
  }
  return suppression.count;
}

/**
 * The class with the highest score; after one that was told, the next. Of equal ones the first
 * goes before, where TFLite leaves their order to the sorting algorithm of its library.
 */
function bestClass(detection: DetectionStep, box: i32, told: i32): i32 {
  const limit: f32 = told < 0 ? Infinity : detection.score(box, told);
  let best = -1;
  for (let label = 0; label < detection.classes; label++) {
    const score = detection.score(box, label);
    const isLeft = told < 0 || score < limit || (score == limit && label > told);
    if (isLeft && (best < 0 || score > detection.score(box, best))) best = label;
  }
  return max(best, 0);
}
