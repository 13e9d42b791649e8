import { OPTION_COUNT, Option } from "./option";
import { DTYPE_NAMES, Dtype } from "./schema";
import { Tensor } from "./tensor";

/**
 * One operator with its operands and options, as the kernels and the compiler both see it. The
 * questions below keep the first refusal in words, so that who asks may return at once.
 */
export class Operation {
  inputs: Tensor[] = [];
  /** By input: whether it is there. One that is left out has a tensor without elements. */
  given: bool[] = [];
  outputs: Tensor[] = [];
  /** What the kernels would want, and what they find instead; empty where they run it. */
  expected: string = "";
  found: string = "";
  /** Whether that is because its operands contradict each other, so that no kernel can be right. */
  isContradictory: bool = false;
  private options: StaticArray<f64> = new StaticArray<f64>(OPTION_COUNT);

  constructor(
    public name: string,
    public index: u32,
    public isCustom: bool = false,
  ) {}

  /** The same operator over other operands. */
  over(inputs: Tensor[], outputs: Tensor[]): Operation {
    const other = new Operation(this.name, this.index);
    for (let i = 0; i < inputs.length; i++) {
      other.inputs.push(inputs[i]);
      other.given.push(true);
    }
    other.outputs = outputs;
    other.options = this.options;
    return other;
  }

  setOption(option: Option, value: f64): void {
    this.options[option] = value;
  }

  integer(option: Option): i32 {
    return this.options[option] as i32;
  }

  real(option: Option): f64 {
    return this.options[option];
  }

  flag(option: Option): bool {
    return this.options[option] != 0;
  }

  has(input: i32): bool {
    return input < this.inputs.length && this.given[input];
  }

  refuse(expected: string, found: string): bool {
    return this.refuseWhole(`${this.name} with ${expected}`, found);
  }

  /** Refuses shapes, sizes and positions that contradict each other, for any kernel. */
  contradict(expected: string, found: string): bool {
    if (this.expected.length == 0) this.isContradictory = true;
    return this.refuse(expected, found);
  }

  /** Of several reasons the first is kept; this makes room for another. */
  forget(): void {
    this.expected = "";
    this.isContradictory = false;
  }

  refuseWhole(expected: string, found: string): bool {
    if (this.expected.length == 0) {
      this.expected = expected;
      this.found = found;
    }
    return false;
  }

  /** Takes over what a part of the operator was refused for. */
  refuseAs(part: Operation): bool {
    if (this.expected.length == 0) this.isContradictory = part.isContradictory;
    return this.refuseWhole(part.expected, part.found);
  }

  wantsDtype(tensor: Tensor, dtype: Dtype, what: string): bool {
    if (tensor.dtype == dtype) return true;
    return this.refuse(`${what} of ${DTYPE_NAMES[dtype]}`, DTYPE_NAMES[tensor.dtype]);
  }

  wantsRank(tensor: Tensor, rank: i32, what: string): bool {
    if (tensor.shape.length == rank) return true;
    return this.contradict(`${rank} dimensions of its ${what}`, `${tensor.shape.length}`);
  }

  wantsShape(tensor: Tensor, shape: i32[], what: string): bool {
    let same = tensor.shape.length == shape.length;
    for (let i = 0; same && i < shape.length; i++) same = tensor.shape[i] == shape[i];
    return same || this.contradict(`${what} of ${shape.join("×")}`, tensor.describeShape());
  }

  wantsElements(tensor: Tensor, elements: u64, what: string): bool {
    if (tensor.elements == elements) return true;
    return this.contradict(`${what} of ${elements} elements`, `${tensor.elements}`);
  }

  /** Whether two tensors are quantized alike, up to what TFLite tolerates. */
  wantsSameQuantization(input: Tensor, output: Tensor): bool {
    if (!input.isByte) return true;
    const difference = Mathf.abs(input.scale - output.scale);
    if (difference <= 1e-6 && input.zeroPoint == output.zeroPoint) return true;
    const found = `${output.scale} and ${output.zeroPoint}`;
    return this.refuse("the output quantized as the input", found);
  }
}
