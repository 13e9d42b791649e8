import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { decimal, hex, phrase } from "../../diagnostics/text";
import { Core } from "../../targets/cores";
import { WORK_OF_JOB } from "../../targets/limits";
import { noteJob, Unit } from "../extents";
import { beginJob, currentJob, isDryRun, jobDone, spend } from "../jobs";
import { Sram, sram } from "../memory/sram";
import { forgetKernels } from "../nn/resident-kernels";
import { executeNn } from "../nn/unit";
import { executeTp } from "../tp/unit";

/**
 * The states that a command stream may load, and what loading them does. Two of them start a
 * job when they are written; the others must hold a value whose effect is known.
 */

const GL_NN_CONFIG: u32 = 0x03930;
const VIP_SRAM_START: u32 = 0x03938;
const GL_OCB_REMAP_START: u32 = 0x0393c;
const GL_OCB_REMAP_END: u32 = 0x03940;
const GL_TP_CONFIG: u32 = 0x0394c;
const TP_GROUP: u32 = 0x03950;
const PA_SYSTEM_MODE: u32 = 0x00a28;
const GL_API_MODE: u32 = 0x0384c;
const GL_FLUSH_CACHE: u32 = 0x0380c;
/** GL_TP_CONFIG for fully connected jobs, so many of which make an operation on one core, too. */
const FULLY_CONNECTED: u32 = 2;
const MOST_FULLY_CONNECTED: u32 = 8;
/** The vendor's streams end with it. */
const LAST: u32 = 0x01650;
const PS_NN_INST_ADDR: u32 = 0x010a0;
const PS_TP_INST_ADDR: u32 = 0x010b8;

/** A state that configures: it may be loaded with one of its known values. */
class State {
  written: bool = false;
  /** What it has been loaded with. */
  loaded: u32 = 0;

  constructor(
    public address: u32,
    public name: string,
    /** Known values. */
    public values: u32[],
  ) {}

  /** The known values in words. */
  describe(): string {
    let text = hex(this.values[0]);
    for (let i = 1; i < this.values.length; i++) text = phrase(text, " or ", hex(this.values[i]));
    return text;
  }
}

/** Its meaning is not known; 8 occurs only where more jobs of the same operation follow. The vendor leaves it alone. */
const tpGroup = new State(TP_GROUP, "state 0x3950", [0, 8]);

// The values of parallel mode (NN_CONFIG 0, flush 0x403, event ids other than 0) are known to
// exist, but not what order of jobs they guarantee: they are refused.
const systemMode = new State(PA_SYSTEM_MODE, "PA_SYSTEM_MODE", [0x11]);
const apiMode = new State(GL_API_MODE, "GL_API_MODE", [2]);
/** The vendor's compilers write other bits too, by version and core; 0 only before TP jobs. */
const nnConfig = new State(
  GL_NN_CONFIG,
  "GL_NN_CONFIG",
  [0x10, 0, 0x40, 0x2010, 0x902010, 0x902050],
);
const tpConfig = new State(GL_TP_CONFIG, "GL_TP_CONFIG", [0, 0]);
/** Where the SRAMs lie, which a loader knows. */
const vipSramStart = new State(VIP_SRAM_START, "the start of the SRAM", [0]);
const remapStart = new State(GL_OCB_REMAP_START, "GL_OCB_REMAP_START", [0]);
const remapEnd = new State(GL_OCB_REMAP_END, "GL_OCB_REMAP_END", [0]);
const states: State[] = [
  systemMode,
  apiMode,
  vipSramStart,
  remapStart,
  remapEnd,
  nnConfig,
  tpConfig,
  tpGroup,
  new State(0x010a4, "state 0x10a4", [0]),
  new State(GL_FLUSH_CACHE, "GL_FLUSH_CACHE", [0xc23]),
  new State(LAST, "state 0x1650", [1]),
];

/** What must have been loaded before a job of either unit starts. */
const NN_SETUP: StaticArray<u32> = [GL_OCB_REMAP_START, GL_OCB_REMAP_END, GL_NN_CONFIG];
const TP_SETUP: StaticArray<u32> = [GL_OCB_REMAP_START, GL_OCB_REMAP_END, GL_TP_CONFIG];

/** TP jobs of a split operation that have been started; its last job ends the count. */
let openTpJobs: u32 = 0;

/** Every known stream flushes the caches twice after its last job; whether once will do is not known. */
const FINAL_FLUSHES: u32 = 2;
/** Flushes that are still due. */
let dueFlushes: u32 = 0;

