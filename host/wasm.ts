import { Code, LocationKind } from "../assembly/diagnostics/codes.ts";
import { type ErrorCode, NolfetError } from "./errors.ts";

/** What all Wasm modules export to tell of a failure. */
export interface FailureExports {
  memory: WebAssembly.Memory;
  failureCode(): number;
  failureLocationKind(): number;
  failureLocation(): number;
  failureText(): number;
}

/** How the bytes of a module are found: from a file in Node, by fetch in a browser. */
export type ModuleLoader = (
  name: "compiler" | "emulator" | "cpu" | "importer",
) => Promise<WebAssembly.Module>;

/** Makes an instance of its own, with memory of its own; `imports` are what it calls besides `abort`. */
export async function instantiate<T>(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports = {},
): Promise<T> {
  let memory: WebAssembly.Memory | undefined;
  const instance = await WebAssembly.instantiate(module, {
    ...imports,
    env: {
      // Called only where a check of nolfet's own fails, out of memory included.
      abort(message: number, file: number, line: number, column: number) {
        const at = memory ? `${readString(memory, file)}:${line}:${column}` : "start";
        const what = memory && message ? readString(memory, message) : "abort";
        throw new NolfetError("INTERNAL", "no abort", `${what} in ${at}`);
      },
    },
  });
  memory = instance.exports.memory as WebAssembly.Memory;
  return instance.exports as T;
}

/** What modules export that take bytes and give a file. */
export interface FileExports extends FailureExports {
  allocate(bytes: number): number;
  resultPointer(): number;
  resultBytes(): number;
}

/** Copies bytes into an instance; gives their pointer. Throws OUT_OF_MEMORY. */
export function copyIn(exports: FileExports, bytes: Uint8Array): number {
  const pointer = exports.allocate(Math.max(1, bytes.length)) >>> 0;
  if (pointer === 0) {
    const found = `a model of ${bytes.length} bytes`;
    throw new NolfetError("OUT_OF_MEMORY", "a model that fits into the compiler", found);
  }
  new Uint8Array(exports.memory.buffer, pointer, bytes.length).set(bytes);
  return pointer;
}

/** The file that an instance has made. */
export function resultOf(exports: FileExports): Uint8Array<ArrayBuffer> {
  const start = exports.resultPointer() >>> 0;
  const end = start + (exports.resultBytes() >>> 0);
  return new Uint8Array(exports.memory.buffer.slice(start, end)) as Uint8Array<ArrayBuffer>;
}

/** The failure that an instance has recorded, as an error to throw. */
export function failureOf(exports: FailureExports): NolfetError {
  const [expected = "", found = ""] = readString(exports.memory, exports.failureText()).split("\n");
  return new NolfetError(Code[exports.failureCode()] as ErrorCode, expected, found, {
    kind: LocationKind[exports.failureLocationKind()] as keyof typeof LocationKind,
    at: exports.failureLocation() >>> 0,
  });
}

/** Reads an AssemblyScript string: UTF-16, its length in bytes in the word before it. */
function readString(memory: WebAssembly.Memory, pointer: number): string {
  const bytes = new Uint32Array(memory.buffer)[(pointer - 4) >>> 2] ?? 0;
  return String.fromCharCode(...new Uint16Array(memory.buffer, pointer, bytes >>> 1));
}
