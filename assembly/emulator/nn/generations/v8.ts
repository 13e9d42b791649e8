import { Generation } from "./generation";

/** Accumulators come in groups of so many. */
const GROUP: i32 = 64;

/** NN architecture 8: i.MX 8M Plus, VIP9000. */
export class V8 extends Generation {
  constructor() {
    super(8);
    this.inputBias = -128;
    this.fractionBits = 23;
    this.shiftBase = 23;
    this.caches = false;
    this.flagsBorders = true;
    this.highestTile = 4;
  }

  rowsPerLine(span: i32): i32 {
    return span > 18 ? 2 : 4;
  }

  mostKernels(width: i32, height: i32, side: i32, sharing: i32, lines: i32): i32 {
    const groups = (width * height + GROUP - 1) / GROUP;
    const taken = side == 1 ? (height + sharing - 1) / sharing : groups;
    return min(lines / taken, (lines * 6) / 9);
  }
}
