import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { mapImage } from "../../host/devices/emulated.ts";
import type { Emulator } from "../../host/devices/emulator.ts";
import { verifyImage } from "../../host/devices/verify.ts";
import { NolfetError, openBlob } from "../../host/index.ts";
import { emulatorFor } from "../support/emulator.ts";
import type { Build } from "../support/stand-in.ts";
import { compiledAgainstLibrary } from "./runner.ts";

// What both readers of blobs say: sessions, and the C library.

/** What ends a load of a sound blob: it runs on the CPU alone, or there is no device. */
const TAKEN = ["0", "3"];

const emulators = new Map<string, Promise<Emulator>>();

/** What sessions make of a blob: "" where they take it, else its code and words. */
export async function hostVerdict(bytes: Uint8Array, core: string): Promise<string> {
  const made = emulators.get(core) ?? emulatorFor(core);
  emulators.set(core, made);
  const emulator = await made;
  try {
    const blob = openBlob(bytes);
    mapImage(emulator, blob);
    verifyImage(emulator, blob);
    return "";
  } catch (error) {
    if (!(error instanceof NolfetError)) throw error;
    return `${error.code}: ${error.message}`;
  } finally {
    emulator.unmapAll();
  }
}

/** Compiles what asks the C library. Undefined where a tool for that is not there. */
export function compiledVerdicts(build: Build): string | undefined {
  return compiledAgainstLibrary("test/c/driver/verdicts.c", build);
}

/** What the C library makes of each: "" where it takes it, else its status and words. */
export async function libraryVerdicts(program: string, blobs: Uint8Array[]): Promise<string[]> {
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const lines: string[] = [];
  const read = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const [status, text = ""] = line.split("\t");
      lines.push(TAKEN.includes(status ?? "") ? "" : `${status}: ${text}`);
    }
  })();
  for (const bytes of blobs) {
    child.stdin.write(Uint8Array.from(new Uint8Array(Uint32Array.of(bytes.length).buffer)));
    child.stdin.write(bytes);
  }
  child.stdin.end();
  await read;
  return lines;
}
