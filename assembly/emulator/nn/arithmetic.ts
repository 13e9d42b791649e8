/** How the two generations of NN cores differ in what they compute with. */
export class Arithmetic {
  constructor(
    /** Added to every input byte before it is multiplied. */
    public inputBias: i32,
    /** Bits of the requantization multiplier below its leading one. */
    public fractionBits: u32,
    /** Added to the descriptor's shift, which counts from the multiplier's leading one on v8. */
    public shiftBase: u32,
  ) {}
}

const V7 = new Arithmetic(0, 15, 0);
const V8 = new Arithmetic(-128, 23, 23);

export function arithmeticOf(architecture: u32): Arithmetic {
  return architecture == 8 ? V8 : V7;
}
