import { Tensor } from "../graph";
import { Access, Value } from "./jobs";

/** How a tensor's elements follow each other: channel by channel, or pixel by pixel (NHWC). */
export enum Order {
  PLANAR,
  INTERLEAVED,
}

/**
 * Where the tensors of a segment live. A tensor may have a home in either order. Homes are
 * claimed before anything is written, so that what is to lie side by side does; a claim for a
 * home that is taken already fails, and a copy is due.
 */
export class Homes {
  values: Value[] = [];
  private homes: Map<i32, Access> = new Map();
  /** Bytes of what has been written, by key. */
  private filled: Map<i32, u32> = new Map();

  /** `moveAll`: Mesa tells the orders apart even where they are the same bytes. */
  constructor(private moveAll: bool) {}

  value(bytes: u32, tensor: i32 = -1): Value {
    const value = new Value(this.values.length, bytes, tensor);
    this.values.push(value);
    return value;
  }

  claim(tensor: Tensor, order: Order, access: Access): bool {
    const key = this.key(tensor, order);
    if (this.homes.has(key)) return false;
    this.homes.set(key, access);
    return true;
  }

  hasHome(tensor: Tensor, order: Order): bool {
    return this.homes.has(this.key(tensor, order));
  }

  /** The tensor's home, a value of its own if none was claimed. */
  home(tensor: Tensor, order: Order): Access {
    const key = this.key(tensor, order);
    if (!this.homes.has(key)) {
      this.homes.set(key, new Access(this.value(tensor.elements, tensor.index)));
    }
    return this.homes.get(key);
  }

  isFilled(tensor: Tensor, order: Order): bool {
    return this.filled.has(this.key(tensor, order));
  }

  /** The home of a tensor that is written there from now on. */
  fill(tensor: Tensor, order: Order): Access {
    this.filled.set(this.key(tensor, order), tensor.elements);
    return this.home(tensor, order);
  }

  /**
   * Takes the bytes `from` to `to` from an access on for what is only there for a moment, beyond
   * the value's end if need be; false where a tensor lies there.
   */
  reserve(access: Access, from: u32, to: u32): bool {
    const keys = this.filled.keys();
    for (let i = 0; i < keys.length; i++) {
      const home = this.homes.get(keys[i]);
      if (home.value != access.value) continue;
      const isBefore = home.offset + this.filled.get(keys[i]) <= access.offset + from;
      if (!isBefore && home.offset < access.offset + to) return false;
    }
    access.value.bytes = max(access.value.bytes, access.offset + to);
    return true;
  }

  /** Whether both orders are one, so that nothing has to be moved between them. */
  isOrderless(tensor: Tensor): bool {
    const channels = tensor.fromLast(1) as u32;
    if (this.moveAll) return channels == 1;
    return channels == 1 || tensor.elements == channels;
  }

  private key(tensor: Tensor, order: Order): i32 {
    const which = this.isOrderless(tensor) ? Order.PLANAR : order;
    return (tensor.index << 1) | which;
  }
}
