/**
 * Text in memory of its own. The runtime never frees a string, and one instance may see any
 * number of faults: their messages are written here, each time into the same buffers.
 */

/** A string of changing content, cut off where its room ends. */
export class Text {
  readonly string: string;
  private bytes: usize = 0;
  private capacity: usize;

  /** `room`: the most UTF-16 code units that it holds. */
  constructor(room: i32) {
    this.capacity = (<usize>room) << 1;
    this.string = " ".repeat(room);
    this.clear();
  }

  clear(): Text {
    this.resize(0);
    return this;
  }

  add(part: string): Text {
    const bytes = min((<usize>part.length) << 1, this.capacity - this.bytes);
    memory.copy(changetype<usize>(this.string) + this.bytes, changetype<usize>(part), bytes);
    this.resize(this.bytes + bytes);
    return this;
  }

  addDigits(value: u64, radix: u64): Text {
    if (value >= radix) this.addDigits(value / radix, radix);
    return this.add(DIGITS[<i32>(value % radix)]);
  }

  /** A string's length in bytes stands in the word before its first code unit. */
  private resize(bytes: usize): void {
    this.bytes = bytes;
    store<u32>(changetype<usize>(this.string) - 4, <u32>bytes);
  }
}

// biome-ignore format: a table
const DIGITS: StaticArray<string> = [
  "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f",
];

// Phrases: strings that live until so many more have been made, which is far more than a fault
// takes. A fault that is recorded is copied from them.

const PHRASES = 32;
const PHRASE_ROOM = 256;

const phrases = new StaticArray<Text>(PHRASES);
for (let i = 0; i < PHRASES; i++) phrases[i] = new Text(PHRASE_ROOM);
let last = 0;

function nextPhrase(): Text {
  last = (last + 1) % PHRASES;
  return phrases[last].clear();
}

/** The parts one after the other. */
export function phrase(a: string, b: string, c: string = "", d: string = ""): string {
  return nextPhrase().add(a).add(b).add(c).add(d).string;
}

export function decimal(value: i64): string {
  const digits = nextPhrase();
  if (value < 0) digits.add("-");
  return digits.addDigits(value < 0 ? -value : value, 10).string;
}

export function hex(value: u64): string {
  return nextPhrase().add("0x").addDigits(value, 16).string;
}
