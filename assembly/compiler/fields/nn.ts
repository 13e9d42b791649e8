import { WordLayout } from "./field";

/**
 * The NN unit's descriptor, 34 words.
 *
 *     31        24        16         8         0
 *  0  F│0│Q│pool│ kernels  │ kernel z     │ kx  │N 0   F flush, Q pooling size, N no z offset
 *  1  in y                │ in x             │O│I│K   O I K data types, upper bits in word 15
 *  2  shift 4:0 │m│0│R│ 0               │ y  │ x      m multiplier 0, R relu, y x: offsets 2:0
 *  3  out y               │ out x            │ 0 │n 0  n no flush
 *  4  tile y   │ tile x    │y│x│rnd│ out z             y x: the offsets' signs, rnd: rounding mode
 *  5  0        │ coefficient address >> 6
 *  6  input address
 *  7  output address
 *  8  out y pitch          │ ky  │pattern 69:64│0│k│i  caches of k kernels, i image
 *  9  pattern 31:0                  10  pattern 63:32
 * 11  kernel cache: from            12  to
 * 13  image cache: from             14  to
 * 15  0│S │ mult. 6:1 │OIK│0│ border value      │bm     S shift 6:5, bm border mode
 * 16  in y pitch           │ in x pitch
 * 17  mult. 14:7 │ 0       │ out x pitch
 * 18  0│y│x│n│ 0                                        y x: offsets below 0, n VIP9000
 * 19  0   │ end of the output's circular buffer >> 6
 * 21  0   │ end of the input's
 * 22  0   │ mult. 22:15 │D│0│ out zero │ weight zero   D one plane per kernel
 * 28  a constant           29, 30  bounds as float32
 */
export const NN = new WordLayout("NN descriptor", 34);

/** 1 on v8: kernels have no output offsets of their own. */
export const NO_Z_OFFSET = NN.unsigned("no_z_offset").at(0, 1, 1);
export const KERNEL_X = NN.unsigned("kernel_xy_size").at(0, 5, 2);
export const KERNEL_Z = NN.unsigned("kernel_z_size").at(0, 19, 6);
export const KERNELS_PER_CORE = NN.unsigned("kernels_per_core").at(0, 26, 20);
/** 0: none, 3: the first pixel of every 2×2 block. */
export const POOLING = NN.unsigned("pooling").at(0, 28, 27);
/** 1 without pooling, 0 where it keeps the first pixel. */
export const POOLING_SIZE = NN.unsigned("pooling_xy_size").at(0, 29, 29);
export const LAYER_FLUSH = NN.unsigned("nn_layer_flush").at(0, 31, 31);

/** 0: unsigned bytes with zero points, 2: signed ones without. */
export const KERNEL_TYPE = NN.unsigned("kernel_data_type").at(1, 1, 0).at(15, 19, 19);
export const IN_TYPE = NN.unsigned("in_image_data_type").at(1, 3, 2).at(15, 20, 20);
export const OUT_TYPE = NN.unsigned("out_image_data_type").at(1, 5, 4).at(15, 21, 21);

export const IN_X = NN.unsigned("in_image_x_size").at(1, 18, 6);
export const IN_Y = NN.unsigned("in_image_y_size").at(1, 31, 19);
export const OFFSET_X = NN.signed("in_image_x_offset").at(2, 2, 0).at(4, 16, 16);
export const OFFSET_Y = NN.signed("in_image_y_offset").at(2, 5, 3).at(4, 17, 17);
export const RELU = NN.unsigned("relu").at(2, 24, 24);
/** All that v7 has of it; without the leading one. */
export const MULTIPLIER = NN.unsigned("post_multiplier")
  .at(2, 26, 26)
  .at(15, 27, 22)
  .at(17, 31, 24);
/** The bits that only v8 has. */
export const UPPER_MULTIPLIER = NN.unsigned("post_multiplier_22_to_15").at(22, 25, 18);
export const SHIFT = NN.unsigned("post_shift").at(2, 31, 27).at(15, 29, 28);

