import { Operation } from "../../tflite/operation";
import { poolGeometry } from "../../tflite/rules/pixels";
import { OutputRange } from "../../tflite/values/range";
import { Kernel } from "../kernel";
import { PoolWindows } from "./windows";

/** AVERAGE_POOL_2D: padding is no part of the average. */
export function prepareAveragePool(operation: Operation): Kernel | null {
  const geometry = poolGeometry(operation);
  if (geometry == null) return null;
  const range = OutputRange.of(operation);
  if (operation.inputs[0].isReal) return new RealAveragePool(geometry, range);
  return new AveragePool(geometry, range);
}

class AveragePool extends PoolWindows {
  protected pool(corner: usize, rows: i32, columns: i32, to: usize): void {
    const count = rows * columns;
    for (let channel: usize = 0; channel < (this.channels as usize); channel++) {
      let sum = 0;
      for (let y = 0; y < rows; y++) {
        let at = corner + (y as usize) * this.rowElements + channel;
        for (let x = 0; x < columns; x++, at += this.channels) {
          sum += this.isSigned ? (load<i8>(at) as i32) : (load<u8>(at) as i32);
        }
      }
      // Rounded half away from zero.
      const half = sum > 0 ? count / 2 : -(count / 2);
      store<u8>(to + channel, this.range.clamp((sum + half) / count) as u8);
    }
  }
}

class RealAveragePool extends PoolWindows {
  protected pool(corner: usize, rows: i32, columns: i32, to: usize): void {
    const count = (rows * columns) as f32;
    for (let channel: usize = 0; channel < (this.channels as usize); channel++) {
      let sum: f32 = 0;
      for (let y = 0; y < rows; y++) {
        let at = corner + (((y as usize) * this.rowElements + channel) << 2);
        for (let x = 0; x < columns; x++, at += this.channels << 2) sum += load<f32>(at);
      }
      store<f32>(to + (channel << 2), this.range.clampReal(sum / count));
    }
  }
}
