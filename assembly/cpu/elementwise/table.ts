import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";

/** What one element gives, for functions of a single 8-bit value: looked up by stored byte. */
export class ByteTable extends Kernel {
  private values: StaticArray<u8> = new StaticArray<u8>(256);

  constructor(
    private input: Tensor,
    private output: Tensor,
  ) {
    super();
  }

  /** The value that a stored byte of the input stands for. */
  valueOf(byte: i32): i32 {
    return this.input.least < 0 ? (byte as i8 as i32) : byte;
  }

  set(byte: i32, value: i32): void {
    this.values[byte] = value as u8;
  }

  run(): void {
    const count = this.output.elements as usize;
    const values = changetype<usize>(this.values);
    for (let i: usize = 0; i < count; i++) {
      const byte = load<u8>(this.input.pointer + i) as usize;
      store<u8>(this.output.pointer + i, load<u8>(values + byte));
    }
  }
}
