/**
 * What nolfet takes at most, the same from the compiler to every loader: portable AssemblyScript
 * that TypeScript reads too, and that becomes a header for C (scripts/c-headers.mjs).
 */

/** Bytes of activations, which all segments of a blob share. */
export const MOST_ARENA_BYTES: u32 = 1 << 29;

/** Bytes of descriptors and coefficients in a blob. */
export const MOST_CONSTANT_BYTES: u32 = 1 << 28;

/** Bytes of any one tensor, and of those that a session holds on the host's side together: 768 MiB. */
export const MOST_HOST_BYTES: u32 = 3 << 28;

/** Bytes of a blob's file. */
export const MOST_FILE_BYTES: u32 = 1 << 30;

/**
 * Tables and vectors of a file may share bytes: what is visited adds up to so many file lengths. A
 * table counts some bytes more, as reading it makes an object, and some for each of the lists that it
 * may have, as reading it makes an array of each, even of nothing.
 */
export const MOST_FILE_VISITS: u32 = 5;
export const BYTES_OF_TABLE: u32 = 96;
export const BYTES_OF_LIST: u32 = 24;

/**
 * The work of verifying a blob, in units of about a nanosecond. A blob may take so many for each
 * byte of its constants and streams, and some more. Compiled networks take less than a fifth of it.
 */
export const WORK_OF_BLOB: u32 = 1 << 26;
export const WORK_OF_BYTE: u32 = 32;

/** What a word of a stream costs, a job, a kernel, a byte of Huffman codes, and a run of equal steps of a TP job's output. */
export const WORK_OF_WORD: u32 = 32;
export const WORK_OF_JOB: u32 = 4096;
export const WORK_OF_KERNEL: u32 = 48;
export const WORK_OF_CODED_BYTE: u32 = 8;
export const WORK_OF_RUN: u32 = 128;
