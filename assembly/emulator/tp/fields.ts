import { ANY, among, DescriptorLayout, Field, FLAG, Form, ONE, upTo, ZERO } from "../layout";

/**
 * The descriptor of a TP job, 31 words.
 *
 * ```
 *     31        24        16         8         0
 *  0  ─                   │ in x size
 *  1  in z size           │ in y size
 *  2  ─                   │ in stride, from row to row
 *  3  in slice, from plane to plane
 *  4  window y start      │ window x start              signed
 *  5  window y end        │ window x end                signed, inclusive
 *  6  L l │F M P N│ vert │ │ horz │ Q │ I T │ seq.      what the ALU does, where tiles lie
 *  7  tile list address
 *  8  tile y size         │ tile x size
 *  9  tile y increment    │ tile x increment
 * 10  in image address            11  table address
 * 12  E N │R S│ types │ preshift │ z over. │ Z B│3 2 1│G K    E last, N no flush, 3-1 resets
 * 13  out image address
 * 14  out loop 0 increment        15  loop 1 increment
 * 16  loop 1 count        │ loop 0 count
 * 17  loop 2 increment            18  loop 3 increment
 * 19  loop 3 count        │ loop 2 count
 * 20  loop 4 increment            21  loop 5 increment
 * 22  loop 5 count        │ loop 4 count
 * 23  loop 6 increment
 * 24  rounding modes, shifts, border mode
 * 25  in circular size, 26 its end, 27 out circular size, 28 its end
 * 29  in zero │ coef. zero │ border constant
 * 30  ─ │ post multiplier 15 │ out zero
 * ```
 *
 * P in word 6 enables a function, l loads its table, L from global memory, and S in word 12 says
 * that the table has a half for negative inputs. "vert" and "horz" pool pixels. "z over." are slices
 * of border before and after those of the image. Sizes and ends of circular buffers are in units of
 * 64 bytes.
 */
export const layout = new DescriptorLayout(31);

// The fields that have a name here are read; of the others it is enough that they are checked.
// Parts of one field follow each other, the lowest first.

export const inAddress = layout.field("in_image_base_address", 10, 31, 0, ANY).shown(Form.HEX);
export const inX = layout.field("in_image_x_size", 0, 15, 0, ANY);
export const inY = layout.field("in_image_y_size", 1, 15, 0, ANY);
export const inZ = layout.field("in_image_z_size", 1, 31, 16, ANY);
export const stride = layout.field("in_image_stride", 2, 15, 0, ANY);
export const slice = layout.field("in_image_slice", 3, 31, 0, ANY);
export const windowXStart = layout.field("in_window_x_start", 4, 15, 0, ANY).shown(Form.SIGNED);
export const windowYStart = layout.field("in_window_y_start", 4, 31, 16, ANY).shown(Form.SIGNED);
export const windowXEnd = layout.field("in_window_x_end", 5, 15, 0, ANY).shown(Form.SIGNED);
export const windowYEnd = layout.field("in_window_y_end", 5, 31, 16, ANY).shown(Form.SIGNED);
export const slicesBefore = layout.field("in_window_z_start_overfetch", 12, 9, 8, upTo(2));
export const slicesBehind = layout.field("in_window_z_end_overfetch", 12, 12, 11, upTo(2));
export const tileX = layout.field("in_tile_x_size", 8, 15, 0, ANY);
export const tileY = layout.field("in_tile_y_size", 8, 31, 16, ANY);
export const tileXIncrement = layout.field("in_tile_x_inc", 9, 15, 0, ANY);
export const tileYIncrement = layout.field("in_tile_y_inc", 9, 31, 16, ANY);
// 3: fully connected.
export const tileSequence = layout.field("in_tile_sequence", 6, 1, 0, among(0b1001));
layout.field("in_tile_global_mem", 6, 2, 2, ZERO);
layout.field("in_tile_list_address", 7, 31, 0, ZERO).shown(Form.HEX);
layout.field("in_image_global_mem", 6, 3, 3, ONE);
export const borderMode = layout.field("in_image_border_mode", 24, 25, 24, FLAG);
export const borderConstant = layout.field("in_image_border_const", 29, 15, 0, ANY);
export const inType = layout.field("in_image_data_type", 12, 20, 18, among(0b101)).from(8, ZERO);
export const inRing = layout.field("in_image_circular_buf_size", 25, 25, 0, ANY).shown(Form.HEX);
export const inRingEnd = layout.field("in_image_circular_buf_end", 26, 25, 0, ANY).shown(Form.HEX);

