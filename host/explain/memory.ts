import { type Blob, type BufferLifetime, DESCRIPTOR_WORDS, type Segment } from "../blob/blob.ts";
import { greatest } from "../sums.ts";
import type { ConstantsView, ConstantView, MemoryView } from "./explanation.ts";

export function memoryView({ buffers, jobs }: Segment): MemoryView {
  return {
    peak: greatest(buffers, ({ offset, bytes }) => offset + bytes),
    lowerBound: mostAlive(buffers, jobs.length),
    buffers: buffers.map((buffer) => ({ ...buffer, operator: jobs[buffer.first]?.operator ?? -1 })),
  };
}

/** The most bytes that live at the same time. */
function mostAlive(buffers: BufferLifetime[], jobs: number): number {
  // Bytes that become live with each job, less those that the job before was the last to use.
  const changes = new Float64Array(jobs + 3);
  for (const { bytes, first, last } of buffers) {
    changes[first + 1] = (changes[first + 1] as number) + bytes;
    changes[last + 2] = (changes[last + 2] as number) - bytes;
  }
  let alive = 0;
  let most = 0;
  for (const change of changes) {
    alive += change;
    most = Math.max(most, alive);
  }
  return most;
}

/** Descriptors of each segment in one piece, coefficients by operator; each as it lies. */
export function constantsView({ segments, constants }: Blob): ConstantsView {
  const parts = segments.flatMap(({ jobs }, segment): ConstantView[] => {
    if (jobs.length === 0) return [];
    const end = greatest(jobs, ({ descriptor, kind }) => descriptor + 4 * DESCRIPTOR_WORDS[kind]);
    const offset = jobs.reduce((least, { descriptor }) => Math.min(least, descriptor), end);
    const bytes = end - offset;
    return [{ kind: "descriptors", offset, bytes, segment }, ...coefficientParts(jobs, segment)];
  });
  return { bytes: constants.length, parts: parts.sort((a, b) => a.offset - b.offset) };
}

function coefficientParts(jobs: Segment["jobs"], segment: number): ConstantView[] {
  const parts = new Map<number, ConstantView>();
  for (const { coefficients: offset, coefficientBytes: bytes, operator } of jobs) {
    // The cores that share a job share its table.
    if (bytes > 0) parts.set(offset, { kind: "coefficients", offset, bytes, segment, operator });
  }
  return [...parts.values()];
}
