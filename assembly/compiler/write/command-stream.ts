import { Words } from "../fields/field";
import {
  COMMAND,
  DESCRIPTOR_ADDRESS,
  MORE_CORES,
  OPCODE,
  START,
  STATE_ADDRESS,
  STATE_VALUE,
  STATES,
} from "../fields/streams";
import { NO_ORDER, TpJob } from "../lower/jobs";

const LOAD_STATE = 1;

const PA_SYSTEM_MODE: u32 = 0x00a28;
const PS_NN_INST_ADDR: u32 = 0x010a0;
const PS_EVENT_ID: u32 = 0x010a4;
const PS_TP_INST_ADDR: u32 = 0x010b8;
const GL_FLUSH_CACHE: u32 = 0x0380c;
const GL_API_MODE: u32 = 0x0384c;
const GL_NN_CONFIG: u32 = 0x03930;
const GL_OCB_REMAP_START: u32 = 0x0393c;
const GL_OCB_REMAP_END: u32 = 0x03940;
const GL_TP_CONFIG: u32 = 0x0394c;
const GL_TP_ORDER: u32 = 0x03950;

const COMPUTE: u32 = 2;
const SYSTEM_MODE: u32 = 0x11;
/** Jobs run one after the other, each seeing what the one before wrote. */
const SMALL_BATCH: u32 = 0x10;
/** Depth, colour, shader L1 and two bits without a known name. */
const FLUSH_ALL: u32 = 0xc23;

/** Words of one submission, in order. */
export class CommandStream {
  words: u32[] = [];

  /** Once per session: compute mode. */
  static init(): CommandStream {
    return new CommandStream()
      .begin()
      .state(PA_SYSTEM_MODE, SYSTEM_MODE)
      .state(GL_API_MODE, COMPUTE)
      .pad(2);
  }

  begin(): this {
    return this.pad(8);
  }

  /** Starts an NN job. Gives the byte offset of the word that holds `descriptor`. */
  startConvolution(descriptor: i64, operator: i32): u32 {
    const start = new Words(START, operator);
    start.set(DESCRIPTOR_ADDRESS, descriptor);
    this.withoutRemap().state(GL_NN_CONFIG, SMALL_BATCH).state(PS_NN_INST_ADDR, start.at(0));
    const position = this.lastValue;
    this.state(PS_EVENT_ID, 0);
    return position;
  }

  /** Starts one TP core's share of a job. Gives the byte offset of the word that holds `descriptor`. */
  startTp(descriptor: i64, job: TpJob): u32 {
    const isLast = job.core == job.cores - 1;
    const start = new Words(START, job.operator);
    start.set(DESCRIPTOR_ADDRESS, descriptor);
    start.set(MORE_CORES, !isLast);
    this.withoutRemap().state(GL_TP_CONFIG, 0);
    if (job.order != NO_ORDER) this.state(GL_TP_ORDER, job.order);
    this.state(PS_TP_INST_ADDR, start.at(0));
    const position = this.lastValue;
    if (isLast) this.state(PS_EVENT_ID, 0);
    return position;
  }

  end(): this {
    return this.state(GL_FLUSH_CACHE, FLUSH_ALL).state(GL_FLUSH_CACHE, FLUSH_ALL).pad(2);
  }

  private get lastValue(): u32 {
    return (this.words.length - 1) << 2;
  }

  private withoutRemap(): this {
    return this.state(GL_OCB_REMAP_START, 0).state(GL_OCB_REMAP_END, 0);
  }

  private state(address: u32, value: u32): this {
    const command = new Words(COMMAND);
    command.set(OPCODE, LOAD_STATE);
    command.set(STATES, 1);
    command.set(STATE_ADDRESS, address);
    command.set(STATE_VALUE, value);
    for (let i = 0; i < COMMAND.length; i++) this.words.push(command.at(i));
    return this;
  }

  private pad(words: i32): this {
    for (let i = 0; i < words; i++) this.words.push(0);
    return this;
  }
}
