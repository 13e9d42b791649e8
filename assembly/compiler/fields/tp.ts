import { Field, WordLayout } from "./field";

/**
 * The TP unit's descriptor, 31 words.
 *
 *     31              16  15               0
 *  0  0                 │ x size
 *  1  z size            │ y size
 *  2  0                 │ row pitch
 *  3  plane pitch
 *  4  window y first    │ window x first        signed
 *  5  window y last     │ window x last         signed
 *  6  L l│I│0│P│0│ vr │ 0│ vp│0│ hr│ hp│T│G│ 0   what the ALU does, G input in global memory;
 *                                                hp vp pooling of columns and rows, hr vr neighbours
 *  8  tile y            │ tile x                and once more in 9: the step
 * 10  input address             11  table address
 * 12  E N│0│S│ 0            │3 2 1│g│0          E last, N no flush, resets of loops, g output
 * 13  output address                            in global memory, S table with a negative half
 * 14, 15  increments 0, 1       16  counts 1 and 0
 * 17, 18  increments 2, 3       19  counts 3 and 2
 * 20, 21  increments 4, 5       22  counts 5 and 4
 * 23  increment 6
 * 24  0│S│bm│r │ s │ 0 │ir │fr │0 bm border mode,           s S shift 4:0, 6:5, r reorder, integer and flat rounding
 * 26  end of the input's circular buffer        28  and of the output's
 * 29  in zero │ 0                       30  0│ multiplier │ out zero
 */
export const TP = new WordLayout("TP descriptor", 31);

export const IN_X = TP.unsigned("in_image_x_size").at(0, 15, 0);
export const IN_Y = TP.unsigned("in_image_y_size").at(1, 15, 0);
export const IN_Z = TP.unsigned("in_image_z_size").at(1, 31, 16);
export const ROW_PITCH = TP.unsigned("in_image_stride").at(2, 15, 0);
export const PLANE_PITCH = TP.unsigned("in_image_slice").at(3, 31, 0);
export const WINDOW_X_FIRST = TP.signed("in_window_x_start").at(4, 15, 0);
export const WINDOW_Y_FIRST = TP.signed("in_window_y_start").at(4, 31, 16);
export const WINDOW_X_LAST = TP.signed("in_window_x_end").at(5, 15, 0);
export const WINDOW_Y_LAST = TP.signed("in_window_y_end").at(5, 31, 16);

export const IN_GLOBAL = TP.unsigned("in_image_global_mem").at(6, 3, 3);
/** Integer to float and back around the ALU. */
export const TO_FLOAT = TP.unsigned("alu_i2f_enable").at(6, 4, 4);
export const TO_INTEGER = TP.unsigned("alu_f2i_enable").at(6, 29, 29);
/** Look the table up, load it, from global memory. */
export const TABLE_ENABLE = TP.unsigned("alu_pwl_enable").at(6, 27, 27);
export const TABLE_LOAD = TP.unsigned("alu_load_pwl_lut").at(6, 30, 30);
export const TABLE_GLOBAL = TP.unsigned("alu_load_pwl_lut_global_mem").at(6, 31, 31);

/** 0: none, 1: the greatest of every pixel and its neighbours, 3: of every block. */
export const COLUMN_POOLING = TP.unsigned("alu_horz_processing").at(6, 8, 6);
export const COLUMN_NEIGHBOURS = TP.unsigned("alu_horz_proc_count").at(6, 14, 9);
export const ROW_POOLING = TP.unsigned("alu_vert_processing").at(6, 17, 16);
export const ROW_NEIGHBOURS = TP.unsigned("alu_vert_proc_count").at(6, 24, 19);

export const TILE_X = TP.unsigned("in_tile_x_size").at(8, 15, 0);
export const TILE_Y = TP.unsigned("in_tile_y_size").at(8, 31, 16);
export const TILE_X_STEP = TP.unsigned("in_tile_x_inc").at(9, 15, 0);
export const TILE_Y_STEP = TP.unsigned("in_tile_y_inc").at(9, 31, 16);
export const IN_ADDRESS = TP.unsigned("in_image_base_address").at(10, 31, 0);
export const TABLE_ADDRESS = TP.unsigned("alu_load_pwl_lut_address").at(11, 31, 0);

/** 0: unsigned bytes with zero points, 2: signed ones without. */
export const IN_TYPE = TP.unsigned("in_image_data_type").at(12, 20, 18);
export const OUT_TYPE = TP.unsigned("out_image_data_type").at(12, 23, 21);
export const OUT_GLOBAL = TP.unsigned("out_image_global_mem").at(12, 1, 1);
export const RESET_1 = TP.unsigned("out_loop_1_reset").at(12, 2, 2);
export const RESET_2 = TP.unsigned("out_loop_2_reset").at(12, 3, 3);
export const RESET_3 = TP.unsigned("out_loop_3_reset").at(12, 4, 4);
export const TABLE_SIGNED = TP.unsigned("alu_pwl_sign_support").at(12, 28, 28);
export const NO_FLUSH = TP.unsigned("no_flush").at(12, 30, 30);
export const LAST = TP.unsigned("last").at(12, 31, 31);
export const OUT_ADDRESS = TP.unsigned("out_image_base_address").at(13, 31, 0);

/** By loop, the innermost first; the outermost has no count. */
export const INCREMENTS: Field[] = [
  TP.signed("out_loop_0_inc").at(14, 31, 0),
  TP.signed("out_loop_1_inc").at(15, 31, 0),
  TP.signed("out_loop_2_inc").at(17, 31, 0),
  TP.signed("out_loop_3_inc").at(18, 31, 0),
  TP.signed("out_loop_4_inc").at(20, 31, 0),
  TP.signed("out_loop_5_inc").at(21, 31, 0),
  TP.signed("out_loop_6_inc").at(23, 31, 0),
];
export const COUNTS: Field[] = [
  TP.unsigned("out_loop_0_count").at(16, 15, 0),
  TP.unsigned("out_loop_1_count").at(16, 31, 16),
  TP.unsigned("out_loop_2_count").at(19, 15, 0),
  TP.unsigned("out_loop_3_count").at(19, 31, 16),
  TP.unsigned("out_loop_4_count").at(22, 15, 0),
  TP.unsigned("out_loop_5_count").at(22, 31, 16),
];

/** Both 1: to the nearest. */
export const FLAT_ROUNDING = TP.unsigned("flat_rounding_mode").at(24, 2, 1);
export const INTEGER_ROUNDING = TP.unsigned("integer_rounding_mode").at(24, 4, 3);
export const SHIFT = TP.signed("alu_output_postshift").at(24, 14, 10).at(24, 27, 26);
/** 1: pixels outside the image never are the greatest. */
export const BORDER_MODE = TP.unsigned("in_image_border_mode").at(24, 25, 24);
export const REORDER = TP.unsigned("alu_reorder_bits_used").at(24, 18, 15);
export const IN_CIRCULAR_END = TP.unsigned("in_circular_buf_end").at(26, 31, 0);
export const OUT_CIRCULAR_END = TP.unsigned("out_circular_buf_end").at(28, 31, 0);
export const IN_ZERO = TP.unsigned("in_zp").at(29, 31, 24);
export const OUT_ZERO = TP.unsigned("out_zp").at(30, 7, 0);
/** Without the leading one. */
export const MULTIPLIER = TP.unsigned("alu_output_post_multiplier").at(30, 22, 8);
