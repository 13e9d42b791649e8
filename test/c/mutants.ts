import * as nolf from "../../host/blob/nolf.generated.ts";
import type { Random } from "../fuzz/random.ts";
import { BlobEditor } from "../host/blob-editor.ts";

/** A part of a blob that mutations change, in bytes of the file; a name for reports. */
interface Region {
  name: string;
  start: number;
  bytes: number;
}

export interface BlobMutant {
  bytes: Uint8Array;
  changes: string[];
}

const EXTREMES = [0, 1, 2, 0x7f, 0xff, 0x8000, 0xffff, 0x3ffffff, 0x7fffffff, 0x80000000];
const WORD = 4;
/** Most mutants have one change, so that one verdict is about one thing. */
const MORE_CHANGES = 0.2;

/** Changes words of what a device is given, and of what the blob says of it. */
export class BlobMutator {
  private readonly regions: Region[];

  constructor(private readonly blob: Uint8Array) {
    this.regions = regionsOf(blob);
  }

  /** Its checksum is right. */
  mutant(random: Random): BlobMutant {
    const editor = new BlobEditor(this.blob);
    const changes: string[] = [];
    do {
      const region = random.pick(this.regions);
      const at = region.start + WORD * random.below(Math.floor(region.bytes / WORD));
      const before = editor.view.getUint32(at, true);
      const after = this.changed(before, region, random);
      editor.view.setUint32(at, after, true);
      const [from, to] = [before, after].map((word) => word.toString(16).padStart(8, "0"));
      changes.push(`${region.name} + ${at - region.start}: ${from} to ${to}`);
    } while (random.chance(MORE_CHANGES));
    return { bytes: editor.sealed(), changes };
  }

  private changed(word: number, { start, bytes }: Region, random: Random): number {
    const view = new DataView(this.blob.buffer, this.blob.byteOffset);
    const other = start + WORD * random.below(Math.floor(bytes / WORD));
    const ways = [
      () => word ^ (1 << random.below(32)),
      () => word + random.below(9) - 4,
      () => word + (random.below(9) - 4) * 64,
      () => random.pick(EXTREMES),
      () => view.getUint32(other, true),
      () => random.bits(),
    ];
    return random.pick(ways)() >>> 0;
  }
}

/**
 * Every descriptor and stream is a region of its own, and so is each coefficient's beginning, and
 * all that is said about them.
 */
function regionsOf(blob: Uint8Array): Region[] {
  const editor = new BlobEditor(blob);
  const { root } = editor;
  const constants = editor.elements(root, "Blob", "constants");
  const length = root.constantsLength();
  const regions: Region[] = [
    { name: "before the constants", start: 0, bytes: constants },
    {
      name: "behind the constants",
      start: constants + length,
      bytes: blob.length - constants - length,
    },
    { name: "init", start: editor.elements(root, "Blob", "init"), bytes: WORD * root.initLength() },
    {
      name: "constants address",
      start: editor.position(root, "Blob", "constants_address"),
      bytes: 4,
    },
    { name: "arena address", start: editor.position(root, "Blob", "arena_address"), bytes: 4 },
    { name: "arena bytes", start: editor.position(root, "Blob", "arena_bytes"), bytes: 4 },
  ];
  for (let i = 0; i < root.segmentsLength(); i++) {
    const segment = root.segments(i) as nolf.Segment;
    const start = editor.elements(segment, "Segment", "stream");
    const stream = { name: `stream ${i}`, start, bytes: WORD * segment.streamLength() };
    regions.push(stream, stream, stream);
    for (let k = 0; k < segment.jobsLength(); k++) {
      const job = segment.jobs(k) as nolf.Job;
      const words = job.kind() === nolf.JobKind.NN ? 34 : 31;
      const place = constants + job.descriptor();
      const descriptor = { name: `descriptor ${k}`, start: place, bytes: WORD * words };
      regions.push(descriptor, descriptor);
      if (job.coefficientBytes() === 0) continue;
      const coefficients = constants + job.coefficients();
      const bytes = job.coefficientBytes();
      regions.push({ name: `coefficients ${k}`, start: coefficients, bytes });
      regions.push({ name: `header ${k}`, start: coefficients, bytes: Math.min(bytes, 128) });
    }
  }
  return regions;
}
