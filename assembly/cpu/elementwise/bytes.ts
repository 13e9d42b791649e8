import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { ByteFunction } from "../../tflite/values/byte-function";
import { byteFunctionOf } from "../../tflite/values/functions";
import { Kernel } from "../kernel";
import { Pairwise } from "./broadcast";
import { ByteTable } from "./table";

/** What runs an operator over bytes that gives each element from the same one of its inputs alone. */
export function byteKernel(operation: Operation): Kernel | null {
  const value = byteFunctionOf(operation);
  if (value == null) return null;
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  if (operation.inputs.length == 1) return new ByteTable(input, output, value.table(input));
  return new BytePair(input, operation.inputs[1], output, value);
}

class BytePair extends Pairwise {
  constructor(
    a: Tensor,
    b: Tensor,
    output: Tensor,
    private value: ByteFunction,
  ) {
    super(a, b, output);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const value = this.value.of(this.a.byteAt(a), this.b.byteAt(b));
    store<u8>(this.output.pointer + to, value as u8);
  }
}
