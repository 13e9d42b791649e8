import { isLate } from "../clock";
import { takeMemory } from "../memory";
import { Detection } from "./detection";

/**
 * The regular way: boxes are suppressed for each class on its own, and the best of all classes
 * are told. Gives the number of detections.
 */
export function rankByClass(detection: Detection): i32 {
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

/**
 * The best so far, the highest score first, of equal ones the earlier:
 *
 *    │ score f32 │ box u32 │ class u32 │
 */
export class Ranking {
  pointer: usize;
  count: i32 = 0;

  constructor(private most: i32) {
    this.pointer = takeMemory((most as u64) * (RECORD_BYTES as u64));
  }

  box(i: i32): i32 {
    return load<i32>(this.at(i), 4);
  }

  label(i: i32): i32 {
    return load<i32>(this.at(i), 8);
  }

  insert(box: i32, label: i32, score: f32): void {
    let place = this.count;
    while (place > 0 && load<f32>(this.at(place - 1)) < score) place--;
    if (place == this.most) return;
    if (this.count < this.most) this.count++;
    const behind = (this.count - place - 1) as usize;
    memory.copy(this.at(place + 1), this.at(place), behind * RECORD_BYTES);
    store<f32>(this.at(place), score);
    store<i32>(this.at(place), box, 4);
    store<i32>(this.at(place), label, 8);
  }

  private at(i: i32): usize {
    return this.pointer + (i as usize) * RECORD_BYTES;
  }
}

const RECORD_BYTES: usize = 12;
