import type { CoreView, Explanation } from "../../host/explain/explanation.ts";
import type { Result } from "../../host/results/result.ts";

// What the page asks of its worker, and what comes back. Only the worker compiles and emulates.

export interface Compiled {
  blob: Uint8Array;
  explanation: Explanation;
  milliseconds: number;
}

/** A run: the best classes of a classifier, else the range of every output. */
export interface RunResult {
  input: string;
  milliseconds: number;
  device: string;
  top?: { index: number; score: number; name?: string | undefined }[];
  /** Of a classifier. */
  classes?: number;
  /** What the outputs mean for the picture, where a decoder knows the network. */
  result?: Result;
  outputs: { name: string; dtype: string; shape: number[]; least: number; greatest: number }[];
}

/** How a picture must be for the network's input; absent where it takes none. */
export interface PictureSize {
  width: number;
  height: number;
  channels: 1 | 3;
}

/** What `nolfet inspect` prints of a network of the vendor's compiler. */
export interface NetworkText {
  /** Of all of it. */
  overview: string;
  /** Of one operation: every field of its descriptor, every state loaded. */
  operation: string;
  /** How many there are. */
  operations: number;
}

/** The worker's calls: arguments and result. */
export interface Calls {
  compile: [args: { model: Uint8Array; target: string }, result: Compiled];
  /** Compiles for one core after the other; `index` is that of TARGETS. */
  core: [args: { model: Uint8Array; index: number }, result: CoreView];
  network: [args: { bytes: Uint8Array; operation: number }, result: NetworkText];
  pictureSize: [args: { blob: Uint8Array }, result: PictureSize | undefined];
  /** On the bytes of a picture's file; without one, on noise. */
  run: [args: { blob: Uint8Array; picture?: Uint8Array }, result: RunResult];
}

export type CallName = keyof Calls;

export interface Request<Name extends CallName = CallName> {
  id: number;
  name: Name;
  args: Calls[Name][0];
}

/** As a `NolfetError` has it, whose class does not survive the way between threads. */
export interface Fault {
  code: string;
  message: string;
}

export type Response = { id: number; result: unknown } | { id: number; fault: Fault };
