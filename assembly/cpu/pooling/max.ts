import { Operation } from "../../tflite/operation";
import { poolGeometry } from "../../tflite/rules/pixels";
import { OutputRange } from "../../tflite/values/range";
import { Kernel } from "../kernel";
import { PoolWindows } from "./windows";

/** MAX_POOL_2D. */
export function prepareMaxPool(operation: Operation): Kernel | null {
  const geometry = poolGeometry(operation);
  if (geometry == null) return null;
  const range = OutputRange.of(operation);
  if (operation.inputs[0].isReal) return new RealMaxPool(geometry, range);
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
