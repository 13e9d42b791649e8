import { decimal, hex, phrase } from "../../diagnostics/text";
import { Core } from "../../targets/cores";
import { refuse } from "../descriptor";
import * as field from "./fields";
import { Generation } from "./generations/generation";
import { NnJob } from "./job";
import { KERNEL_START, LEAST_KERNEL_END, PATTERNS, REGION_UNIT } from "./sram";

/**
 * The regions of the core's SRAM that keep kernels, and a tile of the image where there is more than
 * one superblock. Caching changes no result.
 *
 * ```
 *  0        0x800             kernel end         image end     SRAM
 *  ┌────────┬─────────────────┬──────────────────┬─────────────┐
 *  │ image, │ kernels         │ image, else      │             │
 *  │ if < 0x800               │                  │             │
 *  └────────┴─────────────────┴──────────────────┴─────────────┘
 * ```
 *
 * Where both do not fit, kernels are cached in part, by a pattern that goes by their number. v8 has
 * the same words, though its caching is switched off.
 */

const FULL: u32 = 1;
const PARTIAL: u32 = 2;

export function checkCaching(job: NnJob, core: Core, generation: Generation): bool {
  const isPartial =
    (field.patternTop.value | field.patternLow.value | field.patternHigh.value) != 0;
  if (isPartial && !hasPatternOf(job.outputChannels)) {
    return refuse(field.patternLow, "the pattern for as many kernels");
  }
  const mode = isPartial ? PARTIAL : FULL;
  if (generation.caches && field.kernelCaching.value != mode) {
    return refuse(field.kernelCaching, phrase(decimal(mode), " with this kernel pattern"));
  }
  const isInside = isPartial ? checkPartial(job, core) : checkFull(core);
  return isInside && checkImage(core, generation);
}

function hasPatternOf(kernels: u32): bool {
  let i = 0;
  while (kernels < PATTERNS[i].from) i++;
  const pattern = PATTERNS[i];
  return (
    field.patternTop.value == pattern.top &&
    field.patternLow.value == pattern.low &&
    field.patternHigh.value == pattern.high
  );
}

function checkFull(core: Core): bool {
  const end = field.kernelCacheEnd;
  const most = max(core.sramBytes, LEAST_KERNEL_END);
  if (end.value % REGION_UNIT != 0) return refuse(end, "a multiple of 128");
  if (end.value >= LEAST_KERNEL_END && end.value <= most) return true;
  return refuse(end, phrase("from 0xa00 to ", hex(most)));
}

/** Kernels get what the image leaves; all of the SRAM if they do not fit alone; if it does not, 0. */
function checkPartial(job: NnJob, core: Core): bool {
  const image = imageBytes(job);
  const rest = image > core.sramBytes ? 0 : core.sramBytes - image;
  const end = field.kernelCacheEnd;
  if (end.value == core.sramBytes || end.value == rest) return true;
  return refuse(end, phrase(hex(core.sramBytes), " or ", hex(rest)));
}

/** Bytes of the image for a tile, as drivers count them: its rows go by the kernel's width. */
function imageBytes(job: NnJob): u32 {
  const border = job.kernelWidth - 1;
  const area = (field.tileX.value + border) * (field.tileY.value + border);
  return (((area + 15) & ~15) * job.inputChannels + 127) & ~127;
}

/** The image follows the kernels where it is large, else lies before them; it does, too, if it has none. */
function checkImage(core: Core, generation: Generation): bool {
  const start = field.imageCacheStart;
  const end = field.imageCacheEnd;
  if (start.value == 0 && end.value == KERNEL_START) return true;
  if (generation.caches && field.imageCaching.value == 0) {
    return start.value == 0
      ? refuse(end, "0x800 without caching")
      : refuse(start, "0 without caching");
  }
  if (start.value != field.kernelCacheEnd.value) return refuse(start, "0 or the kernels' end");
  if (end.value > start.value && end.value <= core.sramBytes) return true;
  return refuse(end, phrase("behind its start, up to ", hex(core.sramBytes)));
}
