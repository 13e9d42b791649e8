import { Tensor } from "../graph";
import { OwnTensors } from "../plan/plan";
import { Buffer, BufferSlice } from "./jobs";

/** How a tensor's elements follow each other: channel by channel, or pixel by pixel (NHWC). */
export enum Layout {
  PLANAR,
  INTERLEAVED,
}

/**
 * Assigns each tensor of a segment a slice of a buffer, one for either layout. Slices that must lie
 * side by side are assigned before any job is made. A tensor that has a slice already keeps it, and
 * the caller makes a copy.
 */
export class BufferAssignment {
  all: Buffer[] = [];
  private slices: Map<i32, BufferSlice> = new Map();
  /** Bytes of what has been written, by key. */
  private filled: Map<i32, u32> = new Map();

  /** `moveAll`: Mesa distinguishes the layouts even where they are the same bytes. */
  constructor(private moveAll: bool) {}

  create(bytes: u32, tensor: i32 = -1): Buffer {
    const buffer = new Buffer(this.all.length, bytes, tensor);
    this.all.push(buffer);
    return buffer;
  }

  assign(tensor: Tensor, layout: Layout, target: BufferSlice): bool {
    const key = this.key(tensor, layout);
    if (this.slices.has(key)) return false;
    this.slices.set(key, target);
    return true;
  }

  hasBuffer(tensor: Tensor, layout: Layout): bool {
    return this.slices.has(this.key(tensor, layout));
  }

  /** The tensor's slice: all of a new buffer if none was assigned. */
  sliceOf(tensor: Tensor, layout: Layout): BufferSlice {
    const key = this.key(tensor, layout);
    if (!this.slices.has(key)) {
      this.slices.set(key, new BufferSlice(this.create(tensor.elements, max(tensor.index, -1))));
    }
    return this.slices.get(key);
  }

  isFilled(tensor: Tensor, layout: Layout): bool {
    return this.filled.has(this.key(tensor, layout));
  }

  /** A constant tensor, as the model has it. */
  hold(tensor: Tensor): void {
    if (this.isThere(tensor)) return;
    const buffer = this.create(0, tensor.index);
    buffer.constant = tensor;
    this.assign(tensor, Layout.INTERLEAVED, new BufferSlice(buffer));
    this.fill(tensor, Layout.INTERLEAVED);
  }

  /** Whether a tensor is there in either layout. */
  isThere(tensor: Tensor): bool {
    return this.isFilled(tensor, Layout.PLANAR) || this.isFilled(tensor, Layout.INTERLEAVED);
  }

  /** The slice of a tensor that is written there from now on. */
  fill(tensor: Tensor, layout: Layout): BufferSlice {
    this.filled.set(this.key(tensor, layout), tensor.elements);
    return this.sliceOf(tensor, layout);
  }

  /**
   * Takes the bytes `from` to `to` of a slice for what is only there for a moment, beyond
   * the buffer's end if need be; false where a tensor lies there.
   */
  reserve(target: BufferSlice, from: u32, to: u32): bool {
    const keys = this.filled.keys();
    for (let i = 0; i < keys.length; i++) {
      const slice = this.slices.get(keys[i]);
      if (slice.buffer != target.buffer) continue;
      const isBefore = slice.offset + this.filled.get(keys[i]) <= target.offset + from;
      if (!isBefore && slice.offset < target.offset + to) return false;
    }
    target.buffer.bytes = max(target.buffer.bytes, target.offset + to);
    return true;
  }

  /** Tensors that are to be computed anew, elsewhere. */
  forget(own: OwnTensors): void {
    const keys = this.slices.keys();
    for (let i = 0; i < keys.length; i++) {
      if (!own.includes(keys[i] >> 1)) continue;
      this.slices.delete(keys[i]);
      this.filled.delete(keys[i]);
    }
  }

  /** Whether both layouts are the same, so that nothing has to be moved between them. */
  hasOneLayout(tensor: Tensor): bool {
    const channels = tensor.fromLast(1) as u32;
    if (this.moveAll) return channels == 1;
    return channels == 1 || tensor.elements == channels;
  }

  private key(tensor: Tensor, layout: Layout): i32 {
    const which = this.hasOneLayout(tensor) ? Layout.PLANAR : layout;
    return (tensor.index << 1) | which;
  }
}
