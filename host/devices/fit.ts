import type { Core } from "../../assembly/targets/cores.ts";
import { identityWords, isSameCore } from "./identity.ts";
import type { Pipe, RenderNode } from "./nodes.ts";

/** The pipe of a node that a blob for a core can run on, or why there is none. */
export function fitOf(node: RenderNode, core: Core): Pipe | string {
  const { path, pipes, error } = node;
  if (error !== undefined) return `${path}: ${error}`;
  const pipe = pipes.find(({ identity }) => isSameCore(core, identity));
  if (!pipe) {
    const found = pipes.map(({ core, identity }) => core?.name ?? identityWords(identity));
    return `${path} has ${found.join(" and ") || "no core"}, the blob is for ${core.name}`;
  }
  if (pipe.softpinStart !== undefined) return pipe;
  return `${path}: its kernel driver lets nobody choose addresses (softpin)`;
}
