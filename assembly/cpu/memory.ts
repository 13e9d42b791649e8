import { Code, LocationKind } from "../diagnostics/codes";
import { fail } from "../diagnostics/failure";

/** Behind every block; vector loads may run past the end of a tensor. */
const SLACK: usize = 64;
const LARGEST: u64 = 1 << 30;

/** Zero-filled memory, for as long as the instance lives; 0 where there is none. */
export function takeMemory(bytes: u64): usize {
  return hasMemory(bytes) ? heap.alloc((bytes as usize) + SLACK) : 0;
}

/** Whether there is so much memory, which is grown for it; a failure is recorded where there is not. */
export function hasMemory(bytes: u64): bool {
  if (bytes <= LARGEST && growFor((bytes as usize) + SLACK)) return true;
  const wanted = `${bytes} bytes for the CPU's kernels`;
  return fail(Code.OUT_OF_MEMORY, LocationKind.NONE, 0, wanted, "their memory used up");
}

/** Grows the memory in advance, because the runtime traps if it cannot grow it itself. */
function growFor(bytes: usize): bool {
  const probe = heap.alloc(16);
  const end: u64 = (probe as u64) + (bytes as u64) + 64;
  heap.free(probe);
  const present = (memory.size() as u64) << 16;
  if (end <= present) return true;
  return memory.grow(((end - present + 0xffff) >> 16) as i32) >= 0;
}

/**
 * Working memory that all kernels share: while they are prepared each says how much it needs,
 * and `sealScratch` then takes the most that any of them does.
 */
let scratchBytes: u64 = 0;
let scratchPointer: usize = 0;

export function needScratch(bytes: u64): void {
  scratchBytes = max(scratchBytes, bytes);
}

export function sealScratch(): bool {
  scratchPointer = takeMemory(scratchBytes);
  return scratchPointer != 0;
}

/** Content undefined; aligned to 16 bytes. */
export function scratch(): usize {
  return scratchPointer;
}
