import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";

/** What one element gives, for functions of a single 8-bit value: looked up by stored byte. */
export class ByteTable extends Kernel {
  constructor(
    private input: Tensor,
    private output: Tensor,
    /** 256 of them. */
    private bytes: StaticArray<u8>,
  ) {
    super();
  }

  run(): void {
    const count = this.output.elements as usize;
    const bytes = changetype<usize>(this.bytes);
    for (let i: usize = 0; i < count; i++) {
      const byte = load<u8>(this.input.pointer + i) as usize;
      store<u8>(this.output.pointer + i, load<u8>(bytes + byte));
    }
  }
}
