/**
 * Mutates blobs and loads each: `npm run fuzz:blobs -- --count 1000000`. Each must load or give a
 * typed error; what loads is executed on the emulator, and may touch nothing but what was foretold.
 */
import { fuzz, fuzzCommand } from "../command.ts";

const command = fuzzCommand(
  "fuzz:blobs",
  "load mutated blobs; each must load or give a typed error",
);
process.exitCode = await fuzz(command, "blobs");
