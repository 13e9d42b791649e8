/**
 * What every core's buffers and SRAM are like. Portable AssemblyScript, from which
 * scripts/c-headers.mjs makes the C verifier's numbers, too.
 */

/** Pixels of the widest tile, which fill one line of the buffers. */
export const WIDEST_TILE: i32 = 64;
/** Widths of tiles, with their borders, up to which the open driver puts several rows into a line. */
export const NARROW_SPAN: i32 = 18;
export const WIDE_SPAN: i32 = 36;

/** Cached regions begin and end at multiples of this. */
export const REGION_UNIT: u32 = 64;
/** The open driver's kernels begin and end no lower than here, however small the SRAM is. */
export const LEAST_START: u32 = 0x800;
export const LEAST_END: u32 = 0xa00;
/** Lowest bits of the other region's addresses, of unknown meaning. */
export const LOW_BITS: u32 = 15;
