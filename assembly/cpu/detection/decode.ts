import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { Tensor } from "../../tflite/tensor";
import { realOf } from "../quantization/dequantize";
import { BOX_BYTES } from "./boxes";

/** An element of a tensor of float32 or of an 8-bit type, as a real number. */
export function realAt(tensor: Tensor, element: usize): f32 {
  return tensor.isReal ? load<f32>(tensor.pointer + (element << 2)) : realOf(tensor, element);
}

/** From what the network says of boxes, relative to anchors, to boxes in the image. */
export class BoxDecoder {
  private yScale: f64;
  private xScale: f64;
  private hScale: f64;
  private wScale: f64;
  /** Values per box; those from the fifth on (key points) are not looked at. */
  private codeSize: i32;

  constructor(
    private encodings: Tensor,
    private anchors: Tensor,
    operation: Operation,
  ) {
    this.yScale = operation.real(Option.Y_SCALE);
    this.xScale = operation.real(Option.X_SCALE);
    this.hScale = operation.real(Option.H_SCALE);
    this.wScale = operation.real(Option.W_SCALE);
    this.codeSize = encodings.fromLast(1);
  }

  /** Each box is a centre (y, x) and a size (height, width), in anchors' sizes. */
  decode(box: i32, to: usize): void {
    const code = (box as usize) * this.codeSize;
    const anchor = (box as usize) * 4;
    const anchorHeight = realAt(this.anchors, anchor + 2) as f64;
    const anchorWidth = realAt(this.anchors, anchor + 3) as f64;
    const y: f32 = (((realAt(this.encodings, code) as f64) / this.yScale) * anchorHeight +
      (realAt(this.anchors, anchor) as f64)) as f32;
    const x: f32 = (((realAt(this.encodings, code + 1) as f64) / this.xScale) * anchorWidth +
      (realAt(this.anchors, anchor + 1) as f64)) as f32;
    const height = (realAt(this.encodings, code + 2) as f64) / this.hScale;
    const width = (realAt(this.encodings, code + 3) as f64) / this.wScale;
    const halfHeight: f32 = (0.5 * Math.exp(height) * anchorHeight) as f32;
    const halfWidth: f32 = (0.5 * Math.exp(width) * anchorWidth) as f32;
    const at = to + (box as usize) * BOX_BYTES;
    store<f32>(at, y - halfHeight);
    store<f32>(at, x - halfWidth, 4);
    store<f32>(at, y + halfHeight, 8);
    store<f32>(at, x + halfWidth, 12);
  }
}
