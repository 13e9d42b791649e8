/**
 * What a generation of NN cores does in its own way, one file each: numbers alone. Portable
 * AssemblyScript: scripts/c-headers.mjs makes the C verifier's table from them.
 */
export abstract class Generation {
  /** Added to every input byte before it is multiplied. */
  inputBias: i32 = 0;
  /** Bits of the requantization multiplier below its leading one. */
  fractionBits: u32 = 15;
  /** Added to the descriptor's shift where that counts from the multiplier's leading one. */
  shiftBase: u32 = 0;
  /** The open driver sets both signs of word 18 if either offset is below 0; otherwise none. */
  flagsBorders: bool = false;

  // What the open driver keeps to in tiles (tiling.ts).

  /** Rows of the highest tile. */
  highestTile: i32 = 127;
  /** Rows of a tile that share one line of the buffers, if with its border it is at most 18 pixels wide. */
  narrowRows: i32 = 0;
  /** The same if it is at most 36 pixels wide. */
  wideRows: i32 = 0;
  /** A kernel takes whole groups of so many accumulators; 0: a part of a line that other kernels share. */
  accumulatorGroup: i32 = 0;
  /** Thirds of the accumulators' lines that kernels of a single column take at most; 0: no such limit. */
  columnThirds: i32 = 0;
  /** The same for wider kernels. */
  kernelThirds: i32 = 0;

  constructor(public architecture: u32) {}
}
