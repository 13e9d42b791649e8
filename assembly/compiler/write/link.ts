import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { ARENA_ADDRESS, CONSTANTS_ADDRESS, SegmentMemory } from "../allocate/allocate";
import { EncodedJob } from "../encode/encode";
import { Field } from "../fields/field";
import * as nn from "../fields/nn";
import * as tp from "../fields/tp";
import { BufferSlice, TpJob } from "../lower/jobs";
import { CommandStream } from "./command-stream";

/** The two buffers; numbered as in the `.nolf` schema. */
export enum Region {
  CONSTANTS = 0,
  ARENA = 1,
}

/** A segment whose words hold the preferred addresses. */
export class Linked {
  stream: CommandStream = new CommandStream();
  /**
   * The words that hold addresses, as the schema's struct Relocation:
   *
   *   63            32  31    24  23    16  15     8  7         0
   *  ┌────────────────┬─────────┬─────────┬─────────┬───────────┐
   *  │ byte position  │ 0       │ shift   │ target  │ in stream │
   *  └────────────────┴─────────┴─────────┴─────────┴───────────┘
   */
  relocations: u64[] = [];

  relocate(inStream: bool, target: Region, shift: u32, position: u32): void {
    const kind = (inStream ? 1 : 0) | ((target as u32) << 8) | (shift << 16);
    this.relocations.push((kind as u64) | ((position as u64) << 32));
  }
}

/** What the kernel driver takes in one submission: 128 KiB. */
const MOST_WORDS = 0x8000;

/** Writes the preferred addresses into the descriptors and makes the stream that starts them. */
export function link(jobs: EncodedJob[], plan: SegmentMemory): Linked {
  const linked = new Linked();
  const stream = linked.stream.begin();
  for (let i = 0; i < jobs.length; i++) {
    const descriptor = plan.descriptors[i];
    const address = (CONSTANTS_ADDRESS as i64) + (descriptor as i64);
    const job = jobs[i].job;
    let position: u32;
    if (job instanceof TpJob) {
      const move = job as TpJob;
      linkMove(jobs[i], descriptor, plan.coefficients[i], plan, linked);
      position = stream.startTp(address, move);
    } else {
      linkConvolution(jobs[i], descriptor, plan.coefficients[i], plan, linked);
      position = stream.startConvolution(address, job.operator);
    }
    linked.relocate(true, Region.CONSTANTS, 0, position);
  }
  stream.end();
  if (stream.words.length > MOST_WORDS) {
    const found = `${stream.words.length} words`;
    fail(
      Code.TOO_LARGE,
      LocationKind.OPERATOR,
      jobs[0].job.operator,
      `at most ${MOST_WORDS} words in a command stream`,
      found,
    );
  }
  return linked;
}

function linkMove(
  encoded: EncodedJob,
  at: u32,
  table: u32,
  plan: SegmentMemory,
  linked: Linked,
): void {
  const input = encoded.job.input;
  if (input.buffer.constant != null) {
    linkConstants(encoded, tp.IN_ADDRESS, table + input.offset, at, linked);
  } else {
    if (encoded.coefficients != null) linkConstants(encoded, tp.TABLE_ADDRESS, table, at, linked);
    linkAccess(encoded, tp.IN_ADDRESS, input, at, plan, linked);
  }
  linkAccess(encoded, tp.OUT_ADDRESS, encoded.job.output, at, plan, linked);
}

function linkConvolution(
  encoded: EncodedJob,
  at: u32,
  coefficients: u32,
  plan: SegmentMemory,
  linked: Linked,
): void {
  linkConstants(encoded, nn.KERNEL_ADDRESS, coefficients, at, linked);
  linkAccess(encoded, nn.IN_ADDRESS, encoded.job.input, at, plan, linked);
  linkAccess(encoded, nn.OUT_ADDRESS, encoded.job.output, at, plan, linked);
}

/** `offset`: in the constants. `at`: where the descriptor lies among them. */
function linkConstants(
  encoded: EncodedJob,
  field: Field,
  offset: u32,
  at: u32,
  linked: Linked,
): void {
  encoded.words.set(field, (CONSTANTS_ADDRESS as i64) + (offset as i64));
  const shift = ctz(field.unit) as u32;
  linked.relocate(false, Region.CONSTANTS, shift, positionOf(field, at));
}

function linkAccess(
  encoded: EncodedJob,
  field: Field,
  slice: BufferSlice,
  at: u32,
  plan: SegmentMemory,
  linked: Linked,
): void {
  const offset = (plan.buffers[slice.buffer.id] as i64) + (slice.offset as i64);
  encoded.words.set(field, (ARENA_ADDRESS as i64) + offset);
  linked.relocate(false, Region.ARENA, 0, positionOf(field, at));
}

function positionOf(field: Field, descriptor: u32): u32 {
  return descriptor + ((field.pieces[0].word as u32) << 2);
}
