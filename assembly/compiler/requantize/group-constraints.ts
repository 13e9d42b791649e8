import { Core } from "../../targets/cores";
import { roundUp } from "../alignment";
import { generationOf } from "../generations/generations";
import { Convolution } from "../plan/convolution";

/** How many kernels a group may have, so that its job is one of a known pattern. */
export class GroupConstraints {
  private least: i32 = 1;
  /** Less than the least: a depthwise kernel alone is a full one over a single plane. */
  private takesOne: bool = true;
  /** Numbers from the first to the second are not available. */
  private gapFrom: i32 = 0;
  private gapTo: i32 = -1;
  /** Whole rounds of the cores only. */
  private step: i32 = 1;
  private all: i32;
  private cores: i32;

  constructor(c: Convolution, core: Core, isStrict: bool) {
    const cores = core.nnCores as i32;
    this.cores = cores;
    this.all = c.outputChannels;
    if (c.native) this.least = cores;
    // A single plane of 5×5 taps fails on v7 where the image is small.
    this.takesOne = c.native || !c.depthwise || c.side < 5;
    if (c.side == 1) {
      this.gapFrom = cores + 1;
      this.gapTo = generationOf(core).unknownOrderUpTo;
    }
    if (isStrict) this.step = cores;
  }

  takes(kernels: i32): bool {
    if (kernels == this.all) return true;
    if (kernels % this.step != 0) return false;
    if (kernels == 1) return this.takesOne;
    if (kernels < this.least) return false;
    return kernels < this.gapFrom || kernels > this.gapTo;
  }

  /** So many kernels or a few more, of which every core has equally many. */
  rounds(kernels: i32): i32 {
    return roundUp(kernels, this.cores);
  }

  /** Kernels between positions where a sequence may be cut. */
  unit(kernels: i32, mostUnits: i32): i32 {
    return roundUp((kernels + mostUnits - 1) / mostUnits, this.step);
  }
}