/** 1 on v8. */
export const NO_FLUSH = NN.unsigned("no_flush").at(3, 3, 3);
/** Twice the image's sides where the first pixel is kept. */
export const OUT_X = NN.unsigned("out_image_x_size").at(3, 18, 6);
export const OUT_Y = NN.unsigned("out_image_y_size").at(3, 31, 19);
export const OUT_Z = NN.unsigned("out_image_z_size").at(4, 13, 0);
/** 1: to the nearest. */
export const ROUNDING_MODE = NN.unsigned("rounding_mode").at(4, 15, 14);
export const TILE_X = NN.unsigned("out_image_tile_x_size").at(4, 24, 18);
export const TILE_Y = NN.unsigned("out_image_tile_y_size").at(4, 31, 25);

export const KERNEL_ADDRESS = NN.unsigned("kernel_address", 64).at(5, 25, 0);
export const IN_ADDRESS = NN.unsigned("in_image_address").at(6, 31, 0);
export const OUT_ADDRESS = NN.unsigned("out_image_address").at(7, 31, 0);

export const IMAGE_CACHE = NN.unsigned("image_caching_mode").at(8, 1, 0);
export const KERNEL_CACHE = NN.unsigned("kernel_caching_mode").at(8, 3, 2);
export const PATTERN_TOP = NN.unsigned("kernel_pattern_msb").at(8, 11, 6);
export const KERNEL_Y = NN.unsigned("kernel_y_size").at(8, 15, 12);
export const PATTERN_LOW = NN.unsigned("kernel_pattern_low").at(9, 31, 0);
export const PATTERN_HIGH = NN.unsigned("kernel_pattern_high").at(10, 31, 0);
export const KERNEL_CACHE_START = NN.unsigned("kernel_cache_start").at(11, 31, 0);
export const KERNEL_CACHE_END = NN.unsigned("kernel_cache_end").at(12, 31, 0);
export const IMAGE_CACHE_START = NN.unsigned("image_cache_start").at(13, 31, 0);
export const IMAGE_CACHE_END = NN.unsigned("image_cache_end").at(14, 31, 0);

export const BORDER = NN.unsigned("in_image_border_const").at(15, 17, 2);
export const IN_X_PITCH = NN.unsigned("in_image_x_stride").at(16, 15, 0);
export const IN_Y_PITCH = NN.unsigned("in_image_y_stride").at(16, 31, 16);
export const OUT_X_PITCH = NN.unsigned("out_image_x_stride").at(17, 15, 0);
export const OUT_Y_PITCH = NN.unsigned("out_image_y_stride").at(8, 31, 16);
/** 1 on cores of the VIP9000 family; its meaning is not known. */
export const UNKNOWN_18_28 = NN.unsigned("unknown_18_28").at(18, 28, 28);
/** 1 where the offset is below 0. */
export const NEGATIVE_X = NN.unsigned("in_image_x_offset_negative").at(18, 29, 29);
export const NEGATIVE_Y = NN.unsigned("in_image_y_offset_negative").at(18, 30, 30);
export const OUT_CIRCULAR_END = NN.unsigned("out_circular_buf_end").at(19, 25, 0);
export const IN_CIRCULAR_END = NN.unsigned("in_circular_buf_end").at(21, 25, 0);

export const WEIGHT_ZERO = NN.unsigned("coef_zero_point").at(22, 7, 0);
export const OUT_ZERO = NN.unsigned("out_zero_point").at(22, 15, 8);
/** Only on v8: one plane per kernel. */
export const DEPTHWISE = NN.unsigned("depthwise").at(22, 17, 17);
export const UNKNOWN_28 = NN.unsigned("unknown_28").at(28, 31, 0);
export const UPPER_BOUND = NN.unsigned("upper_bound").at(29, 31, 0);
export const LOWER_BOUND = NN.unsigned("lower_bound").at(30, 31, 0);
