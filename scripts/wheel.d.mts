/** Packs the wheel for a machine, and gives its path. Throws Missing where a tool is not there. */
export function packWheel(arch: string): string;
