import { decimal, hex, phrase } from "../../diagnostics/text";
import { Core } from "../../targets/cores";
import { WORK_OF_WORD } from "../../targets/limits";
import { spend } from "../jobs";
import { badWord, beginStates, endStates, loadState } from "./states";

/**
 * The command stream: packets of whole 64-bit units.
 *
 * ```
 *  31   27 26 25          16 15                           0
 * ┌───────┬──┬──────────────┬──────────────────────────────┐
 * │   1   │ 0│    count     │      state address >> 2      │  LOAD_STATE, then `count` values
 * │   3   │                0                               │  NOP, then a word of 0
 * │                        0                               │  padding, one word
 * └───────┴────────────────────────────────────────────────┘
 * ```
 *
 * What fills a packet up to an even number of words is 0.
 */

const LOAD_STATE: u32 = 1;
const NOP: u32 = 0x18000000;

/** Names of the opcodes that have no business in a job's stream, by opcode. */
// biome-ignore format: a table
const OTHERS: StaticArray<string> = [
  "", "", "END", "", "", "", "", "WAIT", "LINK", "STALL", "CALL", "RETURN",
];

/** Executes `words` words at `stream`; false where one is not understood or a job fails. */
export function executeStream(stream: usize, words: u32, core: Core): bool {
  beginStates();
  if (!spend(<u64>words * WORK_OF_WORD)) return false;
  for (let at: u32 = 0; at < words; ) {
    const header = load<u32>(stream + (at << 2));
    if (header == 0) {
      at++;
      continue;
    }
    if (at % 2 != 0) return badWord(at, "packets at even words", hex(header));
    let next = at + 1;
    if (header != NOP) {
      if (header >> 27 != LOAD_STATE) return badWord(at, "LOAD_STATE, NOP or 0", nameOf(header));
      const count = (header >> 16) & 0x3ff;
      if (!executeLoad(stream, at, count, words, core)) return false;
      next += count;
    }
    at = (next + 1) & ~1;
    if (next < at && !isFilledUp(stream, next, words)) return false;
  }
  return endStates(words);
}

/** Whether the word that makes a packet's words even is there, and 0. */
function isFilledUp(stream: usize, at: u32, words: u32): bool {
  if (at >= words) return badWord(at, "a packet of whole 64 bits", "the end of the stream");
  const word = load<u32>(stream + (at << 2));
  return word == 0 || badWord(at, "0 behind a packet's words", hex(word));
}

function executeLoad(stream: usize, at: u32, count: u32, words: u32, core: Core): bool {
  const header = load<u32>(stream + (at << 2));
  if ((header & (1 << 26)) != 0) {
    return badWord(at, "values that are no fixed-point numbers", "some");
  }
  if (count == 0) return badWord(at, "one state or more", "none");
  if (at + count >= words) {
    return badWord(at, phrase(decimal(count), " values"), "the end of the stream");
  }
  const address = (header & 0xffff) << 2;
  for (let i: u32 = 0; i < count; i++) {
    const word = at + 1 + i;
    if (!loadState(address + (i << 2), load<u32>(stream + (word << 2)), word, core)) return false;
  }
  return true;
}

function nameOf(header: u32): string {
  const opcode = header >> 27;
  const name = opcode < <u32>OTHERS.length ? OTHERS[opcode] : "";
  return name.length > 0 ? name : hex(header);
}
