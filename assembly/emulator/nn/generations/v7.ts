import { Generation } from "./generation";

/** NN architecture 7: Amlogic A311D and related cores. */
export class V7 extends Generation {
  constructor() {
    super(7);
    this.narrowRows = 2;
    this.wideRows = 4;
    this.columnThirds = 1;
  }
}
