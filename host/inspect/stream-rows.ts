import type { Blob, Job } from "../blob/blob.ts";
import {
  decodeStream,
  flagNames,
  INSTRUCTION_FLAGS,
  INSTRUCTION_STATES,
  stateName,
} from "./command-stream.ts";

/** One line of a command stream: a state that is loaded, or what is no such thing. */
export interface StreamRow {
  /** Index of the word. */
  word: number;
  state: string;
  /** What is loaded; of padding, how many words. */
  value: number;
  /** The flags that are set, or the job that is started. */
  note: string;
  /** The job that it starts. */
  job?: number;
}

export const PADDING = "(padding)";

export function streamRows(blob: Blob, jobs: Job[], stream: Uint32Array): StreamRow[] {
  return decodeStream(stream).flatMap((packet): StreamRow[] => {
    const { at } = packet;
    if (packet.kind === "padding") {
      return [{ word: at, state: PADDING, value: packet.count, note: "" }];
    }
    if (packet.kind === "word") {
      return [{ word: at, state: "(no packet)", value: packet.value, note: "" }];
    }
    return packet.values.map((value, i) => {
      const address = packet.address + 4 * i;
      return {
        word: at + 1 + i,
        state: stateName(address),
        value,
        ...meaning(blob, jobs, address, value),
      };
    });
  });
}

/** Which job an instruction address starts, or the flags that are set. */
function meaning(
  blob: Blob,
  jobs: Job[],
  address: number,
  value: number,
): Pick<StreamRow, "note" | "job"> {
  if (!INSTRUCTION_STATES.includes(stateName(address))) return { note: flagNames(address, value) };
  const flags = value & INSTRUCTION_FLAGS;
  const descriptor = value - flags - blob.constantsAddress;
  const job = jobs.findIndex((job) => job.descriptor === descriptor);
  return job < 0
    ? { note: "" }
    : { note: `starts job ${job}${flags ? `, flags ${flags}` : ""}`, job };
}
