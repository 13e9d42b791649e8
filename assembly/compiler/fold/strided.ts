import { DTYPE_BYTES } from "../../tflite/schema";
import { Tensor } from "../graph";
import { Evaluation } from "./evaluation";

/** Elements from one step of each dimension to the next. */
export function pitches(shape: i32[]): i32[] {
  const pitches = new Array<i32>(shape.length);
  let pitch = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    pitches[i] = pitch;
    pitch *= shape[i];
  }
  return pitches;
}

/**
 * A box of elements of a tensor: its element [i, j, …] is that at
 * `base` + i · strides[0] + j · strides[1] + …. A stride of 0 repeats, one below 0 runs backwards.
 */
export class StridedBox {
  extents: i32[] = [];
  strides: i32[] = [];
  base: i32 = 0;

  add(extent: i32, stride: i32): void {
    this.extents.push(extent);
    this.strides.push(stride);
  }

  /** Positions of the box's elements in the tensor, in order. */
  positions(): i32[] {
    let total = 1;
    for (let i = 0; i < this.extents.length; i++) total *= this.extents[i];
    const positions = new Array<i32>(total);
    const at = new StaticArray<i32>(this.extents.length);
    let position = this.base;
    for (let i = 0; i < total; i++) {
      positions[i] = position;
      for (let d = this.extents.length - 1; d >= 0; d--) {
        position += this.strides[d];
        if (++at[d] < this.extents[d]) break;
        position -= this.strides[d] * this.extents[d];
        at[d] = 0;
      }
    }
    return positions;
  }
}

/** Gives the next output a tensor's elements that a box names, and `shape`. */
export function give(evaluation: Evaluation, source: Tensor, box: StridedBox, shape: i32[]): bool {
  const target = evaluation.make(shape);
  if (target == 0) return false;
  const width = DTYPE_BYTES[source.dtype] as usize;
  const positions = box.positions();
  for (let i = 0; i < positions.length; i++) {
    const from = source.data.pointer + (positions[i] as usize) * width;
    memory.copy(target + (i as usize) * width, from, width);
  }
  return true;
}
