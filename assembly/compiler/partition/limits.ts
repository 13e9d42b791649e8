/** What the descriptors' fields hold. */

/** Pixels on a side of an NN image: 13 bits. */
export const LONGEST_SIDE = 8191;
/** Channels of an NN image: 14 bits. */
export const MOST_CHANNELS = 16383;
/** What a loop of the TP unit counts, and a side of its images: 16 bits. */
export const LONGEST_LOOP = 65535;
/** Bytes of one tensor: no field's limit, but well beyond any such device's memory. */
export const LARGEST_TENSOR: u32 = 1 << 28;
