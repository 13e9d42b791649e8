import { ANY, Descriptor, Field, FLAG, ONE, only, upTo, ZERO } from "../descriptor";

/**
 * The descriptor of an NN job, 34 words.
 *
 * ```
 *     31    28   24   20   16   12   8    4    0
 *  0  F│─│Q│PL│ kernels  │ kernel z       │ kx │N│L   F flush, Q pooling size, PL pooling,
 *  1  in image y         │ in image x       │O│I│K   N no z offset, L layer type, O I K types
 *  2  shift 4:0│m│─│R│  brick distance   │B│─│y │x    m multiplier 0, R relu, B brick, offsets
 *  3  out image y        │ out image x      │─  │n│─ n no flush
 *  4  tile y  │ tile x  │y│x│rnd│ out image z         y x: signs of the in image offsets
 *  5  kernel z 2 │ coefficient address >> 6
 *  6  in image address
 *  7  out image address
 *  8  out image y stride  │ ky │pattern 69:64│u│k│i   caching: u data unit, k kernel, i image
 *  9  kernel pattern 31:0
 * 10  kernel pattern 63:32
 * 11  kernel cache start            12  its end
 * 13  image cache start             14  its end
 * 15  ─│S │ mult. 6:1 │T │ border constant      │bm  S shift 6:5, T type bits, bm border mode
 * 16  in image y stride     │ in image x stride
 * 17  mult. 14:7 │ ─        │ out image x stride
 * 18  u3│u2│P│ out circular buffer size >> 6         P per-channel multiplier
 * 19  ─      │ its end >> 6
 * 20  ─      │ in circular buffer size >> 6     21  its end >> 6
 * 22  ─ │ mult. 22:15 │D│s│ out zero │ coef. zero   D depthwise, s stream from SRAM
 * 28  constant, 29 and 30  clamping bounds (+inf and -inf), all others 0
 * ```
 */
export const descriptor = new Descriptor(34);

const NO_END = only(0x03ffffff);

// The fields that have a name here are read; of the others it is enough that they are checked.

descriptor.field("layer_type", 0, 0, 0, ZERO);
descriptor.field("no_z_offset", 0, 1, 1, ZERO, ONE);
export const kernelX = descriptor.field("kernel_xy_size", 0, 5, 2, ANY);
export const kernelZ = descriptor.field("kernel_z_size", 0, 19, 6, ANY);
export const kernelsPerCore = descriptor.field("kernels_per_core", 0, 26, 20, ANY);
export const pooling = descriptor.field("pooling", 0, 28, 27, upTo(0) | (1 << 3));
export const poolingSize = descriptor.field("pooling_xy_size", 0, 29, 29, FLAG);
descriptor.field("prelu", 0, 30, 30, ZERO);
descriptor.field("nn_layer_flush", 0, 31, 31, ONE);

descriptor.field("kernel_data_type", 1, 1, 0, ZERO);
descriptor.field("in_image_data_type", 1, 3, 2, ZERO);
descriptor.field("out_image_data_type", 1, 5, 4, ZERO);
export const inX = descriptor.field("in_image_x_size", 1, 18, 6, ANY);
export const inY = descriptor.field("in_image_y_size", 1, 31, 19, ANY);

export const offsetXLow = descriptor.field("in_image_x_offset", 2, 2, 0, ANY);
export const offsetYLow = descriptor.field("in_image_y_offset", 2, 5, 3, ANY);
descriptor.field("brick_mode", 2, 7, 7, ZERO);
descriptor.field("brick_distance", 2, 23, 8, ZERO);
export const relu = descriptor.field("relu", 2, 24, 24, FLAG);
export const multiplier0 = descriptor.field("post_multiplier", 2, 26, 26, ANY);
export const shift0 = descriptor.field("post_shift", 2, 31, 27, ANY);

descriptor.field("no_flush", 3, 3, 3, ZERO, ONE);
export const outX = descriptor.field("out_image_x_size", 3, 18, 6, ANY);
export const outY = descriptor.field("out_image_y_size", 3, 31, 19, ANY);

