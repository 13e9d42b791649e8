import type { Blob } from "../../../host/blob/blob.ts";
import { checkReferences } from "../../../host/blob/check.ts";
import { engineFor } from "../../../host/cpu/engine.ts";
import { type ErrorCode, NolfetError, openBlob } from "../../../host/index.ts";
import { allocateValues, prepareStep } from "../../../host/steps.ts";
import { seal } from "../../host/blob-editor.ts";
import { Random } from "../../support/random.ts";
import type { Attempt, Trial } from "../kinds.ts";
import { mutate } from "../mutate.ts";
import type { Subject } from "../subjects.ts";
import { mutateKernels } from "./mutate.ts";
import { kernelSubjects } from "./subjects.ts";

/** One mutant of what the CPU's kernels are to do: checked as a blob is, prepared, run. */

/** What a blob from anywhere may not be answered with. */
const FAULTS: ErrorCode[] = ["INTERNAL", "BAD_INPUT", "FILE", "BAD_OPTION"];
/** Milliseconds that the operators may take: longer runs end in a typed error. */
const TIMEOUT = 500;
/** So many are mutated as bytes of a file; the others after its decoding, which is all they lack. */
const FILE_SHARE = 0.1;

export async function kernelTrial({ seed }: Trial): Promise<Attempt> {
  const subjects = await kernelSubjects();
  const files = subjects.map(({ name, bytes }): Subject => {
    return { name, bytes, metadata: [{ start: 0, end: bytes.length }], weight: 1 };
  });
  return async (index) => {
    const random = new Random(seed, index);
    if (random.chance(FILE_SHARE)) {
      const { subject, bytes, changes } = mutate(files, random);
      const judgement = await judge(() => openBlob(sealed(bytes)), random);
      return { subject, changes, ...judgement };
    }
    const subject = random.pick(subjects);
    const { blob, changes } = mutateKernels(subject, random, subjects);
    const checked = () => {
      checkReferences(blob);
      return blob;
    };
    return { subject: subject.name, changes, ...(await judge(checked, random)) };
  };
}

function sealed(bytes: Uint8Array): Uint8Array {
  try {
    return seal(bytes.slice());
  } catch {
    // There is no room left for a checksum.
    return bytes;
  }
}

interface Judgement {
  outcomes: string[];
  fault?: string;
}

async function judge(open: () => Blob, random: Random): Promise<Judgement> {
  try {
    const blob = open();
    await run(blob, random);
    return { outcomes: ["executed"] };
  } catch (error) {
    if (!(error instanceof NolfetError)) return { outcomes: ["untyped"], fault: `${error}` };
    const { code, message } = error;
    return FAULTS.includes(code) ? { outcomes: [code], fault: message } : { outcomes: [code] };
  }
}

/** On inputs of which most bytes are the same. */
async function run(blob: Blob, random: Random): Promise<void> {
  const engine = await engineFor(blob);
  const values = allocateValues(blob, engine);
  for (const tensor of blob.inputs) {
    const bytes = values.get(tensor) ?? new Uint8Array();
    bytes.fill(random.below(256));
    for (let i = 0; i < 16 && bytes.length > 0; i++)
      bytes[random.below(bytes.length)] = random.bits();
  }
  const runners = { engine, timeout: TIMEOUT };
  for (const segment of blob.segments) {
    // LiteRT's own faults are no part of this.
    if (segment.placement === "NPU" || segment.model.length > 0) continue;
    await (await prepareStep(blob, segment, values, runners)).run();
  }
}
