import { ANY, among, DescriptorLayout, Field, FLAG, Form, ONE, upTo, ZERO } from "../layout";

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
 * 18  0│y│x│n│P│ out circular buffer size >> 6       y x: offsets below 0, P per-channel multiplier
 * 19  ─      │ its end >> 6
 * 20  ─      │ in circular buffer size >> 6     21  its end >> 6
 * 22  ─ │ mult. 22:15 │D│s│ out zero │ coef. zero   D depthwise, s stream from SRAM
 * 24  another cache's start           25  its end
 * 28  constant, 29 and 30  bounds of results, 31  ─ │ 0 or 15 │ ─ │p│ ─   p pooling
 * ```
 */
export const layout = new DescriptorLayout(34);

const UNSIGNED_OR_SIGNED = among(0b101);

// The fields that have a name here are read; of the others it is enough that they are checked.
// Parts of one field follow each other, the lowest first.

layout.field("layer_type", 0, 0, 0, ZERO);
layout.field("no_z_offset", 0, 1, 1, ZERO).from(8, ONE);
export const kernelX = layout.field("kernel_xy_size", 0, 5, 2, ANY);
export const kernelY = layout.field("kernel_y_size", 8, 15, 12, ANY);
export const kernelZ = layout.field("kernel_z_size", 0, 19, 6, ANY);
layout.field("kernel_z_size", 5, 31, 26, ZERO);
export const kernelsPerCore = layout.field("kernels_per_core", 0, 26, 20, ANY);
export const pooling = layout.field("pooling", 0, 28, 27, among(0b1011));
export const poolingSize = layout.field("pooling_xy_size", 0, 29, 29, FLAG);
// The vendor sets it on a core of v8 in every job, with no effect on results.
export const prelu = layout.field("prelu", 0, 30, 30, ZERO).from(8, FLAG);
export const relu = layout.field("relu", 2, 24, 24, FLAG);
layout.field("nn_layer_flush", 0, 31, 31, ONE);
layout.field("no_flush", 3, 3, 3, FLAG);
export const depthwise = layout.field("depthwise", 22, 17, 17, ZERO).from(8, FLAG);

export const kernelType = layout
  .field("kernel_data_type", 1, 1, 0, UNSIGNED_OR_SIGNED)
  .from(8, ZERO);
layout.field("kernel_data_type", 15, 19, 19, ZERO);
export const inType = layout.field("in_image_data_type", 1, 3, 2, UNSIGNED_OR_SIGNED).from(8, ZERO);
layout.field("in_image_data_type", 15, 20, 20, ZERO);
export const outType = layout
  .field("out_image_data_type", 1, 5, 4, UNSIGNED_OR_SIGNED)
  .from(8, ZERO);
layout.field("out_image_data_type", 15, 21, 21, ZERO);

export const inAddress = layout.field("in_image_address", 6, 31, 0, ANY).shown(Form.HEX);
export const inX = layout.field("in_image_x_size", 1, 18, 6, ANY);
export const inY = layout.field("in_image_y_size", 1, 31, 19, ANY);
export const inXStride = layout.field("in_image_x_stride", 16, 15, 0, ANY);
export const inYStride = layout.field("in_image_y_stride", 16, 31, 16, ANY);
export const offsetXLow = layout.field("in_image_x_offset", 2, 2, 0, ANY).shown(Form.SIGNED);
export const offsetXSign = layout.field("in_image_x_offset", 4, 16, 16, ANY);
export const offsetYLow = layout.field("in_image_y_offset", 2, 5, 3, ANY).shown(Form.SIGNED);
export const offsetYSign = layout.field("in_image_y_offset", 4, 17, 17, ANY);
layout.field("in_image_border_mode", 15, 1, 0, ZERO);
export const borderConstant = layout.field("in_image_border_const", 15, 17, 2, ANY);

export const outAddress = layout.field("out_image_address", 7, 31, 0, ANY).shown(Form.HEX);
export const outX = layout.field("out_image_x_size", 3, 18, 6, ANY);
export const outY = layout.field("out_image_y_size", 3, 31, 19, ANY);
export const outZ = layout.field("out_image_z_size", 4, 13, 0, ANY);
export const outXStride = layout.field("out_image_x_stride", 17, 15, 0, ANY);
export const outYStride = layout.field("out_image_y_stride", 8, 31, 16, ANY);
export const tileX = layout.field("out_image_tile_x_size", 4, 24, 18, ANY);
export const tileY = layout.field("out_image_tile_y_size", 4, 31, 25, ANY);

export const kernelAddress = layout.field("kernel_address", 5, 25, 0, ANY).shown(Form.HEX64);
export const weightZero = layout.field("coef_zero_point", 22, 7, 0, ANY);
export const outZero = layout.field("out_zero_point", 22, 15, 8, ANY);
export const multiplier0 = layout.field("post_multiplier", 2, 26, 26, ANY);
export const multiplier1 = layout.field("post_multiplier", 15, 27, 22, ANY);
export const multiplier7 = layout.field("post_multiplier", 17, 31, 24, ANY);
export const multiplier15 = layout.field("post_multiplier", 22, 25, 18, ZERO).from(8, ANY);
export const shift0 = layout.field("post_shift", 2, 31, 27, ANY);
export const shift5 = layout.field("post_shift", 15, 29, 28, ANY);
layout.field("per_channel_post_mul", 18, 26, 26, ZERO);
layout.field("rounding_mode", 4, 15, 14, ONE);

layout.field("brick_mode", 2, 7, 7, ZERO);
layout.field("brick_distance", 2, 23, 8, ZERO);
export const imageCaching = layout.field("image_caching_mode", 8, 1, 0, upTo(1));
export const imageCacheStart = layout.field("image_cache_start", 13, 31, 0, ANY);
export const imageCacheEnd = layout.field("image_cache_end", 14, 31, 0, ANY);
export const kernelCaching = layout.field("kernel_caching_mode", 8, 3, 2, upTo(2));
export const kernelCacheStart = layout.field("kernel_cache_start", 11, 31, 0, ANY);
export const kernelCacheEnd = layout.field("kernel_cache_end", 12, 31, 0, ANY);
export const patternLow = layout.field("kernel_pattern_low", 9, 31, 0, ANY).shown(Form.HEX);
export const patternHigh = layout.field("kernel_pattern_high", 10, 31, 0, ANY).shown(Form.HEX);
export const patternTop = layout.field("kernel_pattern_msb", 8, 11, 6, ANY);
export const fromCache = layout.field("kernel_direct_stream_from_vip_sram", 22, 16, 16, FLAG);
layout.field("partial_cache_data_unit", 8, 5, 4, ZERO);
export const inRing = layout.field("in_circular_buffer_size", 20, 25, 0, ANY).shown(Form.HEX64);
export const inRingEnd = layout.field("in_circular_buffer_end", 21, 25, 0, ANY).shown(Form.HEX64);
export const outRing = layout.field("out_circular_buffer_size", 18, 25, 0, ANY).shown(Form.HEX64);
export const outRingEnd = layout.field("out_circular_buffer_end", 19, 25, 0, ANY).shown(Form.HEX64);

// What is not known has its word and its lowest bit for a name (docs/hardware.md).
layout.field("unknown_18_28", 18, 28, 28, ZERO).from(8, FLAG);
export const negativeX = layout.field("in_image_x_offset_negative", 18, 29, 29, FLAG);
export const negativeY = layout.field("in_image_y_offset_negative", 18, 30, 30, FLAG);
// Another region of the SRAM, with low bits of unknown meaning.
export const otherCacheStart = layout.field("other_cache_start", 24, 31, 0, ZERO).from(8, ANY);
export const otherCacheEnd = layout.field("other_cache_end", 25, 31, 0, ZERO).from(8, ANY);
export const unknown28 = layout.field("unknown_28", 28, 31, 0, ANY).shown(Form.HEX);
// Floats that bound results, in output steps and without their zero point; 0 are none.
export const upperBound = layout.field("upper_bound", 29, 31, 0, ANY).shown(Form.HEX);
export const lowerBound = layout.field("lower_bound", 30, 31, 0, ANY).shown(Form.HEX);
layout.field("unknown_31_2", 31, 2, 2, FLAG);
export const unknown31At11 = layout.field("unknown_31_11", 31, 14, 11, among(0x8001));

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
