import type { Blob } from "../../../host/blob/blob.ts";
import { wholePages } from "../../../host/blob/pages.ts";
import { mapImage } from "../../../host/devices/emulated.ts";
import { Emulator, type JobExtents } from "../../../host/devices/emulator.ts";
import { relocatedFrom } from "../../../host/devices/relocate.ts";
import { verifyImage } from "../../../host/devices/verify.ts";
import { type ErrorCode, NolfetError, openBlob, Session } from "../../../host/index.ts";
import { wasmModule } from "../../../host/modules.ts";
import { seal } from "../../host/blob-editor.ts";
import { Random } from "../../support/random.ts";
import type { Attempt, Trial } from "../kinds.ts";
import { type Mutant, mutate } from "../mutate.ts";
import type { Subject } from "../subjects.ts";
import { blobSubjects } from "./subjects.ts";

/** One mutant of a blob: made, loaded, executed where it loads, judged. */

interface Judgement {
  /** "executed", "loaded" where executing takes too long, or the code of the error. */
  outcome: string;
  /** Why this is a fault of nolfet; absent where all is well. */
  fault?: string;
}

/** What neither opening nor verifying a blob may be answered with. */
const FAULTS: ErrorCode[] = ["INTERNAL", "BAD_INPUT", "FILE", "BAD_OPTION"];

/** Most mutants have the checksum that they should have, to get past it. */
const SEALED_SHARE = 0.97;
/** One in so many goes through a session as well. */
const SESSION_SHARE = 1 / 100;
const MOVED_SHARE = 1 / 10;
const MOVED_TO = 0x60000000;
/** Multiplications that executing a mutant may take. */
const MOST_WORK = 2 ** 28;
const MOST_KEPT_BYTES = 2 ** 26;

export async function blobTrial({ seed }: Trial): Promise<Attempt> {
  const subjects = await blobSubjects();
  return async (index) => {
    const { subject, bytes, changes } = blobMutant(subjects, seed, index);
    const { outcome, ...fault } = await judge(bytes, new Random(seed + 1, index));
    return { subject, outcomes: [outcome], changes, ...fault };
  };
}

function blobMutant(subjects: readonly Subject[], seed: number, index: number): Mutant {
  const random = new Random(seed, index);
  const mutant = mutate(subjects, random);
  return random.chance(SEALED_SHARE) ? { ...mutant, bytes: sealed(mutant.bytes) } : mutant;
}

function sealed(bytes: Uint8Array): Uint8Array {
  try {
    return seal(bytes.slice());
  } catch {
    // There is no room left for a checksum.
    return bytes;
  }
}

/** Loads a mutant, and executes it where it loads: all that it may touch then is what was foretold. */
async function judge(bytes: Uint8Array, random: Random): Promise<Judgement> {
  try {
    const blob = openBlob(bytes);
    if (random.chance(SESSION_SHARE)) await openSession(bytes);
    return await execute(blob, random);
  } catch (error) {
    if (!(error instanceof NolfetError)) return { outcome: "untyped", fault: `${error}` };
    const { code, message } = error;
    return FAULTS.includes(code) ? { outcome: code, fault: message } : { outcome: code };
  }
}

async function openSession(bytes: Uint8Array): Promise<void> {
  const session = await Session.create(bytes, { device: "emulator" });
  await session.release();
}

const emulators = new Map<number, Emulator>();

async function execute(blob: Blob, random: Random): Promise<Judgement> {
  const kept = emulators.get(blob.coreIndex);
  const emulator = kept ?? (await Emulator.create(await wasmModule("emulator"), blob.coreIndex));
  emulators.set(blob.coreIndex, emulator);
  // As where a kernel driver does not give the addresses that the blob was linked for.
  const moved = random.chance(MOVED_SHARE) ? { ...blob, ...relocatedFrom(blob, MOVED_TO) } : blob;
  try {
    mapImage(emulator, moved);
    return run(emulator, moved, verifyImage(emulator, moved), random);
  } finally {
    emulator.unmapAll();
    if (emulator.memoryBytes > MOST_KEPT_BYTES) emulators.delete(blob.coreIndex);
  }
}

function run(emulator: Emulator, blob: Blob, extents: JobExtents[][], random: Random): Judgement {
  const work = extents.flat().map(({ output, words }) => output.bytes * Math.max(16, words.bytes));
  if (work.reduce((sum, one) => sum + one, 0) > MOST_WORK) return { outcome: "loaded" };
  const background = random.below(256);
  emulator.back(blob.arenaAddress, wholePages(blob.arenaBytes));
  emulator.view(blob.arenaAddress, blob.arenaBytes).fill(background);
  for (const { stream } of blob.segments) {
    try {
      emulator.submit(stream);
    } catch (error) {
      // Of v8's weights alone nothing is foretold.
      const { code, message } = error as NolfetError;
      const isWeights = code === "BAD_COEFFICIENTS" && blob.core.architecture === 8;
      if (isWeights) return { outcome: "bad weights" };
      return { outcome: "executed", fault: `verified, and then ${code ?? ""} ${message}` };
    }
  }
  const { constants, constantsAddress } = blob;
  const after = emulator.view(constantsAddress, constants.length);
  if (Buffer.compare(after, constants) !== 0)
    return { outcome: "executed", fault: "constants changed" };
  const stray = strayByte(emulator, blob, extents, background);
  if (stray < 0) return { outcome: "executed" };
  return {
    outcome: "executed",
    fault: `byte ${stray} of the arena is no job's output, and changed`,
  };
}

/** The first byte of the arena that has changed beside all outputs, -1 for none. */
function strayByte(
  emulator: Emulator,
  { arenaAddress, arenaBytes }: Blob,
  extents: JobExtents[][],
  background: number,
): number {
  const arena = emulator.view(arenaAddress, arenaBytes);
  for (const { output } of extents.flat()) {
    const first = output.first - arenaAddress;
    if (output.bytes > 0) arena.fill(background, first, first + output.bytes);
  }
  for (let from = 0; from < arena.length; from += PART) {
    const part = arena.subarray(from, from + PART);
    if (Buffer.compare(part, blank(background).subarray(0, part.length)) === 0) continue;
    return from + part.findIndex((byte) => byte !== background);
  }
  return -1;
}

/** Bytes that are compared at once: arenas may have half a gigabyte. */
const PART = 2 ** 16;

const blanks = new Map<number, Uint8Array>();

function blank(byte: number): Uint8Array {
  const made = blanks.get(byte) ?? new Uint8Array(PART).fill(byte);
  blanks.set(byte, made);
  return made;
}
