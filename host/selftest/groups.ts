import {
  decodeStream,
  encodeStream,
  INSTRUCTION_FLAGS,
  INSTRUCTION_STATES,
  type Packet,
  stateName,
} from "../inspect/command-stream.ts";

/** Jobs that belong together, one or those of a split operation, and the stream that ends with them. */
export interface Group {
  /** Indices of its jobs, in the order of the whole stream. */
  jobs: number[];
  stream: Uint32Array;
}

const AFTER_JOBS = 0x10a4;

/** Cuts a stream after each group of its jobs; all cuts begin and end as the whole does. */
export function groupsOf(stream: Uint32Array): Group[] {
  const packets = decodeStream(stream);
  const starts = packets.map(instructionOf);
  const last = behind(
    packets,
    starts.findLastIndex((flags) => flags !== undefined),
  );
  const groups: Group[] = [];
  let jobs: number[] = [];
  let count = 0;
  starts.forEach((flags, i) => {
    if (flags === undefined) return;
    jobs.push(count++);
    if (flags !== 0) return;
    const cut = [...packets.slice(0, behind(packets, i)), ...packets.slice(last)];
    groups.push({ jobs, stream: encodeStream(cut) });
    jobs = [];
  });
  return groups;
}

/** The flags of an instruction's address, where a packet starts a job. */
function instructionOf(packet: Packet): number | undefined {
  if (packet.kind !== "states" || !INSTRUCTION_STATES.includes(stateName(packet.address))) {
    return undefined;
  }
  return (packet.values[0] ?? 0) & INSTRUCTION_FLAGS;
}

/** Where what belongs to the job of a packet ends. */
function behind(packets: Packet[], at: number): number {
  const next = packets[at + 1];
  return next?.kind === "states" && next.address === AFTER_JOBS ? at + 2 : at + 1;
}
