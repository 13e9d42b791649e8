import { MoveJob, TableUse } from "../lower/jobs";

/**
 * The TP unit's descriptor: 31 words. Sizes and window bounds are 16-bit halves, two to a
 * word; the seven output loops have their increments and counts in words 14 to 23.
 *
 *   31              16  15               0
 *  ┌──────────────────┬──────────────────┐
 *  │                  │ x size           │   0
 *  │ z size           │ y size           │   1
 *  │                  │ row pitch        │   2
 *  │ plane pitch                         │   3
 *  │ window y first   │ window x first   │   4   signed
 *  │ window y last    │ window x last    │   5   signed
 *  │ function switches                   │   6
 *  │ tile y           │ tile x           │   8   and once more in 9: the step
 *  │ input address                       │  10
 *  │ flags                               │  12
 *  │ output address                      │  13
 *  └──────────────────┴──────────────────┘
 */
export const TP_WORDS = 31;
export const TP_INPUT_ADDRESS = 10;
export const TP_TABLE_ADDRESS = 11;
export const TP_OUTPUT_ADDRESS = 13;

// Word 6: the input lies in global memory; integer to float and back around the ALU.
const INPUT_GLOBAL = 1 << 3;
const TO_FLOAT = 1 << 4;
const TO_INTEGER = 1 << 29;
// The same for jobs with a table: look it up, load it, from global memory.
const TABLE = (1 << 27) | (1 << 30) | (1 << 31);

// Word 12.
const OUTPUT_GLOBAL = 1 << 1;
const RESET_LOOP_1 = 1 << 2;
const RESET_LOOP_2 = 1 << 3;
const RESET_LOOP_3 = 1 << 4;
const SIGNED_TABLE = 1 << 28;
const NO_FLUSH = 1 << 30;
const LAST = 1 << 31;

// Word 24: both rounding modes 1. Words 26 and 28: the end of a circular buffer that is not used.
const ROUNDING = 0x0a;
const NO_CIRCULAR_BUFFER = 0x03ffffff;

export function encodeMove(job: MoveJob): StaticArray<u32> {
  const words = new StaticArray<u32>(TP_WORDS);
  words[0] = job.sizeX;
  words[1] = halves(job.sizeY, job.sizeZ);
  words[2] = job.rowPitch;
  words[3] = job.planePitch;
  words[4] = halves(job.windowX0, job.windowY0);
  words[5] = halves(job.windowX1, job.windowY1);
  words[6] = INPUT_GLOBAL | TO_FLOAT | TO_INTEGER;
  words[8] = halves(job.tileX, job.tileY);
  words[9] = words[8];
  words[12] = flags(job);
  encodeLoops(job, words);
  words[24] = ROUNDING;
  words[26] = NO_CIRCULAR_BUFFER;
  words[28] = NO_CIRCULAR_BUFFER;
  words[29] = job.zero << 24;
  words[30] = job.outputZero;
  const table = job.table;
  if (table != null) encodeTableUse(table, words);
  return words;
}

/** Cores that others follow do not flush; each of them closes its own list of jobs, though. */
function flags(job: MoveJob): u32 {
  let word: u32 = OUTPUT_GLOBAL | LAST;
  if (job.reset1) word |= RESET_LOOP_1;
  if (job.reset2) word |= RESET_LOOP_2;
  if (job.reset3) word |= RESET_LOOP_3;
  if (job.core < job.cores - 1) word |= NO_FLUSH;
  return word;
}

/**
 * The factor behind the table, as a float32 rounded to 15 bits of mantissa:
 *
 *  Word 24                                 Word 30
 *   27 26  14    10  3   0                  22             8  7        0
 *  ┌──────┬────────┬───────┐               ┌────────────────┬───────────┐
 *  │ 6:5  │ shift  │ modes │               │ multiplier     │ zero point│
 *  │      │ 4:0    │       │               │                │           │
 *  └──────┴────────┴───────┘               └────────────────┴───────────┘
 */
function encodeTableUse(table: TableUse, words: StaticArray<u32>): void {
  let bits = reinterpret<u32>(table.factor);
  if ((bits & 0x80) != 0 && (bits & 0x17f) != 0) bits += 0x100;
  const shift = 127 - (bits >> 23);
  words[6] |= TABLE;
  words[12] |= SIGNED_TABLE;
  words[24] |= ((shift & 31) << 10) | (((shift >> 5) & 3) << 26);
  words[30] |= ((bits >> 8) & 0x7fff) << 8;
}

/**
 *  ┌───────────────────┬─────────────────────┐
 *  │ increments 0, 1   │ 14, 15              │
 *  │ counts 1 and 0    │ 16                  │
 *  │ increments 2, 3   │ 17, 18              │
 *  │ counts 3 and 2    │ 19                  │
 *  │ increments 4, 5   │ 20, 21              │
 *  │ counts 5 and 4    │ 22                  │
 *  │ increment 6       │ 23                  │
 *  └───────────────────┴─────────────────────┘
 */
function encodeLoops(job: MoveJob, words: StaticArray<u32>): void {
  for (let pair = 0; pair < 3; pair++) {
    const word = 14 + 3 * pair;
    words[word] = job.increments[2 * pair];
    words[word + 1] = job.increments[2 * pair + 1];
    words[word + 2] = halves(job.counts[2 * pair], job.counts[2 * pair + 1]);
  }
  words[23] = job.increments[6];
}

function halves(low: i32, high: i32): u32 {
  return (low & 0xffff) | (high << 16);
}
