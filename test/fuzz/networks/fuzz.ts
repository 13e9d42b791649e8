/**
 * Mutates network files of the vendor's format and reads each: `npm run fuzz:networks -- --count
 * 100000`. Each must be read or give a typed error. `--only INDEX` repeats one mutant of a seed.
 */
import { runTrial } from "../judged.ts";
import { NETWORKS } from "./trial.ts";

const what = "read mutated .nb files; each must be read or give a typed error";
await runTrial("fuzz:networks", what, NETWORKS);
