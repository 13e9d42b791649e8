import { hex, phrase } from "../../diagnostics/text";
import { Core } from "../../targets/cores";
import { refuse } from "../descriptor";
import { Field } from "../layout";
import { Sram, sram } from "../memory/sram";
import { mark } from "../memory/written";
import * as field from "./fields";
import { NnJob } from "./job";
import { cacheKernels, dropKernels, hasKernels } from "./resident-kernels";
import { LEAST_END, LEAST_START, LOW_BITS, REGION_UNIT } from "./sram";

/**
 * The regions of the core's SRAM that a job keeps its kernels in, as a whole or by a pattern in
 * part, and a tile of the image. Caching changes no result, as long as the regions lie in the SRAM
 * and a job that takes its kernels from there follows one that has left the same ones.
 *
 * The open driver writes regions that small SRAMs do not hold, and a core of v8 may do so with
 * caching switched off.
 */

const FULL: u32 = 1;
const PARTIAL: u32 = 2;

export function checkCaching(core: Core): bool {
  const pattern = field.patternTop.value | field.patternLow.value | field.patternHigh.value;
  const mode = field.kernelCaching.value;
  if (mode == FULL && pattern != 0) return refuse(field.patternLow, "0 with all kernels cached");
  if (mode == PARTIAL && pattern == 0) return refuse(field.patternLow, "a pattern of kernels");
  return (
    isPlace(field.kernelCacheStart, core, LEAST_START) &&
    isPlace(field.kernelCacheEnd, core, LEAST_END) &&
    isPlace(field.imageCacheStart, core, LEAST_END) &&
    isPlace(field.imageCacheEnd, core, LEAST_END) &&
    isInside(field.otherCacheStart, core, LOW_BITS) &&
    isInside(field.otherCacheEnd, core, LOW_BITS) &&
    (core.sramBytes < LEAST_END || areApart())
  );
}

/** Regions that are used end after their start, and share nothing. Small SRAMs have none. */
function areApart(): bool {
  const mode = field.kernelCaching.value;
  // The open driver has no region for kernels that are cached in part beside too large an image.
  const kernels = mode == FULL || (mode == PARTIAL && field.kernelCacheEnd.value != 0);
  const image = field.imageCaching.value != 0;
  const kernelEnd = field.kernelCacheEnd.value;
  const imageStart = field.imageCacheStart.value;
  if (kernels && kernelEnd <= field.kernelCacheStart.value) {
    return refuse(field.kernelCacheEnd, "a place behind the kernels' start");
  }
  if (image && field.imageCacheEnd.value <= imageStart) {
    return refuse(field.imageCacheEnd, "a place behind the image's start");
  }
  const isApart =
    imageStart >= kernelEnd || field.imageCacheEnd.value <= field.kernelCacheStart.value;
  if (!kernels || !image || isApart) return true;
  return refuse(field.imageCacheStart, "a place outside the kernels' region");
}

function isPlace(place: Field, core: Core, least: u32): bool {
  if (place.value % REGION_UNIT != 0) return refuse(place, "a multiple of 64");
  return place.value <= least || isInside(place, core, 0);
}

function isInside(place: Field, core: Core, ignored: u32): bool {
  if ((place.value & ~ignored) <= core.sramBytes) return true;
  return refuse(place, phrase("up to ", hex(core.sramBytes)));
}

/** Takes the kernels from the SRAM or leaves them there; false where those to take are not there. */
export function useCaches(job: NnJob): bool {
  const start = field.kernelCacheStart.value;
  const end = field.kernelCacheEnd.value;
  if (field.imageCaching.value != 0) {
    fill(field.imageCacheStart.value, field.imageCacheEnd.value);
  }
  if (field.fromCache.value == 1) {
    if (field.kernelCaching.value != 0) return refuse(field.kernelCaching, "0 for cached kernels");
    const expected = "0, as no job before has left these kernels there";
    return hasKernels(start, end, job.coefficients) || refuse(field.fromCache, expected);
  }
  if (field.kernelCaching.value != 0) fill(start, end);
  if (field.kernelCaching.value == FULL) cacheKernels(start, end, job.coefficients);
  return true;
}

/** A region is filled from its start up to, not with, its end: kernels and tensors there are lost. */
function fill(start: u32, end: u32): void {
  dropKernels(start, end);
  const own = sram(Sram.VIP);
  if (end > start && end <= own.bytes) mark(<u64>own.address + start, end - start, false);
}
