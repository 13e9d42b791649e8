import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { NolfetError } from "../errors.ts";
import { reasonOf } from "./device-error.ts";

// The native addon (shim/), which reaches the kernel driver's render nodes. It knows of buffers and
// command streams, and of nothing else.

/**
 * An open render node: an address space of its own. Throws and rejects with an Error that is a
 * `SystemError` as well, or says "std::bad_alloc" where memory has run out.
 */
export interface NativeDevice {
  readonly driver: { name: string; major: number; minor: number; patch: number };
  parameter(pipe: number, parameter: number): bigint;
  allocate(bytes: number, address: number): NativeBuffer;
  /** Queues a stream; gives its fence. */
  submit(
    pipe: number,
    stream: Uint32Array,
    buffers: { buffer: NativeBuffer; access: number }[],
  ): number;
  wait(pipe: number, fence: number, milliseconds: number): Promise<void>;
  /** Frees its buffers as well. */
  close(): void;
}

/** Memory that the device and the host share. */
export interface NativeBuffer {
  readonly handle: number;
  readonly bytes: number;
  readonly address: number;
  /** The mapping itself, detached by `close`. */
  readonly view: ArrayBuffer;
  /** Waits until the device leaves the bytes to the host. */
  prepare(access: number, milliseconds: number): Promise<void>;
  /** Gives them back to the device. */
  finish(): void;
  close(): void;
}

/** How a buffer is used. */
export const READ = 1;
export const WRITE = 2;

export interface Native {
  Device: new (path: string) => NativeDevice;
}

/** Loads the addon that lies in the package's folder, once. Throws NO_DEVICE where it is absent. */
export function loadNative(root: URL): Native {
  try {
    return createRequire(import.meta.url)("node-gyp-build")(fileURLToPath(root));
  } catch (error) {
    const [reason = ""] = reasonOf(error).split("\n");
    throw new NolfetError("NO_DEVICE", "the native addon", reason);
  }
}
