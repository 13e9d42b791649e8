import { dropKernels } from "../nn/resident-kernels";
import { Buffer } from "./buffers";

/**
 * The core's own SRAM and the one on its bus, where they hold tensors: buffers at addresses that a
 * loader chooses. Kernels are cached in the former, at places from its start on.
 */

export enum Sram {
  VIP = 0,
  AXI = 1,
}

const places: StaticArray<Buffer> = [new Buffer(0, 0, 0), new Buffer(0, 0, 0)];

/** None of either. */
export function forgetSram(): void {
  for (let i = 0; i < places.length; i++) placeSram(i, 0, 0);
}

export function placeSram(kind: i32, address: u32, bytes: u32): void {
  places[kind].address = address;
  places[kind].bytes = bytes;
}

/** Where it lies; 0 bytes of one that holds no tensors. */
export function sram(kind: i32): Buffer {
  return places[kind];
}

/** Of the kernels that are cached, those go that bytes of the SRAM from `first` on are written over. */
export function dropOverwrittenKernels(first: u64, end: u64): void {
  const own = places[Sram.VIP];
  if (own.bytes == 0 || first >= own.end || end <= <u64>own.address) return;
  const start = max(first, <u64>own.address) - own.address;
  dropKernels(<u32>start, <u32>(min(end, own.end) - own.address));
}
