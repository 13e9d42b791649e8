import { Covered } from "./coverage";
import { Operation } from "./operation";
import { DTYPE_NAMES, Dtype } from "./schema";
import { Tensor } from "./tensor";

// Reads the operands of a line of the table (coverage.ts has the notation) against an operator.

export class OperandReader {
  /** What N, E and W stand for once one of them was met; -1 before. */
  dtype: i32 = -1;
  private where: string = "";

  constructor(
    private line: Covered,
    private operation: Operation,
  ) {}

  /** Whether they are those of the line; a refusal is recorded otherwise. */
  match(): bool {
    const sides = this.line.operands.split(" -> ");
    return this.matchInputs(sides[0].split(" ")) && this.matchOutputs(sides[1].split(" "));
  }

  private matchInputs(words: string[]): bool {
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      const last = word.endsWith("*") ? this.operation.inputs.length - 1 : i;
      for (let j = i; j <= max(last, i); j++) {
        this.where = `input ${j}`;
        if (!this.operation.has(j)) {
          if (word.endsWith("?")) continue;
          return this.operation.refuse(`an ${this.where}`, "none");
        }
        if (!this.fits(this.operation.inputs[j], word)) return false;
      }
    }
    return true;
  }

  private matchOutputs(words: string[]): bool {
    const outputs = this.operation.outputs;
    const isList = words[0].endsWith("*");
    if (isList ? outputs.length == 0 : outputs.length != words.length) {
      return this.operation.refuse(`outputs: ${words.length}`, `${outputs.length}`);
    }
    for (let i = 0; i < outputs.length; i++) {
      this.where = `output ${i}`;
      if (!this.fits(outputs[i], words[isList ? 0 : i])) return false;
    }
    return true;
  }

  private fits(tensor: Tensor, word: string): bool {
    const isMarked = word.endsWith("!") || word.endsWith("?") || word.endsWith("*");
    const kind = isMarked ? word.slice(0, -1) : word;
    if (!this.isOfType(tensor, kind)) return false;
    const isNumber = kind == "N" || kind == "number" || kind == "byte";
    if (isNumber && !this.hasOneScale(tensor)) return false;
    if (kind == "W" && tensor.scales.length == 0) {
      return this.operation.refuse("quantized weights", "none");
    }
    if (!word.endsWith("!") || tensor.isConstant) return true;
    return this.operation.refuse(`a constant as ${this.where}`, "a computed tensor");
  }

  private isOfType(tensor: Tensor, kind: string): bool {
    if (kind == "N" || kind == "E" || kind == "W") {
      if (this.dtype < 0 && this.line.takes(tensor.dtype)) this.dtype = tensor.dtype;
      return tensor.dtype == this.dtype || this.refuseType(tensor, this.wanted);
    }
    if (kind == "byte") return tensor.isByte || this.refuseType(tensor, "8 bits");
    if (kind == "number") {
      return tensor.isByte || tensor.isReal || this.refuseType(tensor, "8 bits or float32");
    }
    if (kind == "plain") {
      const isInteger = tensor.dtype == Dtype.INT32 || tensor.dtype == Dtype.INT64;
      const isPlain = tensor.isByte || isInteger || tensor.isReal || tensor.dtype == Dtype.BOOL;
      return isPlain || this.refuseType(tensor, "8 bits, int32, int64, float32 or bool");
    }
    if (kind == "index") {
      const isIndex = tensor.dtype == Dtype.INT32 || tensor.dtype == Dtype.INT64;
      return isIndex || this.refuseType(tensor, "int32 or int64");
    }
    return DTYPE_NAMES[tensor.dtype] == kind || this.refuseType(tensor, kind);
  }

  private get wanted(): string {
    return this.dtype < 0 ? dtypeNames(this.line.dtypes) : DTYPE_NAMES[this.dtype];
  }

  private refuseType(tensor: Tensor, wanted: string): bool {
    return this.operation.refuse(`${this.where} of ${wanted}`, DTYPE_NAMES[tensor.dtype]);
  }

  private hasOneScale(tensor: Tensor): bool {
    if (!tensor.isByte || tensor.scales.length == 1) return true;
    const found = `${tensor.scales.length} scales`;
    return this.operation.refuse(`one scale for ${this.where}`, found);
  }
}

/** The types of a set, in words. */
export function dtypeNames(dtypes: i32): string {
  const names: string[] = [];
  for (let i = 0; i < DTYPE_NAMES.length; i++) {
    if (((dtypes >> i) & 1) != 0) names.push(DTYPE_NAMES[i]);
  }
  return names.join(" or ");
}
