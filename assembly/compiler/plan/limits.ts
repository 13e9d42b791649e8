import * as nn from "../fields/nn";
import * as tp from "../fields/tp";

/** What the descriptors' fields hold. */

/** Pixels on a side of an NN image. */
export const LONGEST_SIDE = min(nn.IN_X.most, nn.OUT_X.most) as i32;
/** Channels of an NN image. */
export const MOST_CHANNELS = min(nn.KERNEL_Z.most, nn.OUT_Z.most) as i32;
/** Elements along x or y of what a TP job reads: the window's last is counted from 0. */
export const LONGEST_WINDOW = (tp.WINDOW_X_LAST.most as i32) + 1;
/** Planes that a TP job reads. */
export const MOST_PLANES = tp.IN_Z.most as i32;
/** Bytes from one row of a plane to the next, as a TP job reads it. */
export const WIDEST_PITCH = tp.ROW_PITCH.most as i32;
/**
 * Pixels on a side of an image that boards have rearranged rightly in one job on v7: the first layer of
 * MobileNetV1 and V2. Networks with more gave zeros there.
 */
export const LONGEST_REARRANGED: i32 = 224;
/** Bytes of one tensor: no field's limit, but well beyond any such device's memory. */
export const LARGEST_TENSOR: u32 = 1 << 28;
