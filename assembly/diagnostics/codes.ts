/**
 * What can go wrong, and where: shared by both Wasm modules and the host, whose errors carry
 * the member's name as their code.
 */

export enum Code {
  OK = 0,
  /** The bytes end before something they announce. */
  TRUNCATED = 1,
  /** Not a TensorFlow Lite model at all. */
  NOT_A_MODEL = 2,
  /** An offset, index, count or value in the file contradicts the format. */
  MALFORMED = 3,
  /** A count or size beyond what nolfet accepts from any model. */
  TOO_LARGE = 4,
  /** A well-formed model that uses what nolfet does not take. */
  UNSUPPORTED_MODEL = 5,
  /** A model that is not quantized to 8 bits. */
  NOT_QUANTIZED = 6,
  /** A core that nolfet does not know or does not write streams for. */
  UNSUPPORTED_TARGET = 7,
  /** Options that contradict each other or lie outside their range. */
  BAD_OPTION = 8,
  /** Memory of the Wasm module used up. */
  OUT_OF_MEMORY = 9,
  /** A blob that is no `.nolf`, is damaged, or of another version. */
  BAD_BLOB = 10,
  /** An operator on the CPU that no kernel runs. */
  UNSUPPORTED_OPERATOR = 11,
  /** Inputs that do not fit the session: names, types, lengths. */
  BAD_INPUT = 12,
  /** A session used after its release. */
  RELEASED = 13,
  /** A file that cannot be read or written. */
  FILE = 14,
  /** No device, or one that does not fit the blob. */
  NO_DEVICE = 15,
  /** The emulator: a packet, state or value of the command stream it does not understand. */
  BAD_STREAM = 16,
  /** The emulator: a descriptor field with a value whose meaning is not known. */
  BAD_DESCRIPTOR = 17,
  /** The emulator: a coefficient stream that does not decode to what its descriptor announces. */
  BAD_COEFFICIENTS = 18,
  /** The emulator: an access outside the mapped buffers. */
  OUT_OF_BOUNDS = 19,
  /** A fault of nolfet itself. */
  INTERNAL = 20,
  /** A device: what it was given did not end in time. */
  DEVICE_TIMEOUT = 21,
  /** A device that is gone. */
  DEVICE_LOST = 22,
  /** A device: no memory, or no addresses, for a buffer. */
  DEVICE_MEMORY = 23,
  /** A device: its kernel driver refuses a call. */
  DEVICE_REFUSED = 24,
}

/** What a location counts. */
export enum LocationKind {
  NONE = 0,
  /** A byte offset in the file. */
  BYTE = 1,
  /** A tensor's index in the subgraph. */
  TENSOR = 2,
  /** An operator's index in the subgraph. */
  OPERATOR = 3,
  /** A word's index in the command stream. */
  STREAM_WORD = 4,
  /** A job's index, in the order of the submission. */
  JOB = 5,
  /** A GPU virtual address. */
  ADDRESS = 6,
}