export const outZ = descriptor.field("out_image_z_size", 4, 13, 0, ANY);
descriptor.field("rounding_mode", 4, 15, 14, ONE);
export const offsetXSign = descriptor.field("in_image_x_offset_bit_3", 4, 16, 16, ANY);
export const offsetYSign = descriptor.field("in_image_y_offset_bit_3", 4, 17, 17, ANY);
export const tileX = descriptor.field("out_image_tile_x_size", 4, 24, 18, ANY);
export const tileY = descriptor.field("out_image_tile_y_size", 4, 31, 25, ANY);

export const kernelAddress = descriptor.field("kernel_address", 5, 25, 0, ANY);
descriptor.field("kernel_z_size2", 5, 31, 26, ZERO);
export const inAddress = descriptor.field("in_image_address", 6, 31, 0, ANY);
export const outAddress = descriptor.field("out_image_address", 7, 31, 0, ANY);

// Caching moves no result, but its fields have values that are known and others that are not.
export const imageCaching = descriptor.field("image_caching_mode", 8, 1, 0, upTo(1), ZERO);
export const kernelCaching = descriptor.field("kernel_caching_mode", 8, 3, 2, upTo(2), ZERO);
descriptor.field("partial_cache_data_unit", 8, 5, 4, ZERO);
export const patternTop = descriptor.field("kernel_pattern_msb", 8, 11, 6, ANY);
export const kernelY = descriptor.field("kernel_y_size", 8, 15, 12, ANY);
export const outYStride = descriptor.field("out_image_y_stride", 8, 31, 16, ANY);
export const patternLow = descriptor.field("kernel_pattern_low", 9, 31, 0, ANY);
export const patternHigh = descriptor.field("kernel_pattern_high", 10, 31, 0, ANY);
descriptor.field("kernel_cache_start", 11, 31, 0, only(0x800));
export const kernelCacheEnd = descriptor.field("kernel_cache_end", 12, 31, 0, ANY);
export const imageCacheStart = descriptor.field("image_cache_start", 13, 31, 0, ANY);
export const imageCacheEnd = descriptor.field("image_cache_end", 14, 31, 0, ANY);

descriptor.field("in_image_border_mode", 15, 1, 0, ZERO);
export const borderConstant = descriptor.field("in_image_border_const", 15, 17, 2, ANY);
descriptor.field("data_type_bits_2", 15, 21, 19, ZERO);
export const multiplier1 = descriptor.field("post_multiplier_6_to_1", 15, 27, 22, ANY);
export const shift5 = descriptor.field("post_shift_6_to_5", 15, 29, 28, ANY);

export const inXStride = descriptor.field("in_image_x_stride", 16, 15, 0, ANY);
export const inYStride = descriptor.field("in_image_y_stride", 16, 31, 16, ANY);
export const outXStride = descriptor.field("out_image_x_stride", 17, 15, 0, ANY);
export const multiplier7 = descriptor.field("post_multiplier_14_to_7", 17, 31, 24, ANY);

descriptor.field("out_circular_buf_size", 18, 25, 0, ZERO);
descriptor.field("per_channel_post_mul", 18, 26, 26, ZERO);
export const unknown2 = descriptor.field("unknown_7_2", 18, 29, 29, ZERO, FLAG);
export const unknown3 = descriptor.field("unknown_7_3", 18, 31, 30, ZERO, FLAG);
descriptor.field("out_circular_buf_end", 19, 25, 0, NO_END);
descriptor.field("in_circular_buf_size", 20, 25, 0, ZERO);
descriptor.field("in_circular_buf_end", 21, 25, 0, NO_END);

export const weightZero = descriptor.field("coef_zero_point", 22, 7, 0, ANY);
export const outZero = descriptor.field("out_zero_point", 22, 15, 8, ANY);
descriptor.field("kernel_direct_stream_from_VIP_sram", 22, 16, 16, ZERO);
export const depthwise = descriptor.field("depthwise", 22, 17, 17, ZERO, FLAG);
export const multiplier15 = descriptor.field("post_multiplier_22_to_15", 22, 25, 18, ZERO, ANY);

descriptor.field("constant", 28, 31, 0, NO_END);
descriptor.field("clamp_max", 29, 31, 0, only(0x7f800000));
descriptor.field("clamp_min", 30, 31, 0, only(0xff800000));

/** Fields that are never 0. */
export const sizes: Field[] = [
  kernelX,
  kernelY,
  kernelZ,
  kernelsPerCore,
  inX,
  inY,
  outX,
  outY,
  outZ,
  tileX,
  tileY,
];
