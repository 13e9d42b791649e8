/**
 * Places in a core's SRAM that descriptors tell. Portable AssemblyScript, which
 * scripts/c-headers.mjs reads, too.
 */

export const REGION_UNIT: u32 = 64;
/** Where the open driver lets kernels begin and end at least, whatever the SRAM holds. */
export const LEAST_START: u32 = 0x800;
export const LEAST_END: u32 = 0xa00;
/** Bits without a known meaning below a place. */
export const LOW_BITS: u32 = 15;
