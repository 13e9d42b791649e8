import { Core } from "../../targets/cores";
import { alignTo } from "../alignment";
import { generationOf } from "../generations/generations";
import { ConvolutionJob } from "../lower/jobs";
import { Tiling } from "./tiling";

export enum KernelCache {
  NONE = 0,
  FULL = 1,
  PARTIAL = 2,
}

/**
 * What of kernels and image stays in the core's SRAM between superblocks. It never changes
 * results.
 *
 *   0x000  0x800              kernelEnd        imageEnd     SRAM
 *  ┌──────┬────────────────────┬────────────────┬────────────┐
 *  │      │ kernels            │ image tile     │            │
 *  └──────┴────────────────────┴────────────────┴────────────┘
 */
export class Caching {
  kernelMode: KernelCache = KernelCache.FULL;
  kernelEnd: u32 = 0;
  imageMode: u32 = 0;
  imageStart: u32 = 0;
  imageEnd: u32 = KERNEL_START;
  /** 70 bits for partial caching, by the number of kernels (docs/hardware.md, "Caching"). */
  pattern: Pattern = NO_PATTERN;

  /** `streamBytes`: what the SRAM must hold of the coefficients. */
  constructor(job: ConvolutionJob, tiling: Tiling, streamBytes: u32, core: Core) {
    const sram = core.sramBytes;
    let image: u32 = tiling.superblocks == 1 ? 0 : tileBytes(job, tiling);
    const needed = KERNEL_START + streamBytes;
    if (needed + image < sram) {
      this.kernelEnd = max(min(alignTo(needed, 128), sram), LEAST_KERNEL_END);
    } else {
      this.kernelMode = KernelCache.PARTIAL;
      this.pattern = patternFor(job.outputZ);
      if (needed >= sram || image > sram) {
        this.kernelEnd = needed >= sram ? sram : 0;
        image = 0;
      } else {
        this.kernelEnd = sram - image;
      }
    }
    if (image != 0) this.cacheImage(image, sram);
    if (!generationOf(core).caches) this.switchOff();
  }

  /** The addresses are written all the same. */
  private switchOff(): void {
    this.kernelMode = KernelCache.NONE;
    this.imageMode = 0;
  }

  private cacheImage(bytes: u32, sram: u32): void {
    this.imageMode = 1;
    if (bytes < KERNEL_START) return;
    this.imageStart = this.kernelEnd;
    this.imageEnd = min(this.kernelEnd + bytes, sram);
  }
}

export const KERNEL_START: u32 = 0x800;
const LEAST_KERNEL_END: u32 = 0xa00;

/** What the input of one tile takes, all channels of it. */
function tileBytes(job: ConvolutionJob, tiling: Tiling): u32 {
  const border = job.kernelX - 1;
  const area = (tiling.tileX + border) * (tiling.tileY + border);
  return alignTo(alignTo(area, 16) * job.inputZ, 128);
}

class Pattern {
  constructor(
    /** The least number of kernels that it is for. */
    public from: i32,
    public upper: u32,
    public low: u32,
    public high: u32,
  ) {}
}

const NO_PATTERN = new Pattern(0, 0, 0, 0);

const PATTERNS: Pattern[] = [
  new Pattern(1024, 0x13, 0x00080000, 0x00000000),
  new Pattern(512, 0x3d, 0x00000000, 0x2aaaaaa0),
  new Pattern(256, 0x3e, 0xffffaaaa, 0x7fffffff),
  new Pattern(160, 0x06, 0x0000007e, 0x00000000),
  new Pattern(0, 0x3f, 0xfffffffe, 0xffffffff),
];

function patternFor(kernels: i32): Pattern {
  let i = 0;
  while (kernels < PATTERNS[i].from) i++;
  return PATTERNS[i];
}
