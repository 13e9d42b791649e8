import { Words } from "../fields/field";
import * as nn from "../fields/nn";
import { AdditionForm } from "../plan/plan";
import { FailingCase, Generation, TileShape } from "./generation";

/** NN architecture 7: Amlogic A311D and related cores. */
export class V7 extends Generation {
  constructor() {
    super(7);
    this.addition = AdditionForm.PLANES;
    this.singlePlanesFail = true;
    // More are streamed six planes at a time, as few as these plane by plane, at least on one core.
    this.unknownOrderUpTo = 8;
    this.fractionBits = 15;
    this.wholeBits = 15;
    this.zeroesNetworks = true;
    this.hasVendorTp = true;
    this.caches = true;
    this.failing.push(new FailingCase(112, 1, 128, 256));
  }

  rowsPerLine(span: i32): i32 {
    return span > 18 ? 4 : 2;
  }

  kernelsPerCore(tile: TileShape, lines: i32, depth: i32): i32 {
    const most = (depth * lines) / tile.y;
    return tile.side == 1 ? min(most, depth / 3) : most;
  }

  setWords(words: Words, multiplier: u32, _depthwise: bool): void {
    words.set(nn.MULTIPLIER, multiplier);
  }
}
