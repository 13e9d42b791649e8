import { CoefficientDecoder } from "./coefficients/decoder";
import { HuffmanDecoder } from "./coefficients/huffman";
import { ZeroRunDecoder } from "./coefficients/zero_runs";

/** What the two generations of NN cores do differently. */
export class Generation {
  constructor(
    /** Reads their coefficients. */
    public decoder: CoefficientDecoder,
    /** Added to every input byte before it is multiplied. */
    public inputBias: i32,
    /** Bits of the requantization multiplier below its leading one. */
    public fractionBits: u32,
    /** Added to the descriptor's shift, which on v8 counts from the multiplier's leading one. */
    public shiftBase: u32,
  ) {}
}

const V7 = new Generation(new ZeroRunDecoder(), 0, 15, 0);
const V8 = new Generation(new HuffmanDecoder(), -128, 23, 23);

export function generationOf(architecture: u32): Generation {
  return architecture == 8 ? V8 : V7;
}
