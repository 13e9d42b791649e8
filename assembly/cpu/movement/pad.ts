import { Kernel, Sequence } from "../kernel";
import { Operation } from "../operation";
import { Tensor } from "../tensor";
import { StridedCopy } from "./strided-copy";

/** PAD with what stands for 0. Inputs: the tensor, constant pairs of before and after. */
export function preparePad(operation: Operation): Kernel | null {
  if (!operation.wants(2, 1)) return null;
  const input = operation.inputs[0];
  const paddings = operation.inputs[1];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  if (!operation.wantsDtype(output, input.dtype, "an output")) return null;
  if (!operation.wantsConstant(paddings, "paddings")) return null;
  if (!operation.wantsElements(paddings, (2 * rank) as u64, "paddings")) return null;
  if (!operation.wantsRank(output, rank, "output")) return null;
  let to = output.pointer;
  const fromSteps: isize[] = [];
  const toSteps: isize[] = [];
  for (let i = 0; i < rank; i++) {
    const before = paddings.integerAt(2 * i);
    const after = paddings.integerAt(2 * i + 1);
    const room = (output.shape[i] as i64) - input.shape[i];
    if (before < 0 || after < 0 || before > room || before + after != room) {
      operation.refuse(`paddings that fill ${output.describeShape()}`, `${before} and ${after}`);
      return null;
    }
    const step = (output.pitch(i) as isize) * output.elementBytes;
    to += (before as isize) * step;
    toSteps.push(step);
    fromSteps.push((input.pitch(i) as isize) * input.elementBytes);
  }
  const bytes = input.elementBytes;
  const copy = new StridedCopy(input.pointer, to, input.shape, fromSteps, toSteps, bytes);
  return new Sequence([new Zeros(output), copy]);
}

/** Fills a tensor with what stands for 0. */
class Zeros extends Kernel {
  private byte: u8;

  constructor(private tensor: Tensor) {
    super();
    this.byte = tensor.isByte && tensor.scales.length > 0 ? (tensor.zeroPoint as u8) : 0;
  }

  run(): void {
    memory.fill(this.tensor.pointer, this.byte, this.tensor.bytes as usize);
  }
}
