import { COVERAGE, Covered, firstDataInput } from "./coverage";
import { dtypeNames, OperandReader } from "./operands";
import { Operation } from "./operation";
import { meets } from "./rules/rules";
import { DTYPE_NAMES } from "./schema";

/** Whether the CPU kernels run an operator; its `expected` and `found` tell why they do not. */
export function isCovered(operation: Operation): bool {
  let dtypes = 0;
  let isOfType = false;
  for (let i = 0; i < COVERAGE.length; i++) {
    const line = COVERAGE[i] as Covered;
    if (line.operator != operation.name) continue;
    const operands = new OperandReader(line, operation);
    if (operands.match()) {
      operation.forget();
      return meets(line.rule, operation);
    }
    // The first line for data of this type tells best what is wrong.
    if (operands.dtype < 0 && !isOfType) operation.forget();
    isOfType = isOfType || operands.dtype >= 0;
    dtypes |= line.dtypes;
  }
  if (isOfType) return false;
  if (dtypes == 0) return operation.refuseWhole("an operator with a CPU kernel", operation.name);
  const data = firstDataInput(operation.name);
  const found = operation.has(data) ? DTYPE_NAMES[operation.inputs[data].dtype] : "none";
  return operation.refuse(`data of ${dtypeNames(dtypes)}`, found);
}
