import { test } from "uvu";
import * as assert from "uvu/assert";
import { NolfetError } from "../../host/errors.ts";
import { type NnSpec, nnWords, type TpSpec, tpWords } from "./descriptors.ts";
import { AT, Rig, type RigJob, streamFor, write } from "./rig.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// Whatever the emulator does not understand stops it with an error that names it.

const rig = await Rig.create();

const NN: NnSpec = {
  input: { width: 8, height: 6, channels: 2 },
  output: { width: 8, height: 6, channels: 3 },
  kernel: { width: 3, height: 3 },
  offset: { x: -1, y: -1 },
  inputZero: 1,
  weightZero: 2,
  outputZero: 3,
  multiplier: 0,
  shift: 20,
  kernelsPerCore: 1,
};
const KERNELS = [1, 2, 3].map((bias) => ({ weights: new Uint8Array(18).fill(bias), bias }));
const COEFFICIENTS = zeroRunBuffer(NN, KERNELS, 8, 2);

const TP: TpSpec = {
  image: { width: 4, height: 4, channels: 4 },
  tile: { width: 4, height: 4 },
  loops: [[1, 64]],
};

/** The error of a run, as `CODE place: text`. */
function errorOf(run: () => void): string {
  try {
    run();
    return "none";
  } catch (error) {
    if (!(error instanceof NolfetError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

function patched(words: Uint32Array, patches: Record<number, number>): Uint32Array {
  const copy = words.slice();
  for (const [index, bits] of Object.entries(patches))
    copy[Number(index)] = (copy[Number(index)] as number) ^ bits;
  return copy;
}

function runNn(patches: Record<number, number>, spec = NN): string {
  rig.put(AT.coefficients, COEFFICIENTS);
  return errorOf(() => rig.run({ kind: "NN", words: patched(nnWords(spec), patches) }));
}

function runTp(patches: Record<number, number>, spec: Partial<TpSpec> = {}): string {
  return errorOf(() =>
    rig.run({ kind: "TP", words: patched(tpWords({ ...TP, ...spec }), patches) }),
  );
}

test("the jobs that are patched below are good", () => {
  assert.is(runNn({}), "none");
  assert.is(runTp({}), "none");
});

// Word, bits to flip, and the name of the field.
// biome-ignore format: a table
const NN_FIELDS: [word: number, flip: number, field: string][] = [
  [0, 1 << 0, "layer_type"], [0, 1 << 1, "no_z_offset"], [0, 3 << 2, "kernel_xy_size"],
  [0, 2 << 6, "kernel_z_size"], [0, 1 << 20, "kernels_per_core"], [0, 1 << 27, "pooling"],
  [0, 2 << 27, "pooling"], [0, 1 << 29, "pooling_xy_size"], [0, 1 << 30, "prelu"],
  [0, 1 << 31, "nn_layer_flush"], [1, 2, "kernel_data_type"], [1, 2 << 2, "in_image_data_type"],
  [1, 2 << 4, "out_image_data_type"], [1, 8 << 6, "in_image_x_size"], [1, 6 << 19, "in_image_y_size"],
  [2, 1 << 6, "word 2"], [2, 1 << 7, "brick_mode"], [2, 1 << 8, "brick_distance"], [2, 1 << 25, "word 2"],
  [3, 1 << 3, "no_flush"], [3, 1, "word 3"], [3, 8 << 6, "out_image_x_size"], [4, 3, "out_image_z_size"],
  [4, 3 << 14, "rounding_mode"], [4, 1 << 18, "out_image_tile_x_size"], [4, 1 << 25, "out_image_tile_y_size"],
  [5, 1 << 26, "kernel_z_size2"], [8, 2, "image_caching_mode"], [8, 2 << 2, "kernel_caching_mode"],
  [8, 1 << 4, "partial_cache_data_unit"], [8, 1 << 6, "kernel_pattern"], [9, 1, "kernel_pattern"],
  [10, 1, "kernel_pattern"], [8, 1 << 16, "out_image_y_stride"], [11, 1, "kernel_cache_start"],
  [12, 1 << 30, "kernel_cache_end"], [13, 1 << 30, "image_cache_start"], [14, 1 << 30, "image_cache_end"],
  [15, 1, "in_image_border_mode"], [15, 256 << 2, "in_image_border_const"], [15, 1 << 18, "word 15"],
  [15, 1 << 20, "data_type"], [15, 2 << 28, "post_shift"], [16, 1, "in_image_x_stride"],
  [16, 1 << 16, "in_image_y_stride"], [17, 1, "out_image_x_stride"], [17, 1 << 16, "word 17"],
  [18, 1, "out_circular_buf_size"], [18, 1 << 26, "per_channel_post_mul"], [18, 1 << 29, "unknown_7_2"],
  [18, 1 << 30, "unknown_7_3"], [19, 1, "out_circular_buf_end"], [20, 1, "in_circular_buf_size"],
  [21, 1, "in_circular_buf_end"], [22, 1 << 16, "kernel_direct_stream"], [22, 1 << 17, "depthwise"],
  [22, 1 << 18, "post_multiplier"], [23, 1, "word 23"], [27, 1, "word 27"], [28, 1, "constant"],
  [29, 1, "clamp_max"], [30, 1, "clamp_min"], [31, 1, "word 31"], [33, 1, "word 33"],
];

// biome-ignore format: a table
const TP_FIELDS: typeof NN_FIELDS = [
  [0, 1 << 16, "word 0"], [6, 1, "in_tile_sequence"], [6, 1 << 2, "in_tile_global_mem"],
  [6, 1 << 3, "in_image_global_mem"], [6, 1 << 4, "alu_i2f_enable"], [6, 1 << 5, "alu_square_enable"],
  [6, 1 << 6, "alu_horz_processing"], [6, 1 << 9, "alu_horz_proc_count"], [6, 1 << 15, "alu_horz_proc_stride"],
  [6, 1 << 16, "alu_vert_processing"], [6, 1 << 18, "word 6"], [6, 1 << 19, "alu_vert_proc_count"],
  [6, 1 << 25, "alu_vert_proc_stride"], [6, 1 << 26, "alu_nms_enable"], [6, 1 << 27, "alu_pwl_enable"],
  [6, 1 << 28, "alu_mult_enable"], [6, 1 << 29, "alu_f2i_enable"], [6, 1 << 30, "alu_load_pwl_lut"],
  [6, 1 << 31, "alu_load_pwl_lut_global_mem"], [7, 1, "in_tile_list_address"], [8, 4, "in_tile_x_size"],
  [8, 4 << 16, "in_tile_y_size"], [9, 1, "in_tile_x_inc"], [9, 1 << 16, "in_tile_y_inc"],
  [11, 1, "alu_load_pwl_lut_address"], [12, 1, "out_tile_skip_at_border"], [12, 2, "out_image_global_mem"],
  [12, 1 << 5, "out_brick_mode"], [12, 1 << 6, "alu_z_filter_mode"], [12, 1 << 7, "word 12"],
  [12, 1 << 8, "in_window_z_start_overfetch"], [12, 1 << 11, "in_window_z_end_overfetch"],
  [12, 1 << 14, "alu_square_preshift"], [12, 1 << 18, "in_image_data_type"], [12, 1 << 21, "out_image_data_type"],
  [12, 1 << 28, "alu_pwl_sign_support"], [12, 1 << 29, "alu_relu_enable"], [12, 1 << 31, "last"],
  [24, 1, "alu_filter_pwl_swap"], [24, 3 << 1, "flat_rounding_mode"], [24, 3 << 3, "integer_rounding_mode"],
  [24, 1 << 5, "alu_input_preshift"], [24, 1 << 10, "alu_output_postshift"], [24, 1 << 15, "alu_reorder_bits_used"],
  [24, 1 << 19, "alu_reorder_loop_2_mode"], [24, 1 << 24, "in_image_border_mode"],
  [24, 1 << 26, "alu_output_postshift_6_to_5"], [25, 1, "in_circular_buf_size"], [26, 1, "in_circular_buf_end"],
  [27, 1, "out_circular_buf_size"], [28, 1, "out_circular_buf_end"], [29, 1 << 8, "in_image_border_const"],
  [29, 1 << 16, "coef_zero_point"], [30, 1 << 8, "alu_output_post_multiplier"], [30, 1 << 31, "word 30"],
];

test("values of descriptor fields that are not known are named", () => {
  for (const [word, flip, field] of NN_FIELDS) {
    assert.match(runNn({ [word]: flip }), new RegExp(`^BAD_DESCRIPTOR in job 0: .*${field}`));
  }
  for (const [word, flip, field] of TP_FIELDS) {
    assert.match(runTp({ [word]: flip }), new RegExp(`^BAD_DESCRIPTOR in job 0: .*${field}`));
  }
});

test("a value is said with its field and what was expected", () => {
  assert.is(
    runNn({ 0: 1 << 27 }),
    "BAD_DESCRIPTOR in job 0: expected pooling (word 0) 0 or 3, found 1",
  );
});

test("windows that see no pixel are refused", () => {
  assert.match(runNn({ 3: 8 << 6, 17: 0 }), /out_image_x_size/);
  const spec = { ...NN, output: { ...NN.output, width: 10 } };
  assert.match(runNn({}, spec), /BAD_DESCRIPTOR.*out_image_x_size.*found 10/);
});

const UNMAPPED = 0x70000000;

test("addresses outside the buffers are named with what wanted them", () => {
  for (const [word, what] of [
    [6, "the input image"],
    [7, "the output image"],
  ] as const) {
    const words = nnWords(NN);
    words[word] = UNMAPPED;
    assert.match(
      errorOf(() => rig.run({ kind: "NN", words })),
      new RegExp(`^OUT_OF_BOUNDS at address 0x70000000: expected .* ${what} of job 0`),
    );
  }
  assert.match(runNn({ 5: 0x1000000 }), /OUT_OF_BOUNDS.*coefficients/);
  assert.match(runTp({}, { input: UNMAPPED }), /OUT_OF_BOUNDS.*input image/);
  assert.match(runTp({}, { output: UNMAPPED }), /OUT_OF_BOUNDS.*output image/);
  assert.match(runTp({}, { output: AT.output + 0x100000 - 10 }), /OUT_OF_BOUNDS.*output image/);
  assert.match(runTp({}, { loops: [[-1 >>> 0, 64]] }), /OUT_OF_BOUNDS.*output image/);
  assert.match(runTp({}, { loops: [[0x7fffffff, 64]] }), /OUT_OF_BOUNDS.*output image/);
  const stream = Uint32Array.of(
    ...streamFor([]).slice(0, 0),
    ...[0x393c, 0x3940, 0x3930].flatMap((state) => write(state, state === 0x3930 ? 0x10 : 0)),
    ...write(0x10a0, UNMAPPED),
  );
  assert.match(
    errorOf(() => rig.emulator.submit(stream)),
    /OUT_OF_BOUNDS.*NN descriptor/,
  );
});

test("jobs that write into their own input are refused", () => {
  assert.match(runNn({ 7: AT.output ^ AT.input }), /BAD_DESCRIPTOR.*out_image_address/);
  assert.match(runTp({}, { output: AT.input + 60 }), /BAD_DESCRIPTOR.*out_image_base_address/);
});

test("gigantic loops are refused, not run", () => {
  const image = { width: 4, height: 4, channels: 65535 };
  const window = { left: -32768, top: -32768, right: 32767, bottom: 32767 };
  const tile = { width: 65535, height: 65535 };
  assert.match(
    runTp({}, { image, slice: 0, window, tile, loops: [[0, 1]] } as TpSpec),
    /OUT_OF_BOUNDS/,
  );
});

const OTHER_WORDS: [string, number[], RegExp][] = [
  ["END", [2 << 27, 0], /word 0: .*found END/],
  ["WAIT", [7 << 27, 0], /word 0: .*found WAIT/],
  ["LINK", [8 << 27, 0], /word 0: .*found LINK/],
  ["STALL", [9 << 27, 0], /word 0: .*found STALL/],
  ["CALL", [10 << 27, 0], /word 0: .*found CALL/],
  ["RETURN", [11 << 27, 0], /word 0: .*found RETURN/],
  ["an unknown opcode", [20 << 27, 0], /word 0/],
  ["a stray word", [1, 0], /word 0/],
  ["a packet at an odd word", [0, ...write(0x393c, 0)], /word 1: expected packets at even words/],
  ["values that are missing", [0x08050000, 0], /word 0: expected 5 values/],
  ["no values", [0x08000000, 0], /word 0: expected one state/],
  ["fixed-point values", [0x0c010000, 0], /word 0/],
  ["an unknown state", write(0x3938, 0), /word 1: .*0x3938/],
  ["an unknown value", write(0x3930, 0x11), /word 1: expected GL_NN_CONFIG 0x10, found 0x11/],
  ["parallel mode", write(0x380c, 0x403), /word 1: expected GL_FLUSH_CACHE/],
  ["an event", write(0x10a4, 1), /word 1: expected state 0x10a4/],
];

test("what the front end does not know is named by its word", () => {
  for (const [name, words, expected] of OTHER_WORDS) {
    const error = errorOf(() => rig.emulator.submit(Uint32Array.from(words)));
    assert.match(error, /^BAD_STREAM/, name);
    assert.match(error, expected, name);
  }
});

test("padding, NOP and several states in a packet are understood", () => {
  const stream = [0, 0, 0x18000000, 0xffffffff, 0x08020000 | (0x393c >> 2), 0, 0, 0xffffffff, 0];
  assert.is(
    errorOf(() => rig.emulator.submit(Uint32Array.from(stream))),
    "none",
  );
});

test("low bits of addresses and split operations are checked", async () => {
  const job: RigJob = { kind: "TP", words: tpWords(TP), continued: true };
  assert.match(
    errorOf(() => rig.run(job)),
    /BAD_STREAM.*last job of a split TP operation/,
  );
  assert.match(
    errorOf(() => rig.run(job, job, job, job, job)),
    /BAD_STREAM.*at most 4 TP jobs/,
  );
  const nn: RigJob = { kind: "NN", words: nnWords(NN) };
  assert.match(
    errorOf(() => rig.run(job, nn)),
    /BAD_STREAM.*NN job/,
  );
  const low = streamFor([nn]).map((word) => (word === AT.descriptors ? word + 1 : word));
  assert.match(
    errorOf(() => rig.emulator.submit(low)),
    /BAD_STREAM.*low bits/,
  );
});

test("a job needs its states loaded before", async () => {
  const fresh = await Rig.create();
  const stream = Uint32Array.from(write(0x10a0, AT.descriptors));
  assert.match(
    errorOf(() => fresh.emulator.submit(stream)),
    /BAD_STREAM.*GL_OCB_REMAP_START/,
  );
});

// What is written over the coefficients, and what is said about it.
const BAD_COEFFICIENTS: [string, number, number[], RegExp][] = [
  ["the size of a stream", 0, [63], /a multiple of 64 bytes/],
  ["no stream", 4, [0], /a multiple of 64 bytes.*NN core 1.*found 0/],
  ["one stream too many", 12, [64], /none.*NN core 3/],
  ["a longer stream", 0, [128], /zeros to the next 64 bytes/],
  ["the width of runs", 64, [6], /run lengths of at most 5 bits.*found 6/],
  ["the number of kernels", 65, [2], /1 kernels.*found 2/],
  ["a run over the bias", 67, [0xff], /a token that ends before the bias/],
  ["padding", 127, [1], /zeros to the next 64 bytes/],
];

test("coefficients that do not fit their descriptor are named by core", () => {
  for (const [name, offset, bytes, expected] of BAD_COEFFICIENTS) {
    const broken = COEFFICIENTS.slice();
    broken.set(bytes, offset);
    rig.put(AT.coefficients, broken);
    const error = errorOf(() => rig.run({ kind: "NN", words: nnWords(NN) }));
    assert.match(error, /^BAD_COEFFICIENTS in job 0/, name);
    assert.match(error, expected, name);
  }
});

test("buffers are whole pages' addresses that do not overlap", async () => {
  const { emulator } = await Rig.create();
  for (const [address, bytes] of [
    [0x10000001, 4096],
    [AT.input, 4096],
    [AT.input - 4096, 8192],
    [0x10000000, 0],
    [0xfffff000, 8192],
    [0x10000000, 0x7fffffff],
  ] as const) {
    assert.match(
      errorOf(() => emulator.map(address, bytes)),
      /^(BAD_OPTION|OUT_OF_MEMORY)/,
    );
  }
  assert.match(
    errorOf(() => emulator.view(AT.output + 0x100000, 1)),
    /OUT_OF_BOUNDS/,
  );
});

test("an instance keeps to the memory that it has taken", async () => {
  const { emulator } = rig;
  rig.put(AT.coefficients, COEFFICIENTS);
  const jobs: RigJob[] = [
    { kind: "NN", words: nnWords(NN) },
    { kind: "TP", words: tpWords(TP) },
  ];
  rig.run(...jobs);
  const before = emulator.memoryBytes;
  for (let i = 0; i < 2000; i++) {
    emulator.unmapAll();
    for (const address of Object.values(AT)) emulator.map(address, 0x100000);
    rig.put(AT.coefficients, COEFFICIENTS);
    rig.run(...jobs);
  }
  assert.is(emulator.memoryBytes, before);
});

test.run();
