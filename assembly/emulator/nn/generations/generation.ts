/** What a generation of NN cores does in its own way: one file each. */
export abstract class Generation {
  /** Added to every input byte before it is multiplied. */
  inputBias: i32 = 0;
  /** Bits of the requantization multiplier below its leading one. */
  fractionBits: u32 = 15;
  /** Added to the descriptor's shift where that counts from the multiplier's leading one. */
  shiftBase: u32 = 0;
  /** Descriptors say how kernels and images are cached. */
  caches: bool = true;
  /** The open driver sets both signs of word 18 if either offset is below 0; otherwise none. */
  flagsBorders: bool = false;
  /** Rows of the highest tile. */
  highestTile: i32 = i32.MAX_VALUE;

  constructor(public architecture: u32) {}

  /** Rows that share one line of the buffers at most; `span` is the width that they need of it. */
  abstract rowsPerLine(span: i32): i32;

  /**
   * Kernels of a core in a superblock, for tiles of `width` × `height`: `sharing` rows share one
   * of the accumulators' `lines`.
   */
  abstract mostKernels(width: i32, height: i32, side: i32, sharing: i32, lines: i32): i32;
}
