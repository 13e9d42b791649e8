import type { Blob, Job } from "../blob/blob.ts";
import {
  decodeStream,
  flagNames,
  INSTRUCTION_FLAGS,
  INSTRUCTION_STATES,
  type Packet,
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

/** What a state's value means: the flags that are set, or the job that it starts. */
export type Meaning = (address: number, value: number) => Pick<StreamRow, "note" | "job">;

/** The lines of a stream, of a file of whatever kind. */
export function streamRows(stream: Uint32Array, meaning: Meaning): StreamRow[] {
  return packetRows(decodeStream(stream), meaning);
}

/** The same of a stream that is split into packets. */
export function packetRows(packets: Packet[], meaning: Meaning): StreamRow[] {
  return packets.flatMap((packet): StreamRow[] => {
    const { at } = packet;
    if (packet.kind === "padding") {
      return [{ word: at, state: PADDING, value: packet.count, note: "" }];
    }
    if (packet.kind === "word") {
      return [{ word: at, state: "(no packet)", value: packet.value, note: "" }];
    }
    return packet.values.map((value, i) => {
      const address = packet.address + 4 * i;
      return { word: at + 1 + i, state: stateName(address), value, ...meaning(address, value) };
    });
  });
}

/** Names the flags that are set. */
export const flagMeaning: Meaning = (address, value) => ({ note: flagNames(address, value) });

/** Names the flags that are set, and the blob's job that an instruction address starts. */
export function blobMeaning(blob: Blob, jobs: Job[]): Meaning {
  return (address, value) => {
    if (!INSTRUCTION_STATES.includes(stateName(address))) return flagMeaning(address, value);
    const flags = value & INSTRUCTION_FLAGS;
    const descriptor = value - flags - blob.constantsAddress;
    const job = jobs.findIndex((job) => job.descriptor === descriptor);
    return job < 0
      ? { note: "" }
      : { note: `starts job ${job}${flags ? `, flags ${flags}` : ""}`, job };
  };
}
