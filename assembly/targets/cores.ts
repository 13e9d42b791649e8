/**
 * The NPU cores that nolfet knows: facts only, read by the compiler, the emulator and the
 * host alike (portable AssemblyScript, so TypeScript reads the very same table).
 */

/** How far a core has been shown to work with streams of this kind. */
export enum CoreMark {
  PROVEN = 0,
  EXPECTED = 1,
  UNPROVEN = 2,
}

/** How coefficients are stored (docs/hardware.md, "Coefficients"). */
export enum Coding {
  /** v7: tokens of a run and a literal, with biases and output offsets between them. */
  ZERO_RUNS = 0,
  /** v8: Huffman codes of the weights, and the biases after them. */
  HUFFMAN = 1,
  /** Of the S905D3: Huffman codes of v7's weights, biases and output offsets. */
  HUFFMAN_WITH_WORDS = 2,
}

/** One core: the identity that the kernel driver reports, and what the encoder must know of it. */
export class Core {
  constructor(
    /** `database-name.soc`, or `database-name.customer-id` where the SoC is unknown. */
    public name: string,
    /** Short names, separated by blanks. */
    public aliases: string,
    public mark: CoreMark,
    public model: u32,
    public revision: u32,
    public product: u32,
    public eco: u32,
    public customer: u32,
    /** NN architecture version: 7 or 8. */
    public architecture: u32,
    public coding: Coding,
    /** NN cores, each with its own coefficient stream. */
    public nnCores: u32,
    /** TP cores; a job is split over four at most (`tpCoresPerJob`). */
    public tpCores: u32,
    /** On-chip SRAM, in bytes. */
    public sramBytes: u32,
    /** AXI SRAM, in bytes. */
    public axiSramBytes: u32,
    /** Widest zero run that a v7 coefficient stream may use, in bits. */
    public zeroRunBits: u32,
    /** Input buffer depth, in lines. */
    public inputBufferDepth: u32,
    /** Accumulation buffer depth, in lines. */
    public accumulationBufferDepth: u32,
  ) {}

  /** Shifts of NN jobs are to the left, two's complement and less by 1; elsewhere to the right. */
  get shiftsLeft(): bool {
    return this.customer == 0xee;
  }

  /** The vendor's compiler has signed bytes for the A311D alone. */
  get hasSignedBytes(): bool {
    return this.isA311d;
  }

  /** The vendor's files with kernels in another order than their outputs, in v7's streams, are the A311D's. */
  get hasSortedKernels(): bool {
    return this.isA311d;
  }

  private get isA311d(): bool {
    return this.customer == 0x88;
  }

  get isVip9000(): bool {
    return this.model == 0x9000;
  }

  /** TP cores that one job is split over. */
  get tpCoresPerJob(): u32 {
    return this.tpCores < 4 ? this.tpCores : 4;
  }
}

// Name, aliases, mark, model, revision, product, eco, customer,
// architecture, coding, NN cores, TP cores, SRAM, AXI SRAM, zero-run bits, input depth, accumulation depth.
// biome-ignore format: a table
export const CORES: Core[] = [
  new Core("vipnano-qi.a311d", "a311d vim3", CoreMark.PROVEN, 0x8000, 0x7120, 0x45080009, 0x0, 0x88, 7, Coding.ZERO_RUNS, 8, 4, 524288, 1048576, 5, 12, 64),
  new Core("vipnano-qi.0x7d", "", CoreMark.EXPECTED, 0x8000, 0x7004, 0x45080009, 0x0, 0x7d, 7, Coding.ZERO_RUNS, 8, 4, 524288, 1048576, 5, 12, 64),
  new Core("vipnano-qi.0x7d-eco1", "", CoreMark.EXPECTED, 0x8000, 0x7004, 0x45080009, 0x1, 0x7d, 7, Coding.ZERO_RUNS, 8, 4, 524288, 1048576, 5, 12, 64),
  new Core("vipnano-qi.0xa1", "", CoreMark.EXPECTED, 0x8000, 0x7131, 0x05000009, 0x8000000, 0xa1, 7, Coding.ZERO_RUNS, 8, 6, 1048576, 4452352, 8, 12, 64),
  new Core("vippico_v3.s905d3", "s905d3 vim3l", CoreMark.EXPECTED, 0x8000, 0x7131, 0x08000001, 0x2000000, 0x99, 7, Coding.HUFFMAN_WITH_WORDS, 2, 1, 524288, 0, 8, 6, 64),
  new Core("vipnano-si+.imx8mp", "imx8mp", CoreMark.PROVEN, 0x8000, 0x8002, 0x05080009, 0x6000000, 0x9f, 8, Coding.HUFFMAN, 6, 3, 262144, 0, 8, 9, 32),
  new Core("vipnano-si+.0xa0", "", CoreMark.EXPECTED, 0x8000, 0x8002, 0x05080009, 0x6000000, 0xa0, 8, Coding.HUFFMAN, 6, 3, 262144, 0, 8, 9, 32),
  new Core("vip9000nano-si.0xb9", "", CoreMark.EXPECTED, 0x9000, 0x8101, 0x05090009, 0x4000000, 0xb9, 8, Coding.HUFFMAN, 4, 1, 524288, 0, 8, 9, 32),
  new Core("vip9000nano-di.0xbe", "", CoreMark.EXPECTED, 0x9000, 0x8102, 0x05090009, 0x8000000, 0xbe, 8, Coding.HUFFMAN, 8, 3, 1048576, 253952, 8, 9, 32),
  new Core("vip9000nano-di.0xe8", "", CoreMark.EXPECTED, 0x9000, 0x8302, 0x05090009, 0x8000000, 0xe8, 8, Coding.HUFFMAN, 8, 1, 1048576, 0, 8, 9, 32),
  new Core("gcnanoultra31_vip2.0x13", "", CoreMark.EXPECTED, 0x7000, 0x6204, 0x00070007, 0x0, 0x13, 7, Coding.ZERO_RUNS, 2, 1, 512, 0, 8, 6, 64),
  new Core("gcnanoultra31_vip2.stm32mp2", "stm32mp2", CoreMark.EXPECTED, 0x8000, 0x6205, 0x00080003, 0x0, 0x15, 7, Coding.ZERO_RUNS, 2, 1, 131072, 0, 8, 6, 64),
];

// Cores of networks that the vendor's compiler wrote, whose streams nolfet reads and does not write,
// as far as these tell: identities and buffer depths of others of the kind.
// biome-ignore format: a table
export const NETWORK_CORES: Core[] = [
  new Core("vippico_v3.s905d3", "", CoreMark.UNPROVEN, 0x8000, 0x7131, 0x08000001, 0x2000000, 0x99, 7, Coding.HUFFMAN_WITH_WORDS, 2, 1, 524288, 0, 8, 6, 64),
  new Core("vip9000.v853", "", CoreMark.UNPROVEN, 0x9000, 0, 0, 0, 0xee, 8, Coding.HUFFMAN, 3, 1, 131072, 0, 8, 9, 32),
];