export const outAddress = layout.field("out_image_base_address", 13, 31, 0, ANY).shown(Form.HEX);
const increment0 = layout.field("out_loop_0_inc", 14, 31, 0, ANY);
const increment1 = layout.field("out_loop_1_inc", 15, 31, 0, ANY);
const increment2 = layout.field("out_loop_2_inc", 17, 31, 0, ANY);
const increment3 = layout.field("out_loop_3_inc", 18, 31, 0, ANY);
const increment4 = layout.field("out_loop_4_inc", 20, 31, 0, ANY);
const increment5 = layout.field("out_loop_5_inc", 21, 31, 0, ANY);
const increment6 = layout.field("out_loop_6_inc", 23, 31, 0, ANY);
const count0 = layout.field("out_loop_0_count", 16, 15, 0, ANY);
const count1 = layout.field("out_loop_1_count", 16, 31, 16, ANY);
const count2 = layout.field("out_loop_2_count", 19, 15, 0, ANY);
const count3 = layout.field("out_loop_3_count", 19, 31, 16, ANY);
const count4 = layout.field("out_loop_4_count", 22, 15, 0, ANY);
const count5 = layout.field("out_loop_5_count", 22, 31, 16, ANY);
export const reset1 = layout.field("out_loop_1_reset", 12, 2, 2, FLAG);
export const reset2 = layout.field("out_loop_2_reset", 12, 3, 3, FLAG);
export const reset3 = layout.field("out_loop_3_reset", 12, 4, 4, FLAG);
layout.field("out_tile_skip_at_border", 12, 0, 0, ZERO);
layout.field("out_image_global_mem", 12, 1, 1, ONE);
layout.field("out_brick_mode", 12, 5, 5, ZERO);
export const outType = layout.field("out_image_data_type", 12, 23, 21, upTo(2)).from(8, ZERO);
export const outRing = layout.field("out_image_circular_buf_size", 27, 25, 0, ANY).shown(Form.HEX);
export const outRingEnd = layout
  .field("out_image_circular_buf_end", 28, 25, 0, ANY)
  .shown(Form.HEX);

export const inZero = layout.field("in_zp", 29, 31, 24, ANY);
export const outZero = layout.field("out_zp", 30, 7, 0, ANY);
export const weightZero = layout.field("coef_zp", 29, 23, 16, ANY);
export const multiplier = layout.field("alu_output_post_multiplier", 30, 22, 8, ANY);
export const shift0 = layout.field("alu_output_postshift", 24, 14, 10, ANY);
export const shift5 = layout.field("alu_output_postshift", 24, 27, 26, ANY);
export const preshift = layout.field("alu_input_preshift", 24, 9, 5, upTo(14));
layout.field("alu_flat_rounding_mode", 24, 2, 1, ONE);
layout.field("alu_integer_rounding_mode", 24, 4, 3, ONE);
layout.field("alu_i2f_enable", 6, 4, 4, ONE);
export const convertsToInteger = layout.field("alu_f2i_enable", 6, 29, 29, FLAG);
layout.field("alu_square_enable", 6, 5, 5, ZERO);
layout.field("alu_square_preshift", 12, 17, 14, ZERO);
layout.field("alu_mult_enable", 6, 28, 28, ZERO);
layout.field("alu_relu_enable", 12, 29, 29, ZERO);
layout.field("alu_nms_enable", 6, 26, 26, ZERO);
export const columnPooling = layout.field("alu_horz_processing", 6, 8, 6, among(0b1011));
export const columnCount = layout.field("alu_horz_proc_count", 6, 14, 9, ANY);
layout.field("alu_horz_proc_stride", 6, 15, 15, ZERO);
export const rowPooling = layout.field("alu_vert_processing", 6, 17, 16, among(0b1011));
export const rowCount = layout.field("alu_vert_proc_count", 6, 24, 19, ANY);
layout.field("alu_vert_proc_stride", 6, 25, 25, ZERO);
layout.field("alu_z_filter_mode", 12, 6, 6, ZERO);
export const functionEnable = layout.field("alu_pwl_enable", 6, 27, 27, FLAG);
export const signSupport = layout.field("alu_pwl_sign_support", 12, 28, 28, FLAG);
export const loadTable = layout.field("alu_load_pwl_lut", 6, 30, 30, FLAG);
export const tableInMemory = layout.field("alu_load_pwl_lut_global_mem", 6, 31, 31, FLAG);
export const tableAddress = layout
  .field("alu_load_pwl_lut_address", 11, 31, 0, ANY)
  .shown(Form.HEX);
layout.field("alu_filter_pwl_swap", 24, 0, 0, ZERO);
// Results do not depend on it: the open driver writes 0, the vendor the bits of the tile's width.
layout.field("alu_reorder_bits_used", 24, 18, 15, ANY);
layout.field("alu_reorder_loop_2_mode", 24, 19, 19, ZERO);

export const noFlush = layout.field("no_flush", 12, 30, 30, FLAG);
layout.field("last", 12, 31, 31, ONE);

/** By loop, from the innermost; the outermost has no count. */
export const increments: Field[] = [
  increment0,
  increment1,
  increment2,
  increment3,
  increment4,
  increment5,
  increment6,
];
export const counts: Field[] = [count0, count1, count2, count3, count4, count5];
