import { Range } from "../arithmetic/activation";
import { Kernel } from "../kernel";
import { Operation } from "../operation";
import { poolGeometry } from "./average";
import { PoolWindows } from "./windows";

/** MAX_POOL_2D. */
export function prepareMaxPool(operation: Operation): Kernel | null {
  if (!operation.wants(1, 1)) return null;
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const geometry = poolGeometry(operation);
  if (geometry == null) return null;
  if (!operation.wantsNumbers(input, "input")) return null;
  if (!operation.wantsDtype(output, input.dtype, "an output")) return null;
  const range = Range.of(operation);
  if (range == null) return null;
  if (input.isReal) return new RealMaxPool(geometry, range);
  if (!operation.wantsBytes(output, "output")) return null;
  if (!operation.wantsSameQuantization(input, output)) return null;
  return new MaxPool(geometry, range);
}

class MaxPool extends PoolWindows {
  protected pool(corner: usize, rows: i32, columns: i32, to: usize): void {
    for (let channel: usize = 0; channel < (this.channels as usize); channel++) {
      let greatest = -128;
      for (let y = 0; y < rows; y++) {
        let at = corner + (y as usize) * this.rowElements + channel;
        for (let x = 0; x < columns; x++, at += this.channels) {
          const value = this.isSigned ? (load<i8>(at) as i32) : (load<u8>(at) as i32);
          greatest = max(greatest, value);
        }
      }
      store<u8>(to + channel, this.range.clamp(greatest) as u8);
    }
  }
}

class RealMaxPool extends PoolWindows {
  protected pool(corner: usize, rows: i32, columns: i32, to: usize): void {
    for (let channel: usize = 0; channel < (this.channels as usize); channel++) {
      let greatest: f32 = -f32.MAX_VALUE;
      for (let y = 0; y < rows; y++) {
        let at = corner + (((y as usize) * this.rowElements + channel) << 2);
        for (let x = 0; x < columns; x++, at += this.channels << 2) {
          greatest = max(greatest, load<f32>(at));
        }
      }
      store<f32>(to + (channel << 2), this.range.clampReal(greatest));
    }
  }
}
