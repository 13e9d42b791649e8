import { test } from "uvu";
import * as assert from "uvu/assert";
import { type NnSpec, nnWords, type TpSpec, tpWords } from "./descriptors.ts";
import { huffmanBuffer } from "./huffman-writer.ts";
import { AT, Rig } from "./rig.ts";
import { errorOf, KERNELS, NN, NN_V8, patched, TP } from "./small-jobs.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// A descriptor field with a value that the emulator does not understand stops it by name.

const rigs = { 7: await Rig.create(), 8: await Rig.create("vipnano-si+.imx8mp") };
rigs[7].put(AT.coefficients, zeroRunBuffer(NN, KERNELS, 8, 2));
rigs[8].put(AT.coefficients, huffmanBuffer(NN_V8, KERNELS, 6, [0, 1, 2, 3, 4, 5, 6, 7]));

type Flips = Record<number, number>;

function runNn(flips: Flips, spec: NnSpec = NN): string {
  const rig = rigs[spec.architecture ?? 7];
  return errorOf(() => rig.run({ kind: "NN", words: patched(nnWords(spec), flips) }));
}

function runTp(flips: Flips, spec: Partial<TpSpec> = {}): string {
  const words = patched(tpWords({ ...TP, ...spec }), flips);
  return errorOf(() => rigs[7].run({ kind: "TP", words }));
}

test("the jobs that are patched below are good", () => {
  assert.is(runNn({}), "none");
  assert.is(runTp({}), "none");
});

test("word 18 says which offsets are below 0, in either driver's way", () => {
  const alone = { ...NN, offset: { x: 0, y: -1 } };
  const aloneOnV8 = { ...NN_V8, offset: alone.offset };
  assert.is(runNn({ 18: 3 << 29 }), "none");
  assert.is(runNn({}, alone), "none");
  assert.is(runNn({ 18: 1 << 30 }, alone), "none");
  assert.match(runNn({ 18: 1 << 29 }, alone), /in_image_x_offset_negative \(word 18\) 0, found 1/);
  assert.match(runNn({ 18: 3 << 29 }, alone), /in_image_x_offset_negative \(word 18\) 0, found 1/);
  assert.is(runNn({}, aloneOnV8), "none");
  assert.is(runNn({ 18: 1 << 29 }, aloneOnV8), "none");
  assert.match(runNn({ 18: 3 << 29 }, aloneOnV8), /_offset_negative/);
});

// Word, bits to flip, and the name of the field.
// biome-ignore format: a table
const NN_FIELDS: [word: number, flip: number, field: string][] = [
  [0, 1 << 0, "layer_type"], [0, 1 << 1, "no_z_offset"], [0, 3 << 2, "kernel_xy_size"],
  [0, 2 << 6, "kernel_z_size"], [0, 1 << 20, "kernels_per_core"], [0, 1 << 27, "pooling"],
  [0, 2 << 27, "pooling"], [0, 1 << 29, "pooling_xy_size"], [0, 1 << 30, "prelu"],
  [0, 1 << 31, "nn_layer_flush"], [1, 1, "kernel_data_type"], [1, 1 << 2, "in_image_data_type"],
  [1, 1 << 4, "out_image_data_type"], [1, 8 << 6, "in_image_x_size"], [1, 6 << 19, "in_image_y_size"],
  [2, 1 << 6, "word 2"], [2, 1 << 7, "brick_mode"], [2, 1 << 8, "brick_distance"], [2, 1 << 25, "word 2"],
  [3, 1, "word 3"], [3, 8 << 6, "out_image_x_size"], [4, 3, "out_image_z_size"],
  [4, 3 << 14, "rounding_mode"], [4, 1 << 18, "out_image_tile_x_size"], [4, 1 << 25, "out_image_tile_y_size"],
  [5, 1 << 26, "kernel_z_size"], [8, 2, "image_caching_mode"], [8, 2 << 2, "kernel_caching_mode"],
  [8, 1 << 4, "partial_cache_data_unit"], [8, 1 << 6, "kernel_pattern"], [9, 1, "kernel_pattern"],
  [10, 1, "kernel_pattern"], [8, 7 << 16, "out_image_y_stride"], [11, 1, "kernel_cache_start"],
  [12, 1 << 30, "kernel_cache_end"], [13, 1 << 30, "image_cache_start"], [14, 1 << 30, "image_cache_end"],
  [15, 1, "in_image_border_mode"], [15, 256 << 2, "in_image_border_const"], [15, 1 << 18, "word 15"],
  [15, 1 << 20, "in_image_data_type"], [15, 2 << 28, "post_shift"], [16, 15, "in_image_x_stride"],
  [16, 7 << 16, "in_image_y_stride"], [17, 15, "out_image_x_stride"], [17, 1 << 16, "word 17"],
  [18, 1, "out_circular_buffer_size"], [18, 1 << 26, "per_channel_post_mul"], [18, 1 << 29, "_offset_negative"],
  [18, 1 << 30, "_offset_negative"], [19, 1, "out_circular_buffer_end"], [20, 1, "in_circular_buffer_size"],
  [21, 1, "in_circular_buffer_end"], [22, 1 << 16, "kernel_caching_mode"], [22, 1 << 17, "depthwise"],
  [22, 1 << 18, "post_multiplier"], [23, 1, "word 23"], [27, 1, "word 27"], [28, 1, "unknown_28"],
  [29, 1, "upper_bound"], [30, 1, "lower_bound"], [31, 1, "word 31"], [33, 1, "word 33"],
];

