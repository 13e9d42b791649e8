import { Operation } from "./operation";
import { sumFactor } from "./rules/elementwise";
import { Dtype } from "./schema";
import { hasLittleFactor } from "./steepness";

// What LiteRT.js 2.5.3, which runs operators that have no kernel of nolfet's, is known to do
// wrongly. It was found by comparing with plain arithmetic.

class Fault {
  constructor(
    public operator: string,
    public words: string,
    /** Whether it has the fault only where that input is left out or, for -1, always. */
    public withoutInput: i32 = -1,
    /** Whether it has the fault only where that input is computed. */
    public withComputedInput: i32 = -1,
  ) {}
}

const CANNOT_LOAD = "LiteRT cannot load it";
const WRONG = "LiteRT runs it wrongly";

const FAULTS: Fault[] = [
  new Fault("LSTM", CANNOT_LOAD),
  new Fault("UNIDIRECTIONAL_SEQUENCE_LSTM", CANNOT_LOAD),
  new Fault("BIDIRECTIONAL_SEQUENCE_LSTM", CANNOT_LOAD),
  new Fault("SVDF", CANNOT_LOAD),
  new Fault("CONV_2D", `${WRONG} without a bias`, 2),
  new Fault("TILE", `${WRONG} with computed multiples`, -1, 1),
  new Fault("RESHAPE", `${WRONG} with a computed shape`, -1, 1),
];

/**
 * Why LiteRT must not be given an operator that no kernel covers, as `operation` shows; empty where
 * nothing is known against it.
 */
export function liteRtFault(operation: Operation): string {
  if (operation.isCustom) return "LiteRT has no custom operators either";
  if (operation.isContradictory) return "LiteRT does not check that";
  if (isSumOfBytes(operation) && sumFactor(operation) >= 1) {
    return operation.name == "ADD"
      ? "its output's scale is a million times below its inputs', at which LiteRT aborts"
      : "its output's scale is a million times below its inputs', which LiteRT runs wrongly";
  }
  if (isUnknownNearest(operation)) return "LiteRT resizes float32, 8 and 16 bits only";
  if (!hasLittleFactor(operation)) {
    return "it multiplies by 2^30 or more, which LiteRT's 32 bits do not hold";
  }
  for (let i = 0; i < FAULTS.length; i++) {
    const fault = FAULTS[i];
    if (fault.operator != operation.name) continue;
    if (fault.withoutInput >= 0 && operation.has(fault.withoutInput)) continue;
    const input = fault.withComputedInput;
    if (input >= 0 && (!operation.has(input) || operation.inputs[input].isConstant)) continue;
    return fault.words;
  }
  return "";
}

function isUnknownNearest(operation: Operation): bool {
  if (operation.name != "RESIZE_NEAREST_NEIGHBOR" || !operation.has(0)) return false;
  const image = operation.inputs[0];
  return !image.isReal && !image.isByte && image.dtype != Dtype.INT16;
}

/** Of quantized operands, whose scales tell how far the sum must be brought down. */
function isSumOfBytes(operation: Operation): bool {
  if (operation.name != "ADD" && operation.name != "SUB") return false;
  if (!operation.has(0) || !operation.has(1) || operation.outputs.length == 0) return false;
  const a = operation.inputs[0];
  const b = operation.inputs[1].scales.length;
  return a.isByte && a.scales.length > 0 && b > 0 && operation.outputs[0].scales.length > 0;
}
