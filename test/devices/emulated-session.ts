import { createHash } from "node:crypto";
import type { Blob } from "../../host/blob/blob.ts";
import { wholePages } from "../../host/blob/pages.ts";
import { engineFor } from "../../host/cpu/engine.ts";
import { openEmulator } from "../../host/devices/emulated.ts";
import type { TypedArray } from "../../host/dtype.ts";
import { tensorInfos } from "../../host/feeds.ts";
import { States } from "../../host/states.ts";
import { allocateValues, prepareStep } from "../../host/steps.ts";
import type { Submission } from "../stand-in/submission.ts";
import { feedsOf } from "../support/feeds.ts";

/** What an emulator session executes, as the stand-in kernel would tell it, and what it gives. */
export async function emulatedSession(
  blob: Blob,
  picture = "",
): Promise<{ submissions: Pick<Submission, "stream" | "buffers">[]; outputs: string[] }> {
  const submissions = [{ stream: hexWords(blob.init), buffers: [] as Submission["buffers"] }];
  const device = await openEmulator(blob);
  const execute = device.submit;
  device.submit = async (stream) => {
    const before = hash(wholeArena(device.arena()));
    await execute(stream);
    const arena = {
      address: blob.arenaAddress,
      bytes: wholePages(blob.arenaBytes),
      writable: true,
      before,
      after: hash(wholeArena(device.arena())),
    };
    submissions.push({ stream: hexWords(stream), buffers: [constantsOf(blob), arena] });
  };
  const engine = await engineFor(blob);
  const values = allocateValues(blob, engine);
  new States(blob, values).reset();
  const infos = tensorInfos(blob, blob.inputs, "input");
  const feeds = feedsOf(infos, picture);
  blob.inputs.forEach((tensor, i) => {
    const { buffer } = feeds[infos[i]?.name ?? ""] as TypedArray;
    values.get(tensor)?.set(new Uint8Array(buffer));
  });
  for (const segment of blob.segments) {
    await (await prepareStep(blob, segment, values, { device, engine })).run();
  }
  const outputs = blob.outputs.map((tensor) => hash(values.get(tensor) as Uint8Array));
  return { submissions, outputs };
}

function constantsOf({ constants, constantsAddress: address }: Blob): Submission["buffers"][0] {
  const padded = new Uint8Array(wholePages(constants.length));
  padded.set(constants);
  const content = hash(padded);
  return { address, bytes: padded.length, writable: false, before: content, after: content };
}

function wholeArena(arena: Uint8Array): Uint8Array {
  return new Uint8Array(arena.buffer, arena.byteOffset, wholePages(arena.length));
}

function hexWords(words: Uint32Array): string[] {
  return Array.from(words, (word) => word.toString(16).padStart(8, "0"));
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
