import { Core } from "../../targets/cores";

/** Of bias and offset, and of the runs that they end: 12 to 13 in streams of 32 to 512 channels. */
const TOKENS_BESIDE: i32 = 12;

/**
 * Tokens of a depthwise kernel that is spelled out as a full one, of which the core takes one a round: each of its
 * taps is one, and so is every run of zeros.
 */
export function tokensOfDense(taps: i32, all: i32, core: Core): i32 {
  return min(all, taps + (all - taps) / (1 << core.zeroRunBits) + TOKENS_BESIDE);
}
