import { Core } from "../../../targets/cores";
import { Generation } from "./generation";
import { V7 } from "./v7";
import { V8 } from "./v8";

export const GENERATIONS: Generation[] = [new V7(), new V8()];

/** The generation of a core of the table. */
export function generationOf(core: Core): Generation {
  let i = 0;
  while (GENERATIONS[i].architecture != core.architecture) i++;
  return GENERATIONS[i];
}
