import { Core } from "../../targets/cores";
import { Graph } from "../graph";
import { Mark } from "../schema";
import { Settings } from "../settings";

/** What every decision about an operator may look at. */
export class Context {
  /** Bytes of kernels that additions ask for, which are laid out in memory. */
  kernelBytes: u32 = 0;

  constructor(
    public graph: Graph,
    public core: Core,
    public settings: Settings,
  ) {}

  /** A mark no stronger than the core's own. */
  capped(mark: Mark): Mark {
    return max<i32>(mark, this.core.mark) as Mark;
  }
}
