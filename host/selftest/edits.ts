import type { Blob, Job, Relocation, Segment } from "../blob/blob.ts";
import { decodeStream, encodeStream, type Packet, stateName } from "../inspect/command-stream.ts";
import { DESCRIPTORS } from "../inspect/descriptors.ts";
import { descriptorWords } from "../inspect/document.ts";
import { decodeFields, encodeFields, type FieldValues } from "../inspect/fields.ts";

// Changes to compiled blobs, so that a device gets a job in another form.

/** Gives a job's fields other values; undefined leaves a job as it is. */
export type FieldEdit = (job: Job, fields: FieldValues) => FieldValues | undefined;

export function withFields(blob: Blob, edit: FieldEdit): Blob {
  const constants = blob.constants.slice();
  for (const job of blob.segments.flatMap(({ jobs }) => jobs)) {
    const { fields } = decodeFields(descriptorWords(blob, job), DESCRIPTORS[job.kind]);
    const changed = edit(job, fields);
    if (!changed) continue;
    const words = encodeFields({ ...fields, ...changed }, DESCRIPTORS[job.kind]);
    constants.set(new Uint8Array(words.buffer), job.descriptor);
  }
  return { ...blob, constants };
}

/** Has each TP job preceded by a state of this value, or, if undefined, by none. */
export function withState(blob: Blob, address: number, value: number | undefined): Blob {
  return { ...blob, segments: blob.segments.map((segment) => reload(segment, address, value)) };
}

function reload(segment: Segment, address: number, value: number | undefined): Segment {
  if (segment.placement === "CPU") return segment;
  const load: Packet = {
    ...{ at: 0, kind: "states", fixedPoint: false, address },
    ...{ values: [value ?? 0], pad: [] },
  };
  const packets: Packet[] = [];
  const moved = new Map<number, number>();
  let words = 0;
  for (const packet of decodeStream(segment.stream)) {
    if (packet.kind === "states" && packet.address === address) continue;
    if (value !== undefined && startsTp(packet)) {
      packets.push(load);
      words += encodeStream([load]).length;
    }
    packets.push(packet);
    moved.set(packet.at, words - packet.at);
    words += encodeStream([packet]).length;
  }
  const relocations = segment.relocations.map((one) => relocate(one, moved));
  return { ...segment, stream: encodeStream(packets), relocations };
}

function startsTp(packet: Packet): boolean {
  return packet.kind === "states" && stateName(packet.address) === "PS_TP_INST_ADDR";
}

/** A relocation of a stream is that of a packet's value, which follows the packet's first word. */
function relocate(relocation: Relocation, moved: Map<number, number>): Relocation {
  if (!relocation.inStream) return relocation;
  const words = moved.get(relocation.position / 4 - 1) ?? 0;
  return { ...relocation, position: relocation.position + 4 * words };
}
