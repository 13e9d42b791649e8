import { Words } from "../fields/field";
import * as nn from "../fields/nn";
import { AdditionForm } from "../plan/plan";
import { Generation, TileShape } from "./generation";

/** Accumulators come in groups of so many pixels. */
const GROUP = 64;

/** NN architecture 8: i.MX 8M Plus, VIP9000. */
export class V8 extends Generation {
  constructor() {
    super(8);
    this.hasDepthwise = true;
    this.addition = AdditionForm.CHANNELS;
    this.fractionBits = 23;
    this.hasSignsInMesa = true;
    this.highestTile = 4;
  }

  rowsPerLine(span: i32): i32 {
    return span > 18 ? 2 : 4;
  }

  kernelsPerCore(tile: TileShape, lines: i32, depth: i32): i32 {
    const groups = ceil(ceil(tile.x * tile.y, tile.stride), GROUP) * tile.stride;
    const most = depth / (tile.side == 1 ? ceil(tile.y, lines) : groups);
    return min(most, (depth * 6) / 9);
  }

  setWords(words: Words, multiplier: u32, depthwise: bool): void {
    const range = (nn.MULTIPLIER.most as u32) + 1;
    words.set(nn.MULTIPLIER, multiplier % range);
    words.set(nn.UPPER_MULTIPLIER, multiplier / range);
    words.set(nn.NO_Z_OFFSET, 1);
    words.set(nn.NO_FLUSH, 1);
    words.set(nn.DEPTHWISE, depthwise);
  }
}

function ceil(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
