import { PACKAGE } from "../litert/module.ts";
import type { OperatorReport } from "../report.ts";

/** Why an operator is on the CPU, and what is needed there where nolfet has no kernel for it. */
export function cpuReason({ reason = "", cpuKernel }: OperatorReport): string {
  return cpuKernel ? reason : `${reason}; runs only with ${PACKAGE}`;
}
