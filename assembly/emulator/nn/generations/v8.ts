import { Generation } from "./generation";

/** NN architecture 8: i.MX 8M Plus, VIP9000. */
export class V8 extends Generation {
  constructor() {
    super(8);
    this.inputBias = -128;
    this.fractionBits = 23;
    this.shiftBase = 23;
    this.flagsBorders = true;
    this.highestTile = 4;
    this.narrowRows = 4;
    this.wideRows = 2;
    this.accumulatorGroup = 64;
    this.columnThirds = 2;
    this.kernelThirds = 2;
  }
}
