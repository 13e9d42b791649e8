import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/**
 * SPACE_TO_BATCH_ND: every n-th pixel of a padded image becomes an image of a batch of its own.
 * Inputs: NHWC (or NHC), constant steps n down and across, constant pairs of before and after.
 */
export function prepareSpaceToBatch(operation: Operation): Kernel | null {
  return new Batches(operation, operation.inputs[0], operation.outputs[0], true);
}

/** BATCH_TO_SPACE_ND: the other way; the pairs say what is cropped. */
export function prepareBatchToSpace(operation: Operation): Kernel | null {
  return new Batches(operation, operation.outputs[0], operation.inputs[0], false);
}

/** Both: the whole image, and the batches that its pixels are dealt to. */
class Batches extends Kernel {
  private down: i32;
  private across: i32 = 1;
  private top: i32;
  private left: i32 = 0;
  private pixel: usize;
  /** What stands for 0. */
  private zero: u8;

  constructor(
    operation: Operation,
    private whole: Tensor,
    private dealt: Tensor,
    private deals: bool,
  ) {
    super();
    const steps = operation.inputs[1];
    const edges = operation.inputs[2];
    this.down = steps.integerAt(0) as i32;
    this.top = edges.integerAt(0) as i32;
    if (steps.elements == 2) {
      this.across = steps.integerAt(1) as i32;
      this.left = edges.integerAt(2) as i32;
    }
    this.pixel = (whole.fromLast(1) as usize) * whole.elementBytes;
    this.zero = whole.zeroByte;
  }

  run(): void {
    const rows = this.dealt.shape[1];
    const columns = columnsOf(this.dealt);
    let at = this.dealt.pointer;
    for (let batch = 0; batch < this.dealt.shape[0]; batch++) {
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++, at += this.pixel) this.exchange(batch, y, x, at);
        if (isLate(columns * 8)) return;
      }
    }
  }

  private exchange(batch: i32, y: i32, x: i32, at: usize): void {
    const batches = this.whole.shape[0];
    const part = batch / batches;
    const row = y * this.down + part / this.across - this.top;
    const column = x * this.across + (part % this.across) - this.left;
    const width = columnsOf(this.whole);
    if (row < 0 || row >= this.whole.shape[1] || column < 0 || column >= width) {
      if (this.deals) memory.fill(at, this.zero, this.pixel);
      return;
    }
    const image = (batch % batches) * this.whole.shape[1];
    const pixel = ((image + row) as usize) * width + column;
    const there = this.whole.pointer + pixel * this.pixel;
    if (this.deals) memory.copy(at, there, this.pixel);
    else memory.copy(there, at, this.pixel);
  }
}

function columnsOf(tensor: Tensor): i32 {
  return tensor.shape.length == 4 ? tensor.shape[2] : 1;
}
