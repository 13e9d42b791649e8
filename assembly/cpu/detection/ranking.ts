import { takeMemory } from "../memory";

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
    let rank = this.count;
    while (rank > 0 && load<f32>(this.at(rank - 1)) < score) rank--;
    if (rank == this.most) return;
    if (this.count < this.most) this.count++;
    const behind = (this.count - rank - 1) as usize;
    memory.copy(this.at(rank + 1), this.at(rank), behind * RECORD_BYTES);
    store<f32>(this.at(rank), score);
    store<i32>(this.at(rank), box, 4);
    store<i32>(this.at(rank), label, 8);
  }

  private at(i: i32): usize {
    return this.pointer + (i as usize) * RECORD_BYTES;
  }
}

const RECORD_BYTES: usize = 12;
