import { Scratch } from "../memory/scratch";
import { TpJob } from "./job";

/** Maxima of 2 x 2 pixels, of which those outside the image never win. */

const line = new Scratch();

/**
 * Pools rows y and y + 1 of a slice, from column x on over `count` columns; `first` points to
 * element (y, x), which may lie outside. Gives the pointer to the maxima, 0 where memory is short.
 */
export function poolRow(job: TpJob, first: i64, y: i32, x: i32, count: i32): usize {
  const pooled = job.emitted(count);
  if (!line.reserve(pooled)) return 0;
  // Every pair has a pixel inside: one that does not is replaced by its partner.
  const upper = y >= 0 ? first : first + job.stride;
  const lower = y + 1 < job.height ? first + job.stride : first;
  for (let i = 0; i < pooled; i++) {
    const at = i * job.poolStep;
    const left = x + at >= 0 ? at : at + 1;
    const right = x + at + 1 < job.width ? at + 1 : at;
    const high = greater(job, upper, left, right);
    const low = greater(job, lower, left, right);
    store<u8>(line.pointer + i, winner(job, high, low));
  }
  return line.pointer;
}

function greater(job: TpJob, row: i64, left: i32, right: i32): u8 {
  return winner(job, load<u8>(<usize>row + left), load<u8>(<usize>row + right));
}

function winner(job: TpJob, a: u8, b: u8): u8 {
  return job.inputIsSigned ? <u8>max<i8>(<i8>a, <i8>b) : max(a, b);
}
