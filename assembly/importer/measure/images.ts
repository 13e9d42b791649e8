import { nearestPositions, scaleOf } from "../../tflite/resize-positions";
import { Builtin } from "../../tflite/schema";
import { WindowAxis } from "../../tflite/window";
import { activate } from "./elementwise";
import { NetworkStep } from "./step";

/** MAX_POOL_2D and AVERAGE_POOL_2D, over the pixels of a window that lie inside the image. */
export function pool(step: NetworkStep): void {
  const shape = step.shape(0);
  const rows = new WindowAxis(shape[1], step.option(4), step.option(2), 1, step.option(0));
  const columns = new WindowAxis(shape[2], step.option(3), step.option(1), 1, step.option(0));
  const channels = shape[3];
  const isMost = step.node.code == Builtin.MAX_POOL_2D;
  let to = step.output;
  for (let image = 0; image < shape[0]; image++) {
    for (let y = 0; y < rows.output; y++) {
      for (let x = 0; x < columns.output; x++, to += channels << 2) {
        const area = (rows.end(y) - rows.first(y)) * (columns.end(x) - columns.first(x));
        for (let c = 0; c < channels; c++) store<f32>(to + (c << 2), isMost ? -Infinity : 0);
        for (let i = rows.first(y); i < rows.end(y); i++) {
          for (let j = columns.first(x); j < columns.end(x); j++) {
            const pixel = (image * shape[1] + i) * shape[2] + j;
            const from = step.inputs[0] + (((pixel * channels) as usize) << 2);
            for (let c = 0; c < channels; c++) {
              const at = (c as usize) << 2;
              const value = load<f32>(from + at);
              const before = load<f32>(to + at);
              store<f32>(to + at, isMost ? max(before, value) : before + value);
            }
          }
        }
        if (isMost) continue;
        for (let c = 0; c < channels; c++)
          store<f32>(to + (c << 2), load<f32>(to + (c << 2)) / (max(area, 1) as f32));
      }
    }
  }
  activate(step.output, step.outputCount, step.option(5));
}

export function nearest(step: NetworkStep): void {
  const from = step.shape(0);
  const to = step.outputShape;
  const rows = nearestPositions(from[1], to[1], step.option(0) != 0, step.option(1) != 0);
  const columns = nearestPositions(from[2], to[2], step.option(0) != 0, step.option(1) != 0);
  const bytes = (from[3] as usize) << 2;
  let at = step.output;
  for (let i = 0; i < to[0] * to[1]; i++) {
    const row = (i / to[1]) * from[1] + rows[i % to[1]];
    for (let x = 0; x < to[2]; x++, at += bytes) {
      memory.copy(at, step.inputs[0] + ((row * from[2] + columns[x]) as usize) * bytes, bytes);
    }
  }
}

/** Options 2 and 3: corners aligned; pixels' centres at halves. */
export function bilinear(step: NetworkStep): void {
  const from = step.shape(0);
  const to = step.outputShape;
  const channels = from[3];
  let at = step.output;
  for (let i = 0; i < to[0] * to[1]; i++) {
    const y = sourcePosition(step, i % to[1], from[1], to[1]);
    const top = Mathf.floor(y) as i32;
    const bottom = min(top + 1, from[1] - 1);
    const image = (i / to[1]) * from[1];
    for (let j = 0; j < to[2]; j++, at += channels << 2) {
      const x = sourcePosition(step, j, from[2], to[2]);
      const left = Mathf.floor(x) as i32;
      const right = min(left + 1, from[2] - 1);
      for (let c = 0; c < channels; c++) {
        const a = pixel(step, (image + top) * from[2] + left, c);
        const b = pixel(step, (image + top) * from[2] + right, c);
        const d = pixel(step, (image + bottom) * from[2] + left, c);
        const e = pixel(step, (image + bottom) * from[2] + right, c);
        const wide = x - (left as f32);
        const high = y - (top as f32);
        const upper = a * (1 - wide) + b * wide;
        const lower = d * (1 - wide) + e * wide;
        store<f32>(at + (c << 2), upper * (1 - high) + lower * high);
      }
    }
  }
}

function pixel(step: NetworkStep, index: i32, channel: i32): f32 {
  const at = index * step.outputShape[3] + channel;
  return load<f32>(step.inputs[0] + ((at as usize) << 2));
}

function sourcePosition(step: NetworkStep, index: i32, from: i32, to: i32): f32 {
  const scale = scaleOf(from, to, step.option(2) != 0);
  const centre: f32 = step.option(3) != 0 ? 0.5 : 0;
  const at = ((index as f32) + centre) * scale - centre;
  return min(max<f32>(at, 0), (from - 1) as f32);
}
