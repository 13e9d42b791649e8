import { distance } from "fastest-levenshtein";
import { CORES, type Core, CoreMark } from "../assembly/targets/cores.ts";
import type { Mark } from "./blob/blob.ts";
import { NolfetError } from "./errors.ts";

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

const SUGGESTIONS = 3;

/** Finds a core by name or alias, in any case. Throws UNSUPPORTED_TARGET with the nearest names. */
export function findTarget(name: string): Target {
  const wanted = name.toLowerCase();
  const target = TARGETS.find((target) => namesOf(target).includes(wanted));
  if (target) return target;
  throw new NolfetError("UNSUPPORTED_TARGET", `a target such as ${nearest(wanted)}`, quote(name));
}

function namesOf({ name, aliases }: Target): string[] {
  return [name, ...aliases];
}

function nearest(wanted: string): string {
  const names = TARGETS.flatMap(namesOf).map((name) => ({ name, far: distance(name, wanted) }));
  names.sort((a, b) => a.far - b.far);
  const [first, ...others] = names.slice(0, SUGGESTIONS).map(({ name }) => name);
  return `${[first, ...others.slice(0, -1)].join(", ")} or ${others.at(-1)}`;
}

/** A name as it was given, cut to what fits a line. */
function quote(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
}
