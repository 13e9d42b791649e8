import { CodeBook } from "./huffman/code-book";

/** What the formats leave free and encoders choose by cost, unless it is given here. */
export class Choices {
  /** How streams give kernels' positions: by kernel number, the output channel; null: in order. */
  outputs: StaticArray<i32> | null = null;
  /** Bits of a run on v7; below 0: what is shortest. */
  runWidth: i32 = -1;
  /** Runs of v7 may continue after a kernel's first weight, as in the vendor's files. */
  runsPassBiases: bool = false;
  /** Symbols and run lengths of Huffman codes. */
  book: CodeBook | null = null;
  /** On the S905D3, what is taken off every byte; below 0: the weights' zero point. */
  averageBias: i32 = -1;
}
