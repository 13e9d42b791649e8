/** What every stage of the compiler needs: TFLite's own values, and the marks of jobs. */
export { Activation, Builtin, DTYPE_BYTES, DTYPE_NAMES, Dtype, Padding } from "../tflite/schema";

/** How well a job's words are known to work on silicon; a greater mark is a weaker claim. */
export enum Mark {
  PROVEN = 0,
  EXPECTED = 1,
  UNPROVEN = 2,
}
