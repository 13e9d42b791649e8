import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { decimal, phrase } from "../../diagnostics/text";
import { currentJob } from "../jobs";
import { bufferAt, mappedBuffer, mappedBuffers } from "./buffers";
import { takeZeroBlock } from "./pool";
import { Ring } from "./ring";

/**
 * Which bytes have been written, if that is watched: so that a job that reads others is found,
 * whatever they happen to hold.
 */

let watching: bool = false;

/** Begins to watch the buffers that are mapped; false where memory is short. */
export function watchBuffers(): bool {
  watching = true;
  for (let i = 0; i < mappedBuffers(); i++) {
    const buffer = mappedBuffer(i);
    if (buffer.constant || buffer.written != 0) continue;
    buffer.written = takeZeroBlock(buffer.bytes);
    if (buffer.written != 0) continue;
    const expected = phrase(decimal(buffer.bytes), " bytes to watch a buffer");
    return fail(Code.OUT_OF_MEMORY, LocationKind.ADDRESS, buffer.address, expected, "fewer left");
  }
  return true;
}

export function isWatching(): bool {
  return watching;
}

/** Bytes that lie in one buffer have been written, or are lost. */
export function mark(address: u64, bytes: u64, written: bool): void {
  const buffer = bufferAt(<u32>address);
  if (buffer == null || buffer.written == 0) return;
  const first = <usize>(address - buffer.address);
  memory.fill(
    buffer.written + first,
    written ? 1 : 0,
    min<usize>(<usize>bytes, buffer.bytes - first),
  );
}

/** Whether all of some bytes have been written that lie in one buffer; a failure is recorded if not. */
export function areWritten(address: u64, bytes: u64, reader: string): bool {
  const buffer = bufferAt(<u32>address);
  if (buffer == null || buffer.written == 0) return true;
  const first = buffer.written + <usize>(address - buffer.address);
  for (let i: usize = 0; i < <usize>bytes; i++) {
    if (load<u8>(first + i) != 0) continue;
    const expected = phrase("a byte that has been written, for ", reader);
    return fail(
      Code.OUT_OF_BOUNDS,
      LocationKind.ADDRESS,
      <u32>address + <u32>i,
      expected,
      "one that has not",
    );
  }
  return true;
}

/** The same of a row of an image, which may go on at the start of its circular buffer. */
export function isRowWritten(ring: Ring, address: u64, bytes: u64): bool {
  const reader = phrase("job ", decimal(currentJob()));
  if (!ring.isUsed) return areWritten(address, bytes, reader);
  const first = ring.wrap(ring.wrap(address));
  const toEnd = min<u64>(bytes, ring.end - first);
  return (
    areWritten(first, toEnd, reader) &&
    (toEnd == bytes || areWritten(ring.start, bytes - toEnd, reader))
  );
}

export function markRow(ring: Ring, address: u64, bytes: u64): void {
  if (!ring.isUsed) {
    mark(address, bytes, true);
    return;
  }
  const first = ring.wrap(ring.wrap(address));
  const toEnd = min<u64>(bytes, ring.end - first);
  mark(first, toEnd, true);
  if (toEnd != bytes) mark(ring.start, bytes - toEnd, true);
}
