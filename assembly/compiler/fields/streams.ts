import { Field, WordLayout } from "./field";

/**
 * The front end's commands: each a write of one state.
 *
 *   31   27  26  25      16  15                0     31           0
 *  ┌───────┬───┬───────────┬───────────────────┐    ┌──────────────┐
 *  │ 1     │ 0 │ count: 1  │ state address / 4 │    │ value        │
 *  └───────┴───┴───────────┴───────────────────┘    └──────────────┘
 */
export const COMMAND = new WordLayout("command", 2);

export const OPCODE = COMMAND.unsigned("opcode").at(0, 31, 27);
export const STATES = COMMAND.unsigned("count").at(0, 25, 16);
export const STATE_ADDRESS = COMMAND.unsigned("state_address", 4).at(0, 15, 0);
export const STATE_VALUE = COMMAND.unsigned("state_value").at(1, 31, 0);

/**
 * The value of a state that starts a job:
 *
 *   31                       6  5  4           0
 *  ┌──────────────────────────┬───┬─────────────┐
 *  │ descriptor address / 64  │ 0 │ more cores  │
 *  └──────────────────────────┴───┴─────────────┘
 */
export const START = new WordLayout("start of a job", 1);

export const DESCRIPTOR_ADDRESS = START.unsigned("descriptor_address", 64).at(0, 31, 6);
/** 1: the next core's descriptor follows. */
export const MORE_CORES = START.unsigned("more_cores").at(0, 4, 0);

/**
 * What stands before the tokens of a v7 core's stream, 24 bits:
 *
 *   23           8  7         0
 *  ┌──────────────┬────────────┐
 *  │ kernels      │ run width  │
 *  └──────────────┴────────────┘
 */
export const ZERO_RUNS = new WordLayout("head of a v7 stream", 1);
export const ZERO_RUNS_BITS = 24;

export const RUN_WIDTH = ZERO_RUNS.unsigned("zrl_bits").at(0, 7, 0);
export const KERNELS_ON_V7 = ZERO_RUNS.unsigned("kernels").at(0, 23, 8);

/** For each core of a v7 coefficient buffer, one word of the header. */
export const V7_HEADER = new WordLayout("v7 coefficient header", 1);

export const STREAM_BYTES = V7_HEADER.unsigned("stream_size", 64).at(0, 31, 6);

/** The first two bytes of a v8 core's stream, coded like its weights. */
export const HUFFMAN = new WordLayout("head of a v8 stream", 1);

export const KERNELS_ON_V8 = HUFFMAN.unsigned("kernels").at(0, 15, 0);

/**
 * The header of a v8 coefficient buffer, but for the sizes of its streams:
 *
 *     31            16 15           8  7     4  3    0
 *  0  zeros of runs   │ run lengths  │ version │ 0     zeros of runs, each less 1, go on to word 4
 *  5  the weight bit length of each symbol, four bits each
 *  6  0              │ added to every byte of the streams
 */
export const V8_HEADER = new WordLayout("v8 coefficient header", 7);

export const HEADER_VERSION = V8_HEADER.unsigned("version").at(0, 7, 4);
export const RUN_LENGTHS = V8_HEADER.unsigned("run_length_size").at(0, 15, 8);
export const RUN_ZEROS: Field[] = [];
export const SYMBOL_MAP = V8_HEADER.unsigned("symbol_map").at(5, 31, 0);
export const AVERAGE_BIAS = V8_HEADER.unsigned("avg_bias").at(6, 15, 0);

for (let i = 0; i < 18; i++) {
  const low = ((i + 2) % 4) * 8;
  RUN_ZEROS.push(V8_HEADER.unsigned(`run_length_table_${i}`).at((i + 2) / 4, low + 7, low));
}

/** For each core of a v8 coefficient buffer, one word after the header. */
export const V8_STREAM = new WordLayout("v8 coefficient header", 1);

export const STREAM_BITS = V8_STREAM.unsigned("stream_size").at(0, 31, 0);

/**
 * What stands before a fully connected TP job's rows of weights, one for each row, without gaps; and before
 * the tokens of a v7 row:
 *
 *   4        0     13        0     3          0
 *  ┌──────────┐   ┌───────────┐   ┌────────────┐
 *  │ blocks   │   │ bits      │   │ run width  │
 *  └──────────┘   └───────────┘   └────────────┘
 *   v7: of 64 bytes   v8
 */
export const ROW = new WordLayout("row of fully connected weights", 1);

export const ROW_BLOCKS = ROW.unsigned("blocks").at(0, 4, 0);
export const ROW_BLOCKS_BITS = 5;
export const ROW_BITS = ROW.unsigned("bits").at(0, 13, 0);
export const ROW_BITS_BITS = 14;
export const ROW_RUN_WIDTH = ROW.unsigned("zrl_bits").at(0, 3, 0);
export const ROW_RUN_WIDTH_BITS = 4;
