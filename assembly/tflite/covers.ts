import { COVERAGE, Covered, firstDataInput } from "./coverage";
import { dtypeNames, OperandReader } from "./operands";
import { Operation } from "./operation";
import { meets } from "./rules/rules";
import { DTYPE_NAMES, Dtype } from "./schema";

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
    // The first line for data of this type gives the most useful refusal.
    if (operands.dtype < 0 && !isOfType) operation.forget();
    isOfType = isOfType || operands.dtype >= 0;
    dtypes |= line.dtypes;
  }
  if (isOfType) return false;
  if (dtypes == 0) return operation.refuseWhole("an operator with a CPU kernel", operation.name);
  if (isContradictory(operation)) return false;
  const data = firstDataInput(operation.name);
  const found = operation.has(data) ? DTYPE_NAMES[operation.inputs[data].dtype] : "none";
  return operation.refuse(`data of ${dtypeNames(dtypes)}`, found);
}

/** Whether shapes and sizes contradict each other, as they would for float32, too; then they are the refusal. */
function isContradictory(operation: Operation): bool {
  for (let i = 0; i < COVERAGE.length; i++) {
    const line = COVERAGE[i] as Covered;
    if (line.operator != operation.name || !line.takes(Dtype.FLOAT32)) continue;
    const real = asReal(operation, line);
    if (!new OperandReader(line, real).match()) continue;
    if (!meets(line.rule, real) && real.isContradictory) return !operation.refuseAs(real);
  }
  return false;
}

/** The same operator with float32 for all but the axes, sizes and positions of a line. */
function asReal(operation: Operation, line: Covered): Operation {
  const words = line.operands.split(" -> ")[0].split(" ");
  const real = operation.over([], []);
  for (let i = 0; i < operation.inputs.length; i++) {
    const isIndex = words[min(i, words.length - 1)].startsWith("index");
    const input = operation.inputs[i];
    real.inputs.push(isIndex ? input : input.withType(Dtype.FLOAT32));
    real.given.push(operation.given[i]);
  }
  for (let i = 0; i < operation.outputs.length; i++) {
    real.outputs.push(operation.outputs[i].withType(Dtype.FLOAT32));
  }
  return real;
}
