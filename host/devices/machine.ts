import { CORES, type Core } from "../../assembly/targets/cores.ts";
import { NolfetError } from "../errors.ts";
import type { DeviceDriver, OpenedDevice } from "./device.ts";
import { openEtnaviv } from "./etnaviv.ts";
import { fitOf } from "./fit.ts";
import { loadNative, type Native } from "./native.ts";
import { nodePaths, type Pipe, type RenderNode, readNode } from "./nodes.ts";
import type { Image } from "./verify.ts";

/** What is there, and whether a blob runs on it. */
export interface DeviceList {
  nodes: ListedNode[];
  /** Why there are none, where there are none. */
  reason?: string;
}

export interface ListedNode extends RenderNode {
  /** Where a blob is asked for: the pipe that it runs on, or why it runs on none. */
  fit?: { pipe: number } | { reason: string };
}

/** The devices of this machine: the render nodes of the kernel driver etnaviv. */
export class Machine implements DeviceDriver {
  private native: Native | undefined;

  /** `root` is the package's folder, where the addon lies. */
  constructor(private readonly root: URL) {}

  async openFirst(image: Image, timeout: number): Promise<OpenedDevice | string> {
    const { nodes, reason = "" } = this.list(CORES[image.coreIndex]);
    const fits = nodes.filter(({ fit }) => fit && "pipe" in fit);
    const first = fits[0];
    if (first) return this.open(first, image, timeout, "the first that fits");
    const reasons = nodes.map(({ fit }) => (fit && "reason" in fit ? fit.reason : ""));
    return reason || `no device fits: ${reasons.join("; ")}`;
  }

  async openAt(path: string, image: Image, timeout: number): Promise<OpenedDevice> {
    const native = this.addon();
    if (native instanceof NolfetError) throw native;
    return this.open(readNode(native, path), image, timeout, "requested");
  }

  /** Every render node with its cores; with a core, whether streams for it run there. */
  list(core?: Core): DeviceList {
    let paths: string[];
    try {
      paths = nodePaths();
    } catch (error) {
      return { nodes: [], reason: `no device: ${(error as NolfetError).message}` };
    }
    if (paths.length === 0) return { nodes: [], reason: "no device: no render nodes in /dev/dri" };
    const native = this.addon();
    if (native instanceof NolfetError) {
      return { nodes: [], reason: `no device sessions here: ${native.found}` };
    }
    const nodes = paths.map((path): ListedNode => {
      const node = readNode(native, path);
      if (!core) return node;
      const pipe = fitOf(node, core);
      return { ...node, fit: typeof pipe === "string" ? { reason: pipe } : { pipe: pipe.index } };
    });
    return { nodes };
  }

  private async open(
    node: RenderNode,
    image: Image,
    timeout: number,
    why: string,
  ): Promise<OpenedDevice> {
    const core = CORES[image.coreIndex] as Core;
    const pipe: Pipe | string = fitOf(node, core);
    if (typeof pipe === "string") {
      throw new NolfetError("NO_DEVICE", `a device for ${core.name} at ${node.path}`, pipe);
    }
    const device = await openEtnaviv(this.addon() as Native, node.path, pipe, image, timeout);
    const reason = `${why}, pipe ${pipe.index}`;
    const { driver } = node;
    if (!driver) return { device, reason };
    return { device, reason, details: { driver, pipe: pipe.index, identity: pipe.identity } };
  }

  /** The addon, or why there is none: loaded where a device is first asked for. */
  private addon(): Native | NolfetError {
    try {
      this.native ??= loadNative(this.root);
      return this.native;
    } catch (error) {
      if (!(error instanceof NolfetError)) throw error;
      return error;
    }
  }
}
