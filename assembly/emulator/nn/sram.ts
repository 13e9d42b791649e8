/**
 * The regions of a core's SRAM that descriptors tell (caching.ts draws them). Portable
 * AssemblyScript, which scripts/c-headers.mjs reads, too.
 */

export const KERNEL_START: u32 = 0x800;
/** The least end of kernels that are cached as a whole. */
export const LEAST_KERNEL_END: u32 = 0xa00;
export const REGION_UNIT: u32 = 128;

/** Which kernels are cached where there is no room for all: bits 69:64, 31:0 and 63:32. */
export class Pattern {
  constructor(
    /** The least number of kernels that it is for. */
    public from: u32,
    public top: u32,
    public low: u32,
    public high: u32,
  ) {}
}

export const PATTERNS: Pattern[] = [
  new Pattern(1024, 0x13, 0x00080000, 0x00000000),
  new Pattern(512, 0x3d, 0x00000000, 0x2aaaaaa0),
  new Pattern(256, 0x3e, 0xffffaaaa, 0x7fffffff),
  new Pattern(160, 0x06, 0x0000007e, 0x00000000),
  new Pattern(1, 0x3f, 0xfffffffe, 0xffffffff),
];
