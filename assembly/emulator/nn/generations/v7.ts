import { Generation } from "./generation";

/** NN architecture 7: Amlogic A311D and its kin. */
export class V7 extends Generation {
  constructor() {
    super(7);
  }

  rowsPerLine(span: i32): i32 {
    return span > 18 ? 4 : 2;
  }

  mostKernels(_width: i32, height: i32, side: i32, sharing: i32, lines: i32): i32 {
    const most = (lines * sharing) / height;
    return side == 1 ? min(most, lines / 3) : most;
  }
}
