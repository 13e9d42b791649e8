import { Coding } from "../../targets/cores";
import { Field, Words } from "../fields/field";
import {
  ROW,
  ROW_BITS,
  ROW_BITS_BITS,
  ROW_BLOCKS,
  ROW_BLOCKS_BITS,
  ROW_RUN_WIDTH,
  ROW_RUN_WIDTH_BITS,
  V8_HEADER,
} from "../fields/streams";
import { Choices } from "./choices";
import { Coefficients } from "./coefficients";
import { CodeBook } from "./huffman/code-book";
import { writeHeader } from "./huffman/streams";
import { Histogram } from "./huffman/symbols";
import { Writer as CodeWriter } from "./huffman/writer";
import { Counter } from "./zero-run/counter";
import { WIDEST_RUN } from "./zero-run/sink";
import { Writer as TokenWriter } from "./zero-run/writer";

/** A fully connected layer as the TP unit takes it: the weights of each input to all outputs. */
export class FullyConnected {
  /** Offsets of a row's weights from its first, as sinks take them. */
  private offsets: StaticArray<i32>;

  constructor(
    public inputs: i32,
    public outputs: i32,
    /** The byte that stands for a weight of zero. */
    public zero: u32,
    /** Bytes by input and output. */
    private weights: usize,
    /** i32 by output, where the accumulator begins. */
    public biases: usize,
  ) {
    this.offsets = new StaticArray<i32>(outputs);
    for (let i = 0; i < outputs; i++) this.offsets[i] = i;
  }

  row(input: i32): usize {
    return this.weights + (input as usize) * (this.outputs as usize);
  }

  get table(): usize {
    return changetype<usize>(this.offsets);
  }
}

/** How rows and their sizes are coded. */
abstract class RowCoding {
  constructor(
    protected layer: FullyConnected,
    /** Bytes before the sizes. */
    public headBytes: u32,
    public size: Field,
    public sizeBits: i32,
    /** Bits that a size counts in. */
    public unit: u64,
  ) {}

  abstract writeHead(at: usize): void;

  /** Bits of a row that is not filled up. */
  abstract bits(input: i32): u64;

  abstract writeRow(input: i32, at: usize): void;
}

/**
 * The coefficients of a fully connected TP job (docs/hardware.md, "Fully connected"):
 *
 *  ┌──────────────────────────────┐ 0
 *  │ v8: header of Huffman codes  │   28 bytes, no sizes of streams
 *  │ size of each row             │   v7: in blocks of 64 bytes; v8: in bits
 *  ├──────────────────────────────┤   each part is filled up to a multiple of 64 bytes
 *  │ biases, i32 for each output  │
 *  ├──────────────────────────────┤
 *  │ row of input 0, 1 …          │   v7: run width and tokens; v8: a stream of its own
 *  └──────────────────────────────┘
 */
export function encodeFullyConnected(
  layer: FullyConnected,
  coding: Coding,
  choices: Choices,
): Coefficients | null {
  const rows: RowCoding =
    coding == Coding.HUFFMAN ? new HuffmanRows(layer, choices) : new ZeroRunRows(layer, choices);
  const sizesBytes = padded((rows.headBytes << 3) + layer.inputs * rows.sizeBits);
  const biasesBytes = padded((layer.outputs as u64) << 5);
  let bytes = sizesBytes + biasesBytes;
  for (let i = 0; i < layer.inputs; i++) bytes += padded(rows.bits(i));
  const coefficients = Coefficients.allocate(bytes, NOWHERE);
  if (coefficients == null) return null;
  coefficients.streamBytes = coefficients.bytes;
  const start = coefficients.pointer;
  rows.writeHead(start);
  memory.copy(start + (sizesBytes as usize), layer.biases, (layer.outputs as usize) << 2);
  const sizes = new TokenWriter(0, 0, 0, start + rows.headBytes);
  let position = start + ((sizesBytes + biasesBytes) as usize);
  for (let i = 0; i < layer.inputs; i++) {
    const bits = rows.bits(i);
    const word = new Words(ROW);
    word.set(rows.size, (bits + rows.unit - 1) / rows.unit);
    sizes.put(word.at(0), rows.sizeBits);
    rows.writeRow(i, position);
    position += padded(bits) as usize;
  }
  sizes.finish();
  return coefficients;
}

/** v7: each row has a run width of its own. */
class ZeroRunRows extends RowCoding {
  private widths: i32[] = [];
  private rowBits: u64[] = [];

  constructor(layer: FullyConnected, choices: Choices) {
    super(layer, 0, ROW_BLOCKS, ROW_BLOCKS_BITS, BLOCK_BITS);
    for (let i = 0; i < layer.inputs; i++) {
      const counter = new Counter(layer.zero, 0);
      counter.taps(layer.row(i), layer.table, layer.outputs);
      counter.flush();
      const width = choices.runWidth < 0 ? shortestWidth(counter) : choices.runWidth;
      this.widths.push(width);
      this.rowBits.push(ROW_RUN_WIDTH_BITS + counter.bits(width));
    }
  }

  writeHead(_at: usize): void {}

  bits(input: i32): u64 {
    return this.rowBits[input];
  }

  writeRow(input: i32, at: usize): void {
    const layer = this.layer;
    const width = this.widths[input];
    const head = new Words(ROW);
    head.set(ROW_RUN_WIDTH, width);
    const writer = new TokenWriter(layer.zero, 0, width, at);
    writer.put(head.at(0), ROW_RUN_WIDTH_BITS);
    writer.taps(layer.row(input), layer.table, layer.outputs);
    writer.flush();
    writer.finish();
  }
}

function shortestWidth(counter: Counter): i32 {
  let best = 0;
  for (let width = 1; width <= (WIDEST_RUN as i32); width++)
    if (counter.bits(width) < counter.bits(best)) best = width;
  return best;
}

/** v8: all rows have the same codes, without runs, as in the vendor's files. */
class HuffmanRows extends RowCoding {
  private histograms: Histogram[];
  private averageBias: u32;
  private book: CodeBook;

  constructor(layer: FullyConnected, choices: Choices) {
    super(layer, V8_HEADER.length << 2, ROW_BITS, ROW_BITS_BITS, 1);
    const averageBias = choices.averageBias < 0 ? layer.zero : (choices.averageBias as u32);
    const all = new Histogram();
    const histograms: Histogram[] = [];
    for (let i = 0; i < layer.inputs; i++) {
      const histogram = new Histogram();
      histogram.taps(layer.row(i), layer.table, layer.outputs, averageBias, 0);
      histogram.end();
      histograms.push(histogram);
      all.add(histogram);
    }
    const given = choices.book;
    this.averageBias = averageBias;
    this.histograms = histograms;
    this.book = given == null ? all.plainBook() : given;
  }

  writeHead(at: usize): void {
    writeHeader(this.book, this.averageBias, at, NOWHERE);
  }

  bits(input: i32): u64 {
    return this.histograms[input].streamBits(this.book);
  }

  writeRow(input: i32, at: usize): void {
    const layer = this.layer;
    const writer = new CodeWriter(this.book, at);
    writer.taps(layer.row(input), layer.table, layer.outputs, this.averageBias, 0);
    writer.finish();
  }
}

const BLOCK_BITS: u64 = 512;
/** No operator has such a job. */
const NOWHERE = -1;

/** Bytes of so many bits, up to whole blocks. */
function padded(bits: u64): u64 {
  return ((bits + BLOCK_BITS - 1) / BLOCK_BITS) << 6;
}
