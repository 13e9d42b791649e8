import type { Buffer, Relocation, Segment } from "../blob/blob.ts";
import { ADDRESS_SPACE_BYTES, wholePages } from "../blob/pages.ts";
import { NolfetError } from "../errors.ts";
import type { Image } from "./verify.ts";

/**
 * The image at addresses from `start` on: itself where its own are, else a copy whose words are
 * patched as the blob's relocations tell. Nothing of these is trusted: what comes out is for
 * `verifyImage` to judge. Throws DEVICE_MEMORY where the address space ends too early.
 */
export function relocatedFrom(image: Image, start: number): Image {
  if (Math.min(image.constantsAddress, image.arenaAddress) >= start) return image;
  const constantsAddress = wholePages(start);
  const arenaAddress = constantsAddress + wholePages(image.constants.length);
  const end = arenaAddress + wholePages(image.arenaBytes);
  if (end > ADDRESS_SPACE_BYTES) {
    const expected = `addresses for ${end - constantsAddress} bytes from 0x${start.toString(16)} on`;
    throw new NolfetError("DEVICE_MEMORY", expected, "the end of the address space");
  }
  const moved: Record<Buffer, number> = {
    constants: constantsAddress - image.constantsAddress,
    arena: arenaAddress - image.arenaAddress,
  };
  const constants = image.constants.slice();
  const segments = image.segments.map((segment) => patched(segment, constants, moved));
  return { ...image, constantsAddress, arenaAddress, constants, segments };
}

/** Patches a segment's words among the constants, and gives it with a stream of its own. */
function patched(segment: Segment, constants: Uint8Array, moved: Record<Buffer, number>): Segment {
  const stream = segment.stream.slice();
  const words = {
    stream: new DataView(stream.buffer),
    constants: new DataView(constants.buffer),
  };
  for (const relocation of segment.relocations) {
    patch(relocation.inStream ? words.stream : words.constants, relocation, moved);
  }
  return { ...segment, stream };
}

/** Addresses move by whole pages, so that the difference of the shifted ones is exact. */
function patch(
  words: DataView,
  { target, shift, position }: Relocation,
  moved: Record<Buffer, number>,
): void {
  const word = words.getUint32(position, true);
  words.setUint32(position, word + moved[target] / 2 ** shift, true);
}