// biome-ignore format: a table
const TP_FIELDS: typeof NN_FIELDS = [
  [0, 1 << 16, "word 0"], [6, 1, "in_tile_sequence"], [6, 1 << 2, "in_tile_global_mem"],
  [6, 1 << 3, "in_image_global_mem"], [6, 1 << 4, "alu_i2f_enable"], [6, 1 << 5, "alu_square_enable"],
  [6, 2 << 6, "alu_horz_processing"], [6, 1 << 9, "alu_horz_proc_count"], [6, 1 << 15, "alu_horz_proc_stride"],
  [6, 2 << 16, "alu_vert_processing"], [6, 1 << 18, "word 6"], [6, 1 << 19, "alu_vert_proc_count"],
  [6, 1 << 25, "alu_vert_proc_stride"], [6, 1 << 26, "alu_nms_enable"], [6, 1 << 27, "alu_pwl_enable"],
  [6, 1 << 28, "alu_mult_enable"], [6, 1 << 29, "alu_f2i_enable"], [6, 1 << 30, "alu_load_pwl_lut"],
  [6, 1 << 31, "alu_load_pwl_lut_global_mem"], [7, 1, "in_tile_list_address"], [8, 4, "in_tile_x_size"],
  [8, 4 << 16, "in_tile_y_size"], [9, 1, "in_tile_x_inc"], [9, 1 << 16, "in_tile_y_inc"],
  [11, 1, "alu_load_pwl_lut_address"], [12, 1, "out_tile_skip_at_border"], [12, 2, "out_image_global_mem"],
  [12, 1 << 5, "out_brick_mode"], [12, 1 << 6, "alu_z_filter_mode"], [12, 1 << 7, "word 12"],
  [12, 3 << 8, "in_window_z_start_overfetch"], [12, 3 << 11, "in_window_z_end_overfetch"],
  [12, 1 << 14, "alu_square_preshift"], [12, 1 << 18, "in_image_data_type"], [12, 4 << 21, "out_image_data_type"],
  [12, 1 << 28, "alu_pwl_sign_support"], [12, 1 << 29, "alu_relu_enable"], [12, 1 << 31, "last"],
  [24, 1, "alu_filter_pwl_swap"], [24, 3 << 1, "alu_flat_rounding_mode"], [24, 3 << 3, "alu_integer_rounding_mode"],
  [24, 15 << 5, "alu_input_preshift"],
  [24, 1 << 19, "alu_reorder_loop_2_mode"], [24, 1 << 24, "in_image_border_mode"],
  [25, 1, "in_image_circular_buf_size"], [26, 1, "in_image_circular_buf_end"],
  [28, 1, "out_image_circular_buf_end"], [29, 1 << 8, "in_image_border_const"],
  [29, 1 << 16, "coef_zp"], [30, 1 << 31, "word 30"],
];

test("values of descriptor fields that are not known are named", () => {
  for (const [word, flip, field] of NN_FIELDS) {
    assert.match(runNn({ [word]: flip }), new RegExp(`^BAD_DESCRIPTOR in job 0: .*${field}`));
  }
  for (const [word, flip, field] of TP_FIELDS) {
    assert.match(runTp({ [word]: flip }), new RegExp(`^BAD_DESCRIPTOR in job 0: .*${field}`));
  }
});

test("a function takes all of its fields", () => {
  const withFunction: Partial<TpSpec> = { function: { table: AT.coefficients } };
  rigs[7].put(AT.coefficients, new Uint8Array(4096));
  assert.is(runTp({}, withFunction), "none");
  for (const [word, flip, field] of [
    [6, 1 << 27, "alu_pwl_enable"],
    [6, 1 << 30, "alu_load_pwl_lut "],
    [6, 1 << 31, "alu_load_pwl_lut_global_mem"],
  ] as const) {
    assert.match(
      runTp({ [word]: flip }, withFunction),
      new RegExp(`^BAD_DESCRIPTOR in job 0: .*${field}`),
    );
  }
});

// biome-ignore format: a table
const V8_FIELDS: typeof NN_FIELDS = [
  [0, 1 << 1, "no_z_offset"], 
  [18, 1 << 29, "_offset_negative"], [18, 1 << 30, "_offset_negative"],
  [22, 1 << 17, "kernel_z_size"], [15, 2 << 28, "post_shift"],
];

test("what differs on v8 is named there", () => {
  assert.is(runNn({}, NN_V8), "none");
  for (const [word, flip, field] of V8_FIELDS) {
    const error = runNn({ [word]: flip }, NN_V8);
    assert.match(error, new RegExp(`^BAD_DESCRIPTOR in job 0: .*${field}`));
  }
});

test("a value is said with its field and what was expected", () => {
  assert.is(
    runNn({ 0: 2 << 27 }),
    "BAD_DESCRIPTOR in job 0: expected pooling (word 0) 0 or 1 or 3, found 2",
  );
});

test("windows that see no pixel are refused", () => {
  assert.match(runNn({ 3: 8 << 6, 17: 0 }), /out_image_x_size/);
  const spec = { ...NN, output: { ...NN.output, width: 10 } };
  assert.match(runNn({}, spec), /BAD_DESCRIPTOR.*out_image_x_size.*found 10/);
});

test.run();
