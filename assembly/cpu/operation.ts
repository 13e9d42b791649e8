import { DTYPE_NAMES, Dtype } from "../compiler/schema";
import { Code, PlaceKind } from "../diagnostics/codes";
import { fail } from "../diagnostics/failure";
import { OPTION_COUNT, Option } from "./option";
import { Tensor } from "./tensor";

/** Steps that no sensible network asks of one operator. */
const MOST_WORK: u64 = 1 << 36;

/**
 * One operator to be prepared. The questions below record a refusal (UNSUPPORTED_OPERATOR with
 * the operator's place) where the answer is no, so that a kernel asks and returns.
 */
export class Operation {
  inputs: Tensor[] = [];
  /** By input: whether it is there. One that is left out has a tensor without elements. */
  given: bool[] = [];
  outputs: Tensor[] = [];
  private options: StaticArray<f64> = new StaticArray<f64>(OPTION_COUNT);

  constructor(
    public name: string,
    public index: u32,
  ) {}

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
    const wanted = `${this.name} with ${expected}`;
    return fail(Code.UNSUPPORTED_OPERATOR, PlaceKind.OPERATOR, this.index, wanted, found);
  }

  /** Whether the inputs and outputs that it cannot do without are there. */
  wants(inputs: i32, outputs: i32): bool {
    for (let i = 0; i < inputs; i++) {
      if (!this.has(i)) return this.refuse(`${inputs} inputs`, `${i}`);
    }
    if (this.outputs.length == outputs) return true;
    return this.refuse(`outputs: ${outputs}`, `${this.outputs.length}`);
  }

  /** Whether a tensor is of a type that `what` can be; 8-bit ones have one scale. */
  wantsNumbers(tensor: Tensor, what: string): bool {
    if (tensor.isReal) return true;
    return this.wantsBytes(tensor, what);
  }

  wantsBytes(tensor: Tensor, what: string): bool {
    if (!tensor.isByte) return this.refuse(`an 8-bit ${what}`, DTYPE_NAMES[tensor.dtype]);
    if (tensor.scales.length == 1) return true;
    return this.refuse(`one scale for its ${what}`, `${tensor.scales.length} scales`);
  }

  wantsDtype(tensor: Tensor, dtype: Dtype, what: string): bool {
    if (tensor.dtype == dtype) return true;
    return this.refuse(`${what} of ${DTYPE_NAMES[dtype]}`, DTYPE_NAMES[tensor.dtype]);
  }

  wantsRank(tensor: Tensor, rank: i32, what: string): bool {
    if (tensor.shape.length == rank) return true;
    return this.refuse(`${rank} dimensions of its ${what}`, `${tensor.shape.length}`);
  }

  wantsShape(tensor: Tensor, shape: i32[], what: string): bool {
    let same = tensor.shape.length == shape.length;
    for (let i = 0; same && i < shape.length; i++) same = tensor.shape[i] == shape[i];
    return same || this.refuse(`${what} of ${shape.join("×")}`, tensor.describeShape());
  }

  wantsElements(tensor: Tensor, elements: u64, what: string): bool {
    if (tensor.elements == elements) return true;
    return this.refuse(`${what} of ${elements} elements`, `${tensor.elements}`);
  }

  /** Whether two tensors are quantized alike, up to what TFLite tolerates. */
  wantsSameQuantization(input: Tensor, output: Tensor): bool {
    if (!this.wantsBytes(input, "input") || !this.wantsBytes(output, "output")) return false;
    const difference = Mathf.abs(input.scale - output.scale);
    if (difference <= 1e-6 && input.zeroPoint == output.zeroPoint) return true;
    const found = `${output.scale} and ${output.zeroPoint}`;
    return this.refuse("the output quantized as the input", found);
  }

  /** A list of axes, sizes or the like: integers whose values are known by now. */
  wantsConstant(tensor: Tensor, what: string): bool {
    if (tensor.dtype != Dtype.INT32 && tensor.dtype != Dtype.INT64) {
      return this.refuse(`${what} of int32 or int64`, DTYPE_NAMES[tensor.dtype]);
    }
    return tensor.isConstant || this.refuse(`constant ${what}`, "computed ones");
  }

  wantsWork(steps: u64): bool {
    return steps <= MOST_WORK || this.refuse(`at most ${MOST_WORK} steps`, `${steps}`);
  }
}
