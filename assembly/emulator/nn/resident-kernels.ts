/**
 * Kernels that the jobs of a submission have left in the core's SRAM, for later ones to take from
 * there. What is written into their region, as kernels, image or tensor, drops them.
 */

/** More than the vendor's compiler keeps at a time; the oldest are forgotten first. */
const MOST = 8;

/** By place: the region, from the start of the SRAM; empty where nothing is kept. */
const starts = new StaticArray<u32>(MOST);
const ends = new StaticArray<u32>(MOST);
/** Address of the coefficients that they were. */
const coefficients = new StaticArray<u64>(MOST);
let next = 0;

/** A submission begins: what another one has left is not known. */
export function forgetKernels(): void {
  for (let i = 0; i < MOST; i++) ends[i] = 0;
}

export function cacheKernels(start: u32, end: u32, address: u64): void {
  starts[next] = start;
  ends[next] = end;
  coefficients[next] = address;
  next = (next + 1) % MOST;
}

/** Something is written from `start` up to, not with, `end`. */
export function dropKernels(start: u32, end: u32): void {
  for (let i = 0; i < MOST; i++) {
    if (starts[i] < end && start < ends[i]) ends[i] = 0;
  }
}

export function hasKernels(start: u32, end: u32, address: u64): bool {
  for (let i = 0; i < MOST; i++) {
    if (ends[i] != 0 && starts[i] == start && ends[i] == end && coefficients[i] == address) {
      return true;
    }
  }
  return false;
}
