import { hasKernel } from "../cpu/engine.ts";
import { PACKAGE } from "../litert/module.ts";
import type { OperatorReport } from "../report.ts";

/** Why an operator is on the CPU, and what is needed there where nolfet has no kernel for it. */
export function cpuReason({ name, reason = "" }: OperatorReport): string {
  return hasKernel(name) ? reason : `${reason}; runs only with ${PACKAGE}`;
}
