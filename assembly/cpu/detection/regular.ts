import { isLate } from "../clock";
import { DetectionStep } from "./detection";

/**
 * The regular way: boxes are suppressed for each class on its own, and the best of all classes
 * are kept. Returns the number of detections.
 */
export function rankByClass(detection: DetectionStep): i32 {
  const suppression = detection.suppression;
  const ranking = detection.ranking;
  ranking.count = 0;
  for (let label = 0; label < detection.classes; label++) {
    for (let box = 0; box < detection.boxes; box++) {
      store<f32>(suppression.scores + ((box as usize) << 2), detection.score(box, label));
    }
    suppression.run(detection.corners, detection.perClass);
    if (isLate(detection.boxes)) return 0;
    for (let i = 0; i < suppression.count && !isLate(ranking.count); i++) {
      const box = load<u32>(suppression.selected + ((i as usize) << 2));
      ranking.insert(box, label, detection.score(box, label));
    }
  }
  for (let i = 0; i < ranking.count; i++) detection.put(i, ranking.box(i), ranking.label(i));
  return ranking.count;
}
