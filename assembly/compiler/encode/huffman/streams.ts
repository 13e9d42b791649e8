import { Words } from "../../fields/field";
import {
  AVERAGE_BIAS,
  HEADER_VERSION,
  RUN_LENGTHS,
  RUN_ZEROS,
  STREAM_BITS,
  SYMBOL_MAP,
  V8_HEADER,
  V8_STREAM,
} from "../../fields/streams";
import { Coefficients } from "../coefficients";
import { CodeBook } from "./code-book";
import { bestBookWithRuns } from "./run-table";
import { Sink } from "./sink";
import { Histogram } from "./symbols";
import { Writer } from "./writer";

/**
 * A buffer of Huffman coded streams:
 *
 *  ┌────────────────────────────┐ 0
 *  │ header                     │
 *  ├────────────────────────────┤ 64
 *  │ stream of core 0, 1 …      │   each filled up to a multiple of 64 bytes
 *  ├────────────────────────────┤
 *  │ what follows               │
 *  └────────────────────────────┘
 *
 *  The header:
 *    0  u8      bits 7:4 the version, 1; other bits off
 *    1  u8, 18 × u8   number of run lengths, and their zeros, each less 1
 *   20  u32     the length that each symbol stands for, four bits each
 *   24  u16     added to every byte of the streams
 *   28  u32 …   bits of each core's stream
 */
const VERSION_1 = 1;
const STREAM_SIZES = 28;

/** The order in which cores are handed what their streams hold. */
export abstract class StreamOrder {
  /** Cores that have kernels. */
  used: i32 = 0;

  /** Hands the whole stream of one core to `sink`. */
  abstract stream(core: i32, sink: Sink): void;
}

/** What the cores' streams hold, counted for any coding. */
export class StreamCounts {
  private cores: Histogram[] = [];
  total: Histogram = new Histogram();

  constructor(private order: StreamOrder) {
    for (let c = 0; c < order.used; c++) {
      const histogram = new Histogram();
      order.stream(c, histogram);
      histogram.end();
      this.cores.push(histogram);
      this.total.add(histogram);
    }
  }

  /** The codes with the smallest buffer, without runs if they save nothing. */
  bestBook(): CodeBook {
    const plain = this.total.plainBook();
    const withRuns = bestBookWithRuns(this.total);
    if (withRuns == null || this.bytes(withRuns) >= this.bytes(plain)) return plain;
    return withRuns;
  }

  /** Bytes of the header and the streams. */
  bytes(book: CodeBook): u64 {
    let bytes: u64 = (STREAM_SIZES + 4 * this.order.used + 63) & ~63;
    for (let c = 0; c < this.order.used; c++) bytes += padded(this.cores[c].streamBits(book));
    return bytes;
  }

  /** Writes header and streams, and gives where they end. */
  write(book: CodeBook, averageBias: u32, coefficients: Coefficients, operator: i32): usize {
    const start = coefficients.pointer;
    writeHeader(book, averageBias, start, operator);
    let position = start + ((STREAM_SIZES + 4 * this.order.used + 63) & ~63);
    for (let c = 0; c < this.order.used; c++) {
      const writer = new Writer(book, position);
      this.order.stream(c, writer);
      const bits = writer.finish();
      const size = new Words(V8_STREAM, operator);
      size.set(STREAM_BITS, bits);
      store<u32>(start + (c << 2), size.at(0), STREAM_SIZES);
      position += padded(bits) as usize;
    }
    return position;
  }
}

/** All of it but the sizes of streams. */
export function writeHeader(book: CodeBook, averageBias: u32, pointer: usize, operator: i32): void {
  const header = new Words(V8_HEADER, operator);
  header.set(HEADER_VERSION, VERSION_1);
  header.set(SYMBOL_MAP, book.header);
  header.set(AVERAGE_BIAS, averageBias);
  const runs = book.runs;
  if (runs != null) {
    header.set(RUN_LENGTHS, runs.size);
    for (let i = 0; i < runs.size; i++) header.set(RUN_ZEROS[i], runs.zeros[i] - 1);
  }
  memory.copy(pointer, header.pointer, header.bytes);
}

function padded(bits: u64): u64 {
  return ((bits + 511) >> 9) << 6;
}
