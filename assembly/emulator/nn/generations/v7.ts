import { Generation } from "./generation";

/** NN architecture 7: Amlogic A311D and its kin. */
export class V7 extends Generation {
  constructor() {
    super(7);
    this.narrowRows = 2;
    this.wideRows = 4;
    this.columnThirds = 1;
  }
}
