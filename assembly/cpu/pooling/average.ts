import { Range } from "../arithmetic/activation";
import { Geometry } from "../convolution/geometry";
import { Kernel } from "../kernel";
import { Operation } from "../operation";
import { Option } from "../option";
import { PoolWindows } from "./windows";

/** AVERAGE_POOL_2D: padding is no part of the average. */
export function prepareAveragePool(operation: Operation): Kernel | null {
  if (!operation.wants(1, 1)) return null;
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const geometry = poolGeometry(operation);
  if (geometry == null) return null;
  if (!operation.wantsNumbers(input, "input")) return null;
  if (!operation.wantsDtype(output, input.dtype, "an output")) return null;
  const range = Range.of(operation);
  if (range == null) return null;
  if (input.isReal) return new RealAveragePool(geometry, range);
  if (!operation.wantsBytes(output, "output")) return null;
  if (!operation.wantsSameQuantization(input, output)) return null;
  return new AveragePool(geometry, range);
}

export function poolGeometry(operation: Operation): Geometry | null {
  const input = operation.inputs[0];
  if (!operation.wantsRank(input, 4, "input")) return null;
  const height = operation.integer(Option.FILTER_HEIGHT);
  const width = operation.integer(Option.FILTER_WIDTH);
  return Geometry.of(operation, height, width, false, input.shape[3]);
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
