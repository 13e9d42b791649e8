import { NnJob } from "../job";

/** How v8 shares the kernels of a job out to the NN cores, superblock by superblock. */
export class KernelShares {
  /** Cores that have kernels at all. */
  cores: i32 = 0;
  private job: NnJob = new NnJob();
  private nnCores: i32 = 0;

  prepare(job: NnJob, nnCores: i32): void {
    this.job = job;
    this.nnCores = nnCores;
    this.cores = min(job.outputChannels, nnCores);
  }

  /** Kernels of a core. */
  count(nnCore: i32): i32 {
    return share(this.job.outputChannels, this.cores, nnCore);
  }

  /** Kernels of the core in the superblock that begins with its kernel `first`. */
  countFrom(first: i32, nnCore: i32): i32 {
    return share(this.inSuperblock(first), this.cores, nnCore);
  }

  /** The output channel of kernel `first + k` of a core, in the superblock from `first` on. */
  output(first: i32, k: i32, nnCore: i32): i32 {
    if (this.job.depthwise) return this.depthwiseOutput(first + k, nnCore);
    const count = this.inSuperblock(first);
    const before = nnCore * (count / this.cores) + min(nnCore, count % this.cores);
    return first * this.cores + before + k;
  }

  /** Depthwise kernels go round the cores, from the last core to the first. */
  private depthwiseOutput(kernel: i32, nnCore: i32): i32 {
    const first = kernel * this.nnCores;
    const turn = min(this.nnCores, this.job.outputChannels - first);
    return first + turn - 1 - nnCore;
  }

  private inSuperblock(first: i32): i32 {
    const left = this.job.outputChannels - first * this.cores;
    return max(0, min(left, this.job.kernelsPerCore * this.cores));
  }
}

/** What the `index`-th of `parts` gets of `whole`: the first ones have one more. */
function share(whole: i32, parts: i32, index: i32): i32 {
  return whole / parts + (index < whole % parts ? 1 : 0);
}
