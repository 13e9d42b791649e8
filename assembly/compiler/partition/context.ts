import { Core } from "../../targets/cores";
import { Graph } from "../graph";
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
}
