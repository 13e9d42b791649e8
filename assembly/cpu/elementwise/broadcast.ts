import { Kernel } from "../kernel";
import { Operation } from "../operation";
import { Tensor } from "../tensor";

/** Whether an operator makes of two inputs, numbers of one type, an output of that type. */
export function isPairwise(operation: Operation): bool {
  if (!operation.wants(2, 1) || !broadcasts(operation)) return false;
  const a = operation.inputs[0];
  const b = operation.inputs[1];
  const output = operation.outputs[0];
  if (!operation.wantsNumbers(a, "input")) return false;
  if (!operation.wantsDtype(b, a.dtype, "a second input")) return false;
  if (!operation.wantsDtype(output, a.dtype, "an output")) return false;
  if (a.isReal) return true;
  return operation.wantsBytes(b, "second input") && operation.wantsBytes(output, "output");
}

/** Whether two inputs go together element by element, extents of 1 repeated, and give the output. */
function broadcasts(operation: Operation): bool {
  const a = operation.inputs[0];
  const b = operation.inputs[1];
  const output = operation.outputs[0];
  const rank = max(a.shape.length, b.shape.length);
  if (!operation.wantsRank(output, rank, "output")) return false;
  for (let i = 1; i <= rank; i++) {
    const one = a.fromLast(i);
    const other = b.fromLast(i);
    const extent = one == 1 ? other : one;
    if ((other != 1 && other != extent) || output.fromLast(i) != extent) {
      const expected = `inputs and an output whose shapes go together`;
      const shapes = `${a.describeShape()}, ${b.describeShape()} and ${output.describeShape()}`;
      return operation.refuse(expected, shapes);
    }
  }
  return true;
}

/** Walks the output of an operator of two inputs; what two elements give is left to the operators. */
export abstract class Pairwise extends Kernel {
  constructor(
    protected a: Tensor,
    protected b: Tensor,
    protected output: Tensor,
  ) {
    super();
  }

  run(): void {
    if (this.a.sameShape(this.b)) {
      const count = this.output.elements as usize;
      for (let i: usize = 0; i < count; i++) this.combine(i, i, i);
    } else {
      this.walk(this.output.shape.length, 0, 0, 0);
    }
  }

  /** `dimension` counts from the last; the numbers are those of the elements reached so far. */
  private walk(dimension: i32, a: usize, b: usize, to: usize): void {
    if (dimension == 0) {
      this.combine(a, b, to);
      return;
    }
    const stepA = step(this.a, dimension);
    const stepB = step(this.b, dimension);
    const stepTo = step(this.output, dimension);
    for (let i: usize = 0; i < (this.output.fromLast(dimension) as usize); i++) {
      this.walk(dimension - 1, a + i * stepA, b + i * stepB, to + i * stepTo);
    }
  }

  protected abstract combine(a: usize, b: usize, to: usize): void;
}

/** Elements per step of a dimension counted from the last, 0 where its one element is repeated. */
function step(tensor: Tensor, dimension: i32): usize {
  if (tensor.fromLast(dimension) == 1) return 0;
  return tensor.pitch(tensor.shape.length - dimension);
}
