import { Words } from "../fields/field";
import * as tp from "../fields/tp";
import { Pooling, TpJob } from "../lower/jobs";
import { LookupTable } from "../plan/table";
import { Settings } from "../settings";

// The end of a circular buffer that is not used.
const NO_CIRCULAR_BUFFER = 0x03ffffff;

const TO_NEAREST = 1;

/** The type of signed bytes, which have no zero points. */
const SIGNED = 2;

/** The TP unit's descriptor, all but its addresses. */
export function encodeTp(job: TpJob, settings: Settings): Words {
  const words = new Words(tp.TP, job.operator, settings.compatMesa);
  setImage(words, job);
  setTiles(words, job);
  setFlags(words, job);
  setLoops(words, job);
  words.set(tp.FLAT_ROUNDING, TO_NEAREST);
  words.set(tp.INTEGER_ROUNDING, TO_NEAREST);
  words.set(tp.REORDER, job.reorder);
  words.set(tp.IN_CIRCULAR_END, NO_CIRCULAR_BUFFER);
  words.set(tp.OUT_CIRCULAR_END, NO_CIRCULAR_BUFFER);
  words.set(tp.IN_ZERO, job.zero ^ job.flip);
  words.set(tp.OUT_ZERO, job.outputZero ^ job.flip);
  words.set(tp.IN_TYPE, job.isSigned ? SIGNED : 0);
  words.set(tp.OUT_TYPE, job.isSigned ? SIGNED : 0);
  if (job.pooling != Pooling.NONE) setPooling(words, job.pooling);
  const table = job.table;
  if (table != null) setTable(words, table);
  return words;
}

function setImage(words: Words, job: TpJob): void {
  words.set(tp.IN_X, job.sizeX);
  words.set(tp.IN_Y, job.sizeY);
  words.set(tp.IN_Z, job.sizeZ);
  words.set(tp.ROW_PITCH, job.rowPitch);
  words.set(tp.PLANE_PITCH, job.planePitch);
  words.set(tp.IN_GLOBAL, 1);
  words.set(tp.OUT_GLOBAL, 1);
}

function setTiles(words: Words, job: TpJob): void {
  words.set(tp.WINDOW_X_FIRST, job.windowX0);
  words.set(tp.WINDOW_Y_FIRST, job.windowY0);
  words.set(tp.WINDOW_X_LAST, job.windowX1);
  words.set(tp.WINDOW_Y_LAST, job.windowY1);
  words.set(tp.TILE_X, job.tileX);
  words.set(tp.TILE_Y, job.tileY);
  words.set(tp.TILE_X_STEP, job.stepX);
  words.set(tp.TILE_Y_STEP, job.stepY);
}

/** Cores that others follow do not flush; each of them closes its own list of jobs, though. */
function setFlags(words: Words, job: TpJob): void {
  words.set(tp.TO_FLOAT, 1);
  words.set(tp.TO_INTEGER, 1);
  words.set(tp.RESET_1, job.reset1);
  words.set(tp.RESET_2, job.reset2);
  words.set(tp.RESET_3, job.reset3);
  words.set(tp.NO_FLUSH, job.core < job.cores - 1);
  words.set(tp.LAST, 1);
}

function setLoops(words: Words, job: TpJob): void {
  for (let i = 0; i < tp.INCREMENTS.length; i++) words.set(tp.INCREMENTS[i], job.increments[i]);
  for (let i = 0; i < tp.COUNTS.length; i++) words.set(tp.COUNTS[i], job.counts[i]);
}

/** Over pairs of columns and rows, of which those outside the image never win. */
function setPooling(words: Words, pooling: Pooling): void {
  words.set(tp.COLUMN_POOLING, pooling);
  words.set(tp.COLUMN_NEIGHBOURS, 1);
  words.set(tp.ROW_POOLING, pooling);
  words.set(tp.ROW_NEIGHBOURS, 1);
  words.set(tp.BORDER_MODE, 1);
  // The vendor sets it, though there is no table.
  words.set(tp.TABLE_GLOBAL, 1);
}

/** The factor after the table, as a float32 rounded to 15 bits of mantissa. */
function setTable(words: Words, table: LookupTable): void {
  let bits = reinterpret<u32>(table.factor);
  if ((bits & 0x80) != 0 && (bits & 0x17f) != 0) bits += 0x100;
  words.set(tp.TABLE_ENABLE, 1);
  words.set(tp.TABLE_LOAD, 1);
  words.set(tp.TABLE_GLOBAL, 1);
  words.set(tp.TABLE_SIGNED, 1);
  words.set(tp.SHIFT, 127 - ((bits >> 23) as i32));
  words.set(tp.MULTIPLIER, (bits >> 8) & 0x7fff);
}
