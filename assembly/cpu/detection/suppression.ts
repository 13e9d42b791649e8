import { isLate } from "../clock";
import { takeMemory } from "../memory";
import { BOX_BYTES, overlap } from "./boxes";
import { sortByValue } from "./order";

/**
 * Non-maximum suppression for the scores of one class: boxes from the highest score on, but
 * none that overlaps too much with one taken before.
 */
export class Suppression {
  /** By box: the score that it is judged by, float32. */
  scores: usize;
  /** The boxes taken, u32, the highest score first. */
  selected: usize;
  count: i32 = 0;
  private candidates: usize;
  private spare: usize;

  constructor(
    private boxes: i32,
    private scoreThreshold: f32,
    private overlapThreshold: f32,
  ) {
    const bytes = (boxes as u64) << 2;
    this.scores = takeMemory(bytes);
    this.selected = takeMemory(bytes);
    this.candidates = takeMemory(bytes);
    this.spare = takeMemory(bytes);
  }

  /** False with a failure recorded where the memory does not suffice. */
  get isReady(): bool {
    return this.scores != 0 && this.selected != 0 && this.candidates != 0 && this.spare != 0;
  }

  /** Selects at most `most` of the boxes at `corners`. */
  run(corners: usize, most: i32): void {
    const candidates = this.collect();
    sortByValue(this.candidates, candidates, this.scores, this.spare);
    this.count = 0;
    for (let i = 0; i < candidates && this.count < most; i++) {
      const box = load<u32>(this.candidates + ((i as usize) << 2));
      if (!this.isTaken(corners, box)) this.take(box);
      if (isLate(this.count)) return;
    }
  }

  /** Gives the number of boxes whose score reaches the threshold. */
  private collect(): i32 {
    let count = 0;
    for (let box = 0; box < this.boxes; box++) {
      if (!(load<f32>(this.scores + ((box as usize) << 2)) >= this.scoreThreshold)) continue;
      store<u32>(this.candidates + ((count as usize) << 2), box);
      count++;
    }
    return count;
  }

  /** Whether a box taken before stands where this one does. */
  private isTaken(corners: usize, box: u32): bool {
    const here = corners + (box as usize) * BOX_BYTES;
    for (let i = 0; i < this.count; i++) {
      const other = load<u32>(this.selected + ((i as usize) << 2));
      const there = corners + (other as usize) * BOX_BYTES;
      if (overlap(there, here) > this.overlapThreshold) return true;
    }
    return false;
  }

  private take(box: u32): void {
    store<u32>(this.selected + ((this.count as usize) << 2), box);
    this.count++;
  }
}
