import { Core } from "../../targets/cores";
import { Graph } from "../graph";
import { Settings } from "../settings";

/** What every decision about an operator may look at. */
export class Context {
  constructor(
    public graph: Graph,
    public core: Core,
    public settings: Settings,
  ) {}
}
