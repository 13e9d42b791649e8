import { CORES, type Core, CoreMark } from "../assembly/targets/cores.ts";
import { words } from "./arguments.ts";
import type { Mark } from "./blob/blob.ts";
import { NolfetError } from "./errors.ts";
import { nearest } from "./nearest.ts";

/** A core that streams are compiled for, by the names that select it. */
export interface Target {
  name: string;
  aliases: string[];
  /** How far the core is known to work with such streams. */
  mark: Mark;
  core: Core;
  /** Index in CORES. */
  index: number;
}

export const TARGETS: readonly Target[] = CORES.map((core, index) => ({
  name: core.name,
  aliases: core.aliases.split(" ").filter((alias) => alias !== ""),
  mark: CoreMark[core.mark]?.toLowerCase() as Mark,
  core,
  index,
}));

/** Finds a core by name or alias, in any case. Throws UNSUPPORTED_TARGET with the nearest names. */
export function findTarget(name: string): Target {
  if (typeof name !== "string") {
    throw new NolfetError("BAD_OPTION", "the name of a core", `the target is ${words(name)}`);
  }
  const wanted = name.toLowerCase();
  const target = TARGETS.find((target) => namesOf(target).includes(wanted));
  if (target) return target;
  const names = nearest(wanted, TARGETS.flatMap(namesOf));
  throw new NolfetError("UNSUPPORTED_TARGET", `one such as ${names}`, `no target ${words(name)}`);
}

function namesOf({ name, aliases }: Target): string[] {
  return [name, ...aliases];
}
