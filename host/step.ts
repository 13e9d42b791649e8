/** Bytes of each tensor that the host sees, by tensor index. */
export type Values = Map<number, Uint8Array>;

/** Runs one segment, from values to values. */
export interface Step {
  run(): Promise<void> | void;
  /** Frees what it holds. */
  release?(): void;
}
