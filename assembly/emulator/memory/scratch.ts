import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { decimal, phrase } from "../../diagnostics/text";
import { giveBack, roomFor, takeBlock } from "./pool";

/** Working memory of one purpose, kept from job to job and exchanged for a larger block at need. */
export class Scratch {
  pointer: usize = 0;
  private capacity: usize = 0;

  /** Makes room for `bytes`; of what was there the first `kept` bytes stay. False: no memory. */
  reserve(bytes: u64, kept: usize = 0): bool {
    if (bytes <= <u64>this.capacity) return true;
    const block = bytes >> 32 == 0 ? takeBlock(<usize>bytes) : 0;
    if (block == 0) {
      const wanted = phrase(decimal(bytes), " bytes of working memory");
      return fail(
        Code.OUT_OF_MEMORY,
        LocationKind.NONE,
        0,
        wanted,
        "the emulator's memory used up",
      );
    }
    if (kept != 0) memory.copy(block, this.pointer, kept);
    if (this.capacity != 0) giveBack(this.pointer, this.capacity);
    this.pointer = block;
    this.capacity = roomFor(<usize>bytes);
    return true;
  }
}
