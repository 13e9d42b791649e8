import { Coding } from "../../../targets/cores";
import { CodedWordsDecoder } from "./coded_words";
import { CoefficientDecoder } from "./decoder";
import { HuffmanDecoder } from "./huffman";
import { ZeroRunDecoder } from "./zero_runs";

/** By coding. */
const DECODERS: CoefficientDecoder[] = [
  new ZeroRunDecoder(),
  new HuffmanDecoder(),
  new CodedWordsDecoder(),
];

export function decoderOf(coding: Coding): CoefficientDecoder {
  return DECODERS[coding];
}
