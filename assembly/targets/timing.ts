/**
 * The performance model's numbers (docs/performance-model.md), which the compiler chooses by and the host
 * estimates with: portable AssemblyScript that TypeScript reads too.
 */

/** Accumulators of one NN core that a weight is added to at once. */
export const PIXELS_PER_ROUND: u32 = 64;

// The three numbers that nobody has published: fitted by `npm run fit`, which prints them anew.

/** Cycles that an NN core takes to add one weight's products to 64 pixels. */
export const CYCLES_PER_ROUND: f64 = 2;
/** What of the memory's bandwidth the NPU gets. */
export const GIGABYTES_PER_SECOND: f64 = 10.5;
/** To start a job, and to end it. */
export const START_MILLISECONDS: f64 = 0.04;

/** The NPU's highest clock as the chips' makers state it: i.MX 8M Plus and A311D. Assumed for all others. */
export function megahertzOf(customer: u32): u32 {
  return customer == 0x9f ? 1000 : 800;
}

/** Image rows that share one line of the NN unit's buffers, by the width of a tile. */
export function rowsOfLine(tileX: u32): u32 {
  return tileX <= 8 ? 8 : tileX <= 16 ? 4 : tileX <= 32 ? 2 : 1;
}