/** A stream begins: what others have loaded, between two submissions, is not known. */
export function beginStates(): void {
  for (let i = 0; i < states.length; i++) states[i].written = false;
  openTpJobs = 0;
  dueFlushes = 0;
  forgetKernels();
  vipSramStart.values[0] = sram(Sram.VIP).address;
  remapStart.values[0] = sram(Sram.AXI).address;
  remapEnd.values[0] = <u32>sram(Sram.AXI).end;
  tpConfig.values[1] = isDryRun() ? 0 : FULLY_CONNECTED;
}

/** Loads a state; `word` is where its value stands in the stream. False where that fails. */
export function loadState(address: u32, value: u32, word: u32, core: Core): bool {
  if (address == PS_NN_INST_ADDR) return startNn(value, word, core);
  if (address == PS_TP_INST_ADDR) return startTp(value, word, core);
  const state = stateAt(address);
  if (state == null) {
    return badWord(word, "a state that is known", phrase("state ", hex(address)));
  }
  if (!state.values.includes(value)) {
    return badWord(word, phrase(state.name, " ", state.describe()), hex(value));
  }
  if (currentJob() >= 0 && (state == systemMode || state == apiMode)) {
    return badWord(word, "a stream that sets modes or starts jobs", "one that does both");
  }
  state.written = true;
  state.loaded = value;
  if (address == GL_FLUSH_CACHE && dueFlushes > 0) dueFlushes--;
  return true;
}

/** Checks what must hold at the end of a stream. */
export function endStates(words: u32): bool {
  if (openTpJobs != 0) {
    return badWord(words, "the last job of a split TP operation", "the end of the stream");
  }
  if (dueFlushes == 0) return true;
  return badWord(words, "GL_FLUSH_CACHE loaded twice behind the last job", "the end of the stream");
}

export function badWord(word: u32, expected: string, found: string): bool {
  return fail(Code.BAD_STREAM, LocationKind.STREAM_WORD, word, expected, found);
}

function startNn(value: u32, word: u32, core: Core): bool {
  if (!isSetUp(NN_SETUP, word)) return false;
  if (openTpJobs != 0) return badWord(word, "the next TP job of a split operation", "an NN job");
  if (nnConfig.loaded == 0) return badWord(word, "GL_NN_CONFIG other than 0", "0");
  if ((value & 63) != 0) {
    return badWord(word, "low bits 0 in an NN job's address", decimal(value & 63));
  }
  dueFlushes = FINAL_FLUSHES;
  beginJob();
  if (!spend(WORK_OF_JOB) || !noteJob(Unit.NN, value) || !executeNn(value, core)) return false;
  jobDone();
  return true;
}

/** Low bits 1 say that more jobs of the same operation follow, on the other TP cores. */
function startTp(value: u32, word: u32, core: Core): bool {
  if (!isSetUp(TP_SETUP, word)) return false;
  const low = value & 63;
  if (low > 1) return badWord(word, "low bits 0 or 1 in a TP job's address", decimal(low));
  if (low == 0 && tpGroup.written && tpGroup.loaded != 0) {
    return badWord(word, "state 0x3950 0 for the last job of an operation", hex(tpGroup.loaded));
  }
  openTpJobs++;
  const isConnected = tpConfig.loaded == FULLY_CONNECTED;
  const most = isConnected ? MOST_FULLY_CONNECTED : core.tpCoresPerJob;
  if (openTpJobs > most) {
    return badWord(word, phrase("at most ", decimal(most), " TP jobs in an operation"), "one more");
  }
  if (low == 0) openTpJobs = 0;
  dueFlushes = FINAL_FLUSHES;
  beginJob();
  const descriptor = value & ~63;
  if (!spend(WORK_OF_JOB) || !noteJob(Unit.TP, descriptor)) return false;
  if (!executeTp(descriptor, core, low == 1, isConnected)) return false;
  jobDone();
  return true;
}

function isSetUp(setup: StaticArray<u32>, word: u32): bool {
  // Known streams set the modes once per session, in a submission of their own.
  if (systemMode.written || apiMode.written) {
    return badWord(word, "a stream that sets modes or starts jobs", "one that does both");
  }
  for (let i = 0; i < setup.length; i++) {
    const state = stateAt(setup[i]);
    if (state != null && !state.written) {
      return badWord(word, phrase(state.name, " loaded before the job"), "none");
    }
  }
  return true;
}

function stateAt(address: u32): State | null {
  for (let i = 0; i < states.length; i++) {
    if (states[i].address == address) return states[i];
  }
  return null;
}
